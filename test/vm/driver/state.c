// SPDX-License-Identifier: GPL-2.0
/*
 * The saved state: how it is made, checked and loaded. The sentences name what
 * disagreed; to userspace all of it is EINVAL.
 */
#include <linux/string.h>

#include "migration.h"

int gvt_check_header(struct gvt_device *gdev, const struct gvt_state *state)
{
	u32 own_software = gvt_get(gdev->parent, GVT_SOFTWARE_VERSION);
	u32 own_device = gvt_get(gdev->parent, GVT_DEVICE_ID);
	const char *own_type = gdev->type->type.sysfs_name;
	struct device *dev = gdev->vdev.dev;

	if (state->magic != GVT_STATE_MAGIC)
		dev_err(dev, "resume: not a state of this driver: refused\n");
	else if (state->vendor != GVT_VENDOR_ID || state->device != own_device)
		dev_err(dev, "resume: state of device %04x:%04x, this is %04x:%04x: refused\n",
			state->vendor, state->device, GVT_VENDOR_ID,
			own_device);
	else if (strncmp(state->type, own_type, GVT_STATE_TYPE_LEN))
		dev_err(dev, "resume: state of type %.*s, this is %s: refused\n",
			GVT_STATE_TYPE_LEN, state->type, own_type);
	else if (state->software_version != own_software &&
		 !(state->software_version < own_software &&
		   gvt_get(gdev->parent, GVT_ACCEPT_OLDER)))
		dev_err(dev, "resume: state of software version %u, this driver has %u: refused\n",
			state->software_version, own_software);
	else
		return 0;
	return -EINVAL;
}

void gvt_state_save(struct gvt_device *gdev, struct gvt_state *state)
{
	state->magic = GVT_STATE_MAGIC;
	state->software_version = gvt_get(gdev->parent, GVT_SOFTWARE_VERSION);
	state->vendor = GVT_VENDOR_ID;
	state->device = gvt_get(gdev->parent, GVT_DEVICE_ID);
	strscpy_pad(state->type, gdev->type->type.sysfs_name);
	state->generation = gdev->generation;
	memcpy(state->config, gdev->config, GVT_CONFIG_SIZE);
	memcpy(state->memory, gdev->memory, GVT_MEMORY_SIZE);
}

int gvt_state_load(struct gvt_device *gdev)
{
	const struct gvt_state *state = &gdev->stream->state;
	struct device *dev = gdev->vdev.dev;
	int ret;

	guard(mutex)(&gdev->stream->lock);
	if (gdev->stream->pos != sizeof(*state)) {
		dev_err(dev, "resume: state incomplete, %lld of %zu bytes: refused\n",
			gdev->stream->pos, sizeof(*state));
		return -EINVAL;
	}
	ret = gvt_check_header(gdev, state);
	if (ret)
		return ret;

	gvt_config_write(gdev, 0, state->config, GVT_CONFIG_SIZE);
	memcpy(gdev->memory, state->memory, GVT_MEMORY_SIZE);
	gdev->generation = state->generation + 1;
	dev_info(dev, "resume: state loaded, generation %u\n",
		 gdev->generation);
	return 0;
}
