// SPDX-License-Identifier: GPL-2.0
/* The one region that is not empty: PCI configuration space */
#include <linux/fs.h>
#include <linux/pci_regs.h>
#include <linux/string.h>

#include "gvt_sample.h"

#define GVT_CONFIG_OFFSET ((loff_t)VFIO_PCI_CONFIG_REGION_INDEX << \
			   GVT_OFFSET_SHIFT)

/* QEMU's own id of its test device; class "unassigned": no driver takes it */
static const u8 gvt_config_initial[GVT_CONFIG_SIZE] = {
	[PCI_VENDOR_ID] = 0x36, 0x1b,
	[PCI_DEVICE_ID] = 0x05, 0x00,
	[PCI_CLASS_DEVICE] = 0x00, 0xff,
	[PCI_SUBSYSTEM_VENDOR_ID] = 0xf4, 0x1a,
	[PCI_SUBSYSTEM_ID] = 0x00, 0x11,
};

static const u8 gvt_config_writable[GVT_CONFIG_SIZE] = {
	[PCI_COMMAND] = PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
			PCI_COMMAND_MASTER,
	[PCI_COMMAND + 1] = PCI_COMMAND_INTX_DISABLE >> 8,
	[PCI_CACHE_LINE_SIZE] = 0xff,
	[PCI_LATENCY_TIMER] = 0xff,
	[PCI_INTERRUPT_LINE] = 0xff,
};

void gvt_config_init(u8 *config)
{
	memcpy(config, gvt_config_initial, GVT_CONFIG_SIZE);
}

/* Also used for a loaded state: what is read-only stays what it is */
void gvt_config_write(struct gvt_device *gdev, unsigned int pos,
		      const u8 *buf, size_t count)
{
	for (; count--; pos++, buf++) {
		u8 mask = gvt_config_writable[pos];

		gdev->config[pos] = (gdev->config[pos] & ~mask) | (*buf & mask);
	}
}

/* Below config space is EINVAL, above it is the end of the file */
ssize_t gvt_config_user_read(struct vfio_device *vdev, char __user *buf,
			     size_t count, loff_t *ppos)
{
	struct gvt_device *gdev = gvt_device_of(vdev);
	loff_t pos = *ppos - GVT_CONFIG_OFFSET;
	u8 data[GVT_CONFIG_SIZE];
	ssize_t ret;

	scoped_guard(mutex, &gdev->state_mutex)
		memcpy(data, gdev->config, GVT_CONFIG_SIZE);
	ret = simple_read_from_buffer(buf, count, &pos, data, GVT_CONFIG_SIZE);
	*ppos = pos + GVT_CONFIG_OFFSET;
	return ret;
}

ssize_t gvt_config_user_write(struct vfio_device *vdev,
			      const char __user *buf, size_t count,
			      loff_t *ppos)
{
	struct gvt_device *gdev = gvt_device_of(vdev);
	loff_t pos = *ppos - GVT_CONFIG_OFFSET, start = pos;
	u8 data[GVT_CONFIG_SIZE];
	ssize_t ret;

	ret = simple_write_to_buffer(data, GVT_CONFIG_SIZE, &pos, buf, count);
	if (ret <= 0)
		return ret;
	scoped_guard(mutex, &gdev->state_mutex)
		gvt_config_write(gdev, start, data + start, ret);
	*ppos = pos + GVT_CONFIG_OFFSET;
	return ret;
}
