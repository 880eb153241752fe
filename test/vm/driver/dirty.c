// SPDX-License-Identifier: GPL-2.0
/*
 * DMA logging. QEMU >= 8.1 refuses to migrate a VFIO device that has neither
 * device nor IOMMU dirty tracking, so the device offers it. It does no DMA:
 * nothing is ever dirty.
 */
#include <linux/kprobes.h>
#include <linux/ptrace.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "gvt_sample.h"

static int gvt_log_start(struct vfio_device *vdev,
			 struct rb_root_cached *ranges, u32 nnodes,
			 u64 *page_size)
{
	struct gvt_device *gdev = container_of(vdev, struct gvt_device, vdev);
	int ret = 0;

	gvt_state_lock(gdev);
	if (gdev->logging)
		ret = -EINVAL;
	WRITE_ONCE(gdev->logging, true);
	gvt_state_unlock(gdev);
	return ret;
}

static int gvt_log_stop(struct vfio_device *vdev)
{
	struct gvt_device *gdev = container_of(vdev, struct gvt_device, vdev);

	gvt_state_lock(gdev);
	WRITE_ONCE(gdev->logging, false);
	gvt_state_unlock(gdev);
	return 0;
}

static int gvt_log_read_and_clear(struct vfio_device *vdev, unsigned long iova,
				  unsigned long length,
				  struct iova_bitmap *dirty)
{
	struct gvt_device *gdev = container_of(vdev, struct gvt_device, vdev);

	return READ_ONCE(gdev->logging) ? 0 : -EINVAL;
}

const struct vfio_log_ops gvt_log_ops = {
	.log_start = gvt_log_start,
	.log_stop = gvt_log_stop,
	.log_read_and_clear = gvt_log_read_and_clear,
};

/*
 * Without CONFIG_IOMMUFD_DRIVER (Debian 12 and 13) iova_bitmap_for_each() is a
 * stub (include/linux/iova_bitmap.h), and VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT
 * fails with EOPNOTSUPP before the driver is asked. QEMU zeroes the bitmap
 * itself and the kernel only adds bits, so for a device that is never dirty
 * success is all that is missing. A return probe on the ioctl supplies it, for
 * this call on our own devices only.
 */
static DEFINE_XARRAY(gvt_devices);	/* by address of the vfio_device */
static bool gvt_probe_registered;

struct gvt_probe_data {
	struct gvt_device *gdev;
	const void __user *arg;
};

/* Returns 0 to have the return probed as well */
static int gvt_ioctl_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct file *filp = (struct file *)regs_get_kernel_argument(regs, 0);
	unsigned int cmd = regs_get_kernel_argument(regs, 1);
	struct gvt_probe_data *data = (struct gvt_probe_data *)ri->data;
	struct vfio_device *vdev;

	if (cmd != VFIO_DEVICE_FEATURE)
		return 1;

	/*
	 * private_data is VFIO's private struct vfio_device_file, whose first
	 * member is the device. Should another kernel have something else
	 * there, the look-up finds nothing and nothing is changed.
	 */
	if (copy_from_kernel_nofault(&vdev, filp->private_data, sizeof(vdev)))
		return 1;
	data->gdev = xa_load(&gvt_devices, (unsigned long)vdev);
	data->arg = (const void __user *)regs_get_kernel_argument(regs, 2);
	return data->gdev ? 0 : 1;
}

/* The open file keeps the device while the ioctl runs */
static int gvt_ioctl_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct gvt_probe_data *data = (struct gvt_probe_data *)ri->data;
	struct vfio_device_feature feature;

	if ((int)regs_return_value(regs) != -EOPNOTSUPP ||
	    !READ_ONCE(data->gdev->logging))
		return 0;
	/* No sleeping here; the ioctl has just read it, so it is resident */
	if (copy_from_user_nofault(&feature, data->arg, sizeof(feature)))
		return 0;
	if ((feature.flags & VFIO_DEVICE_FEATURE_MASK) ==
	    VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT)
		regs_set_return_value(regs, 0);
	return 0;
}

static struct kretprobe gvt_ioctl_probe = {
	.kp.symbol_name = "vfio_device_fops_unl_ioctl",
	.entry_handler = gvt_ioctl_entry,
	.handler = gvt_ioctl_return,
	.data_size = sizeof(struct gvt_probe_data),
};

void gvt_dirty_init(void)
{
	int ret;

	/* The same condition as in iova_bitmap.h */
	if (IS_ENABLED(CONFIG_IOMMUFD_DRIVER))
		return;

	ret = register_kretprobe(&gvt_ioctl_probe);
	if (ret)
		pr_warn(GVT_NAME ": no probe of VFIO (%d): QEMU will not get dirty page reports\n",
			ret);
	gvt_probe_registered = !ret;
}

void gvt_dirty_exit(void)
{
	if (gvt_probe_registered)
		unregister_kretprobe(&gvt_ioctl_probe);
	xa_destroy(&gvt_devices);
}

int gvt_dirty_add(struct gvt_device *gdev)
{
	return xa_err(xa_store(&gvt_devices, (unsigned long)&gdev->vdev, gdev,
			       GFP_KERNEL));
}

void gvt_dirty_del(struct gvt_device *gdev)
{
	xa_erase(&gvt_devices, (unsigned long)&gdev->vdev);
}
