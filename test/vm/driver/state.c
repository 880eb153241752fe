// SPDX-License-Identifier: GPL-2.0
/*
 * The saved state: how it is made, checked and loaded. The sentences name what
 * disagreed; to userspace all of it is EINVAL.
 */
#include <linux/crc32.h>
#include <linux/string.h>

#include "migration.h"

static u32 gvt_state_crc(const struct gvt_state *state)
{
	u32 crc = crc32_le(~0, (const u8 *)state,
			   offsetof(struct gvt_state_header, crc));

	return crc32_le(crc, state->config, GVT_STATE_PAYLOAD);
}

int gvt_check_header(struct gvt_device *gdev,
		     const struct gvt_state_header *header)
{
	struct gvt_parent *parent = gdev->parent;
	u32 software = le32_to_cpu(header->software_version);
	u32 own_software = gvt_get(parent, GVT_SOFTWARE_VERSION);
	u32 own_device = gvt_get(parent, GVT_DEVICE_ID);
	const char *own_type = gdev->type->type.sysfs_name;
	struct device *dev = gdev->vdev.dev;

	if (le32_to_cpu(header->magic) != GVT_STATE_MAGIC) {
		dev_err(dev, "resume: not a state of this driver: refused\n");
		return -EINVAL;
	}
	if (le32_to_cpu(header->layout) != GVT_STATE_LAYOUT) {
		dev_err(dev, "resume: state of layout %u, this driver has %u: refused\n",
			le32_to_cpu(header->layout), GVT_STATE_LAYOUT);
		return -EINVAL;
	}
	if (le16_to_cpu(header->vendor) != GVT_VENDOR_ID ||
	    le16_to_cpu(header->device) != own_device) {
		dev_err(dev, "resume: state of device %04x:%04x, this is %04x:%04x: refused\n",
			le16_to_cpu(header->vendor),
			le16_to_cpu(header->device), GVT_VENDOR_ID, own_device);
		return -EINVAL;
	}
	if (strncmp(header->type, own_type, GVT_STATE_TYPE_LEN)) {
		dev_err(dev, "resume: state of type %.*s, this is %s: refused\n",
			GVT_STATE_TYPE_LEN, header->type, own_type);
		return -EINVAL;
	}
	if (software != own_software &&
	    !(software < own_software && gvt_get(parent, GVT_ACCEPT_OLDER))) {
		dev_err(dev, "resume: state of software version %u, this driver has %u: refused\n",
			software, own_software);
		return -EINVAL;
	}
	if (le32_to_cpu(header->length) != GVT_STATE_PAYLOAD) {
		dev_err(dev, "resume: state of %u bytes, this driver has %zu: refused\n",
			le32_to_cpu(header->length), GVT_STATE_PAYLOAD);
		return -EINVAL;
	}
	return 0;
}

void gvt_state_save(struct gvt_device *gdev, struct gvt_state *state)
{
	struct gvt_parent *parent = gdev->parent;
	struct gvt_state_header *header = &state->header;

	header->magic = cpu_to_le32(GVT_STATE_MAGIC);
	header->layout = cpu_to_le32(GVT_STATE_LAYOUT);
	header->software_version =
		cpu_to_le32(gvt_get(parent, GVT_SOFTWARE_VERSION));
	header->vendor = cpu_to_le16(GVT_VENDOR_ID);
	header->device = cpu_to_le16(gvt_get(parent, GVT_DEVICE_ID));
	strscpy_pad(header->type, gdev->type->type.sysfs_name);
	header->generation = cpu_to_le32(gdev->generation);
	header->length = cpu_to_le32(GVT_STATE_PAYLOAD);
	memcpy(state->config, gdev->config, GVT_CONFIG_SIZE);
	memcpy(state->memory, gdev->memory, GVT_MEMORY_SIZE);
	header->crc = cpu_to_le32(gvt_state_crc(state));
}

int gvt_state_load(struct gvt_device *gdev, const struct gvt_state *state,
		   size_t filled)
{
	struct device *dev = gdev->vdev.dev;
	int ret;

	/* Also if it is too short: another version is the better reason */
	if (filled >= sizeof(state->header)) {
		ret = gvt_check_header(gdev, &state->header);
		if (ret)
			return ret;
	}
	if (filled != sizeof(*state)) {
		dev_err(dev, "resume: state incomplete, %zu of %zu bytes: refused\n",
			filled, sizeof(*state));
		return -EINVAL;
	}
	if (le32_to_cpu(state->header.crc) != gvt_state_crc(state)) {
		dev_err(dev, "resume: state damaged, wrong checksum: refused\n");
		return -EINVAL;
	}

	gvt_config_write(gdev, 0, state->config, GVT_CONFIG_SIZE);
	memcpy(gdev->memory, state->memory, GVT_MEMORY_SIZE);
	gdev->generation = le32_to_cpu(state->header.generation) + 1;
	gdev->state_loads++;
	dev_info(dev, "resume: state loaded, generation %u\n",
		 gdev->generation);
	return 0;
}
