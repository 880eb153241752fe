// SPDX-License-Identifier: GPL-2.0
/*
 * The mdev: a PCI function with config space only, and 4 KiB of memory that
 * stands for what a guest has in its slice of the GPU.
 */
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "gvt_sample.h"

#define GVT_CONTENTS_MAX 256

/* From any state back to a fresh, running device */
void gvt_clear(struct gvt_device *gdev)
{
	gvt_stream_disable(gdev);
	gvt_config_init(gdev->config);
	memset(gdev->memory, 0, sizeof(gdev->memory));
	gdev->generation = 0;
	gdev->state = VFIO_DEVICE_STATE_RUNNING;
}

/* A second guest must not see the first one's memory: clean at both ends */
static int gvt_open_device(struct vfio_device *vdev)
{
	struct gvt_device *gdev = gvt_device_of(vdev);

	guard(mutex)(&gdev->state_mutex);
	gvt_clear(gdev);
	gdev->open = true;
	return 0;
}

static void gvt_close_device(struct vfio_device *vdev)
{
	struct gvt_device *gdev = gvt_device_of(vdev);

	guard(mutex)(&gdev->state_mutex);
	gvt_clear(gdev);
	gdev->open = false;
}

/* No dma_unmap: the device never pins a page of its guest */
const struct vfio_device_ops gvt_device_ops = {
	.name = GVT_NAME,
	.open_device = gvt_open_device,
	.close_device = gvt_close_device,
	.read = gvt_config_user_read,
	.write = gvt_config_user_write,
	.ioctl = gvt_ioctl,
	.bind_iommufd = vfio_iommufd_emulated_bind,
	.unbind_iommufd = vfio_iommufd_emulated_unbind,
	.attach_ioas = vfio_iommufd_emulated_attach_ioas,
	.detach_ioas = vfio_iommufd_emulated_detach_ioas,
};

static int gvt_mdev_probe(struct mdev_device *mdev)
{
	struct gvt_parent *parent = gvt_parent_of(mdev->type);
	struct gvt_type *type = gvt_type_of(mdev->type);
	int units = atomic_read(&parent->free_units);
	struct gvt_device *gdev;
	int ret;

	do {
		if (units < type->cost)
			return -ENOSPC;
	} while (!atomic_try_cmpxchg(&parent->free_units, &units,
				     units - type->cost));

	gdev = vfio_alloc_device(gvt_device, vdev, &mdev->dev, &gvt_device_ops);
	if (IS_ERR(gdev)) {
		ret = PTR_ERR(gdev);
		goto err_budget;
	}

	gdev->parent = parent;
	gdev->type = type;
	mutex_init(&gdev->state_mutex);
	gvt_clear(gdev);
	gdev->vdev.migration_flags = VFIO_MIGRATION_STOP_COPY;
	gdev->vdev.mig_ops = &gvt_migration_ops;
	gdev->vdev.log_ops = &gvt_log_ops;
	dev_set_drvdata(&mdev->dev, gdev);

	ret = vfio_register_emulated_iommu_dev(&gdev->vdev);
	if (ret)
		goto err_put;
	ret = gvt_nodes_add_device(gdev);
	if (ret)
		goto err_unregister;
	return 0;

err_unregister:
	vfio_unregister_group_dev(&gdev->vdev);
err_put:
	vfio_put_device(&gdev->vdev);
err_budget:
	atomic_add(type->cost, &parent->free_units);
	return ret;
}

static void gvt_mdev_remove(struct mdev_device *mdev)
{
	struct gvt_device *gdev = dev_get_drvdata(&mdev->dev);

	gvt_nodes_del_device(gdev);
	vfio_unregister_group_dev(&gdev->vdev);	/* waits for its guest */
	atomic_add(gdev->type->cost, &gdev->parent->free_units);
	vfio_put_device(&gdev->vdev);
}

static unsigned int gvt_get_available(struct mdev_type *mtype)
{
	return atomic_read(&gvt_parent_of(mtype)->free_units) /
	       gvt_type_of(mtype)->cost;
}

static ssize_t gvt_show_description(struct mdev_type *mtype, char *buf)
{
	return sysfs_emit(buf, "%d of %d units of a parent, no display, no DMA\n",
			  gvt_type_of(mtype)->cost, GVT_UNITS);
}

/* The test guest has no operating system: root writes its memory for it */
static ssize_t contents_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct gvt_device *gdev = dev_get_drvdata(dev);
	int len;

	guard(mutex)(&gdev->state_mutex);
	len = strnlen(gdev->memory, GVT_CONTENTS_MAX);
	return len ? sysfs_emit(buf, "%.*s\n", len, gdev->memory) : 0;
}

static ssize_t contents_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	struct gvt_device *gdev = dev_get_drvdata(dev);
	size_t len = strlen(buf);

	if (len && buf[len - 1] == '\n')
		len--;
	if (len > GVT_CONTENTS_MAX)
		return -EINVAL;

	guard(mutex)(&gdev->state_mutex);
	if (!gdev->open)
		return -ENXIO;
	memset(gdev->memory, 0, sizeof(gdev->memory));
	memcpy(gdev->memory, buf, len);
	return count;
}
static DEVICE_ATTR_RW(contents);

static ssize_t generation_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct gvt_device *gdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(gdev->generation));
}
static DEVICE_ATTR_RO(generation);

static struct attribute *gvt_device_attrs[] = {
	&dev_attr_contents.attr,
	&dev_attr_generation.attr,
	NULL
};
ATTRIBUTE_GROUPS(gvt_device);

struct mdev_driver gvt_mdev_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.probe = gvt_mdev_probe,
	.remove = gvt_mdev_remove,
	.get_available = gvt_get_available,
	.show_description = gvt_show_description,
	.driver = {
		.name = GVT_NAME,
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
		.dev_groups = gvt_device_groups,
	},
};
