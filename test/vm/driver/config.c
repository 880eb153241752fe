// SPDX-License-Identifier: GPL-2.0
/* The one region that is not empty: PCI configuration space */
#include <linux/pci_regs.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

#include "gvt_sample.h"

/* QEMU's own id of its test device; class "unassigned": no driver takes it */
void gvt_config_init(u8 *config)
{
	memset(config, 0, GVT_CONFIG_SIZE);
	put_unaligned_le16(0x1b36, config + PCI_VENDOR_ID);
	put_unaligned_le16(0x0005, config + PCI_DEVICE_ID);
	put_unaligned_le16(0xff00, config + PCI_CLASS_DEVICE);
	put_unaligned_le16(0x1af4, config + PCI_SUBSYSTEM_VENDOR_ID);
	put_unaligned_le16(0x1100, config + PCI_SUBSYSTEM_ID);
}

static u8 gvt_config_mask(unsigned int pos)
{
	switch (pos) {
	case PCI_COMMAND:
		return PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	case PCI_COMMAND + 1:
		return PCI_COMMAND_INTX_DISABLE >> 8;
	case PCI_CACHE_LINE_SIZE:
	case PCI_LATENCY_TIMER:
	case PCI_INTERRUPT_LINE:
		return 0xff;
	default:
		return 0;
	}
}

/* Also used for a loaded state: what is read-only stays what it is */
void gvt_config_write(struct gvt_device *gdev, unsigned int pos,
		      const u8 *buf, size_t count)
{
	for (; count--; pos++, buf++) {
		u8 mask = gvt_config_mask(pos);

		gdev->config[pos] = (gdev->config[pos] & ~mask) | (*buf & mask);
	}
}

/* Returns how much of the request lies in config space, or an error */
static ssize_t gvt_config_range(loff_t offset, size_t count, unsigned int *pos)
{
	u64 at = offset & (BIT_ULL(GVT_OFFSET_SHIFT) - 1);

	if (offset < 0 ||
	    offset >> GVT_OFFSET_SHIFT != VFIO_PCI_CONFIG_REGION_INDEX ||
	    at >= GVT_CONFIG_SIZE)
		return -EINVAL;
	*pos = at;
	return min_t(size_t, count, GVT_CONFIG_SIZE - at);
}

ssize_t gvt_config_user_read(struct vfio_device *vdev, char __user *buf,
			     size_t count, loff_t *ppos)
{
	struct gvt_device *gdev = container_of(vdev, struct gvt_device, vdev);
	u8 data[GVT_CONFIG_SIZE];
	unsigned int pos;
	ssize_t len;

	len = gvt_config_range(*ppos, count, &pos);
	if (len < 0)
		return len;

	gvt_state_lock(gdev);
	memcpy(data, gdev->config + pos, len);
	gvt_state_unlock(gdev);

	if (copy_to_user(buf, data, len))
		return -EFAULT;
	*ppos += len;
	return len;
}

ssize_t gvt_config_user_write(struct vfio_device *vdev,
			      const char __user *buf, size_t count, loff_t *ppos)
{
	struct gvt_device *gdev = container_of(vdev, struct gvt_device, vdev);
	u8 data[GVT_CONFIG_SIZE];
	unsigned int pos;
	ssize_t len;

	len = gvt_config_range(*ppos, count, &pos);
	if (len < 0)
		return len;
	if (copy_from_user(data, buf, len))
		return -EFAULT;

	gvt_state_lock(gdev);
	gvt_config_write(gdev, pos, data, len);
	gvt_state_unlock(gdev);

	*ppos += len;
	return len;
}
