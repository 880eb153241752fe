// SPDX-License-Identifier: GPL-2.0
/*
 * DMA logging. QEMU >= 8.1 refuses to migrate a VFIO device that has neither
 * device nor IOMMU dirty tracking, so the device offers it. It does no DMA:
 * nothing is ever dirty, and whether the log is on makes no difference.
 */
#include <linux/kprobes.h>
#include <linux/ptrace.h>
#include <linux/uaccess.h>

#include "gvt_sample.h"

static int gvt_log_start(struct vfio_device *vdev,
			 struct rb_root_cached *ranges, u32 nnodes,
			 u64 *page_size)
{
	return 0;
}

static int gvt_log_stop(struct vfio_device *vdev)
{
	return 0;
}

static int gvt_log_read_and_clear(struct vfio_device *vdev, unsigned long iova,
				  unsigned long length,
				  struct iova_bitmap *dirty)
{
	return 0;
}

const struct vfio_log_ops gvt_log_ops = {
	.log_start = gvt_log_start,
	.log_stop = gvt_log_stop,
	.log_read_and_clear = gvt_log_read_and_clear,
};

/*
 * Without CONFIG_IOMMUFD_DRIVER (Debian 13) iova_bitmap_for_each() is a stub
 * (include/linux/iova_bitmap.h), and VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT
 * fails with EOPNOTSUPP before the driver is asked. QEMU zeroes the bitmap
 * itself and the kernel only adds bits, so for a device that is never dirty
 * success is all that is missing. A return probe on the ioctl supplies it, for
 * this call on our own devices only.
 */

/* Returns 0 to have the return probed as well */
static int gvt_ioctl_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct file *filp = (struct file *)regs_get_kernel_argument(regs, 0);
	unsigned int cmd = regs_get_kernel_argument(regs, 1);
	const struct vfio_device_ops *ops;
	struct vfio_device *vdev;

	/*
	 * private_data is VFIO's private struct vfio_device_file, whose first
	 * member is the device. Should another kernel have something else
	 * there, the ops are not found and nothing is changed.
	 */
	if (cmd != VFIO_DEVICE_FEATURE ||
	    copy_from_kernel_nofault(&vdev, filp->private_data, sizeof(vdev)) ||
	    copy_from_kernel_nofault(&ops, &vdev->ops, sizeof(ops)) ||
	    ops != &gvt_device_ops)
		return 1;
	*(unsigned long *)ri->data = regs_get_kernel_argument(regs, 2);
	return 0;
}

static int gvt_ioctl_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const void __user *arg = (void __user *)*(unsigned long *)ri->data;
	struct vfio_device_feature feature;

	/* No sleeping here; the ioctl has just read it, so it is resident */
	if ((int)regs_return_value(regs) == -EOPNOTSUPP &&
	    !copy_from_user_nofault(&feature, arg, sizeof(feature)) &&
	    (feature.flags & VFIO_DEVICE_FEATURE_MASK) ==
	    VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT)
		regs_set_return_value(regs, 0);
	return 0;
}

static struct kretprobe gvt_ioctl_probe = {
	.kp.symbol_name = "vfio_device_fops_unl_ioctl",
	.entry_handler = gvt_ioctl_entry,
	.handler = gvt_ioctl_return,
	.data_size = sizeof(unsigned long),
};

/* The same condition as in iova_bitmap.h */
int gvt_dirty_init(void)
{
	return IS_ENABLED(CONFIG_IOMMUFD_DRIVER) ? 0 :
	       register_kretprobe(&gvt_ioctl_probe);
}

void gvt_dirty_exit(void)
{
	if (!IS_ENABLED(CONFIG_IOMMUFD_DRIVER))
		unregister_kretprobe(&gvt_ioctl_probe);
}
