// SPDX-License-Identifier: GPL-2.0
/*
 * VFIO_DEVICE_* ioctls. The shape is that of vfio-pci with all nine regions and
 * five interrupt indexes, because QEMU insists on them; all but config space
 * have size 0.
 */
#include <linux/uaccess.h>

#include "gvt_sample.h"

static long gvt_get_info(void __user *arg)
{
	size_t minsz = offsetofend(struct vfio_device_info, num_irqs);
	struct vfio_device_info info;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;

	info.flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET;
	info.num_regions = VFIO_PCI_NUM_REGIONS;
	info.num_irqs = VFIO_PCI_NUM_IRQS;
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static long gvt_get_region_info(void __user *arg)
{
	size_t minsz = offsetofend(struct vfio_region_info, offset);
	struct vfio_region_info info;
	bool config;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz || info.index >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;

	config = info.index == VFIO_PCI_CONFIG_REGION_INDEX;
	info.flags = config ? VFIO_REGION_INFO_FLAG_READ |
			      VFIO_REGION_INFO_FLAG_WRITE : 0;
	info.cap_offset = 0;
	info.size = config ? GVT_CONFIG_SIZE : 0;
	info.offset = (u64)info.index << GVT_OFFSET_SHIFT;
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

static long gvt_get_irq_info(void __user *arg)
{
	size_t minsz = offsetofend(struct vfio_irq_info, count);
	struct vfio_irq_info info;

	if (copy_from_user(&info, arg, minsz))
		return -EFAULT;
	if (info.argsz < minsz || info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;

	info.flags = 0;
	info.count = 0;
	return copy_to_user(arg, &info, minsz) ? -EFAULT : 0;
}

long gvt_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	struct gvt_device *gdev = gvt_device_of(vdev);

	switch (cmd) {
	case VFIO_DEVICE_GET_INFO:
		return gvt_get_info((void __user *)arg);
	case VFIO_DEVICE_GET_REGION_INFO:
		return gvt_get_region_info((void __user *)arg);
	case VFIO_DEVICE_GET_IRQ_INFO:
		return gvt_get_irq_info((void __user *)arg);
	case VFIO_DEVICE_SET_IRQS:
		/* No index has an interrupt, so every range is out of range */
		return -EINVAL;
	case VFIO_DEVICE_RESET:
		/* No lock of mm or VFIO is held here: no need to defer it */
		scoped_guard(mutex, &gdev->state_mutex)
			gvt_clear(gdev);
		return 0;
	default:
		return -ENOTTY;
	}
}
