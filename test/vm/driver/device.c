// SPDX-License-Identifier: GPL-2.0
/*
 * The mdev: a PCI function with config space only, and 4 KiB of memory that
 * stands for what a guest has in its slice of the GPU.
 */
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "gvt_sample.h"

static void gvt_clear(struct gvt_device *gdev)
{
	gvt_streams_disable(gdev);
	gvt_config_init(gdev->config);
	memset(gdev->memory, 0, sizeof(gdev->memory));
	gdev->generation = 0;
	gdev->state = VFIO_DEVICE_STATE_RUNNING;
}

void gvt_state_lock(struct gvt_device *gdev)
{
	mutex_lock(&gdev->state_mutex);
}

/*
 * A reset must not wait for the state mutex: its holder may be in a data
 * transfer. Where it is taken the reset is left to the holder, who does it
 * here. reset_mutex covers the moment between the last look at deferred_reset
 * and the unlock. (The pattern of the VFIO drivers that support migration.)
 */
void gvt_state_unlock(struct gvt_device *gdev)
{
	for (;;) {
		mutex_lock(&gdev->reset_mutex);
		if (!gdev->deferred_reset)
			break;
		gdev->deferred_reset = false;
		mutex_unlock(&gdev->reset_mutex);
		gvt_clear(gdev);
	}
	mutex_unlock(&gdev->state_mutex);
	mutex_unlock(&gdev->reset_mutex);
}

void gvt_reset(struct gvt_device *gdev)
{
	bool locked;

	scoped_guard(mutex, &gdev->reset_mutex) {
		gdev->deferred_reset = true;
		locked = mutex_trylock(&gdev->state_mutex);
	}
	if (locked)
		gvt_state_unlock(gdev);
}

/* A second guest must not see the first one's memory: clean at both ends */
static void gvt_open_set(struct vfio_device *vdev, bool open)
{
	struct gvt_device *gdev = container_of(vdev, struct gvt_device, vdev);

	gvt_state_lock(gdev);
	gvt_clear(gdev);
	gdev->open = open;
	WRITE_ONCE(gdev->logging, false);
	gvt_state_unlock(gdev);
}

static int gvt_open_device(struct vfio_device *vdev)
{
	gvt_open_set(vdev, true);
	return 0;
}

static void gvt_close_device(struct vfio_device *vdev)
{
	gvt_open_set(vdev, false);
}

/* No dma_unmap: the device never pins a page of its guest */
static const struct vfio_device_ops gvt_device_ops = {
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
	struct gvt_device *gdev;
	int ret;

	ret = gvt_budget_take(parent, type->cost);
	if (ret)
		return ret;

	gdev = vfio_alloc_device(gvt_device, vdev, &mdev->dev, &gvt_device_ops);
	if (IS_ERR(gdev)) {
		ret = PTR_ERR(gdev);
		goto err_budget;
	}

	gdev->parent = parent;
	gdev->type = type;
	mutex_init(&gdev->state_mutex);
	mutex_init(&gdev->reset_mutex);
	gvt_clear(gdev);
	gdev->vdev.migration_flags = VFIO_MIGRATION_STOP_COPY;
	gdev->vdev.mig_ops = &gvt_migration_ops;
	gdev->vdev.log_ops = &gvt_log_ops;
	dev_set_drvdata(&mdev->dev, gdev);

	ret = gvt_dirty_add(gdev);
	if (ret)
		goto err_put;
	ret = vfio_register_emulated_iommu_dev(&gdev->vdev);
	if (ret)
		goto err_dirty;
	ret = gvt_nodes_add_device(gdev);
	if (ret)
		goto err_unregister;
	return 0;

err_unregister:
	vfio_unregister_group_dev(&gdev->vdev);
err_dirty:
	gvt_dirty_del(gdev);
err_put:
	vfio_put_device(&gdev->vdev);
err_budget:
	gvt_budget_return(parent, type->cost);
	return ret;
}

static void gvt_mdev_remove(struct mdev_device *mdev)
{
	struct gvt_device *gdev = dev_get_drvdata(&mdev->dev);
	struct gvt_parent *parent = gdev->parent;
	unsigned int cost = gdev->type->cost;

	gvt_nodes_del_device(gdev);
	vfio_unregister_group_dev(&gdev->vdev);	/* waits for its guest */
	gvt_dirty_del(gdev);
	vfio_put_device(&gdev->vdev);
	gvt_budget_return(parent, cost);
}

static unsigned int gvt_get_available(struct mdev_type *mtype)
{
	return READ_ONCE(gvt_parent_of(mtype)->free_units) /
	       gvt_type_of(mtype)->cost;
}

static ssize_t gvt_show_description(struct mdev_type *mtype, char *buf)
{
	return sysfs_emit(buf, "%u of %u units of a parent, no display, no DMA\n",
			  gvt_type_of(mtype)->cost, GVT_UNITS);
}

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
