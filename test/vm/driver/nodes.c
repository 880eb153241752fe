// SPDX-License-Identifier: GPL-2.0
/*
 * Where the migration_version attribute is: on the type nodes, on the device
 * nodes (both as in v5 of the series, April 2020), or missing.
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "gvt_sample.h"

/*
 * Since 6.1 type attributes are a closed list of the mdev core, and this
 * structure is private to drivers/vfio/mdev/mdev_sysfs.c. The sysfs_ops of a
 * type's kobject cast every attribute of it to this structure, so one that is
 * laid out like it can be added from outside. The name is the core's too: with
 * kCFI an indirect call checks the whole prototype, its names included.
 */
struct mdev_type_attribute {
	struct attribute attr;
	ssize_t (*show)(struct mdev_type *mtype,
			struct mdev_type_attribute *attr, char *buf);
	ssize_t (*store)(struct mdev_type *mtype,
			 struct mdev_type_attribute *attr, const char *buf,
			 size_t count);
};

static ssize_t type_version_show(struct mdev_type *mtype,
				 struct mdev_type_attribute *attr, char *buf)
{
	return gvt_version_show(gvt_type_of(mtype), NULL, buf);
}

static ssize_t type_version_store(struct mdev_type *mtype,
				  struct mdev_type_attribute *attr,
				  const char *buf, size_t count)
{
	return gvt_version_store(gvt_type_of(mtype), NULL, buf, count);
}

static struct mdev_type_attribute gvt_type_attr =
	__ATTR(migration_version, 0644, type_version_show, type_version_store);

static ssize_t migration_version_show(struct device *dev,
				      struct device_attribute *attr, char *buf)
{
	struct gvt_device *gdev = dev_get_drvdata(dev);

	return gvt_version_show(gdev->type, gdev, buf);
}

static ssize_t migration_version_store(struct device *dev,
				       struct device_attribute *attr,
				       const char *buf, size_t count)
{
	struct gvt_device *gdev = dev_get_drvdata(dev);

	return gvt_version_store(gdev->type, gdev, buf, count);
}

/*
 * Not in driver.dev_groups: the driver core removes those before it calls the
 * driver's remove(), and would wait for a sleeping store() there.
 */
static DEVICE_ATTR_RW(migration_version);

static int gvt_node(struct kobject *kobj, const struct attribute *attr, bool on)
{
	if (on)
		return sysfs_create_file(kobj, attr);
	sysfs_remove_file(kobj, attr);	/* if there is one */
	return 0;
}

int gvt_type_nodes(struct gvt_parent *parent, bool on)
{
	int i, ret = 0;

	for (i = 0; i < GVT_NR_TYPES && !ret; i++)
		ret = gvt_node(&parent->types[i].type.kobj,
			       &gvt_type_attr.attr, on);
	return ret;
}

static int gvt_device_node(struct gvt_device *gdev, bool on)
{
	return gvt_node(&gdev->vdev.dev->kobj,
			&dev_attr_migration_version.attr, on);
}

static int gvt_device_nodes(struct gvt_parent *parent, bool on)
{
	struct gvt_device *gdev;
	int ret = 0;

	list_for_each_entry(gdev, &parent->devices, node) {
		ret = gvt_device_node(gdev, on);
		if (ret)
			break;
	}
	return ret;
}

/* Adds or removes the attribute; @id is GVT_TYPE_NODE or GVT_DEVICE_NODE */
int gvt_nodes_set(struct gvt_parent *parent, enum gvt_setting_id id, bool on)
{
	int (*nodes)(struct gvt_parent *parent, bool on) =
		id == GVT_TYPE_NODE ? gvt_type_nodes : gvt_device_nodes;
	int ret;

	guard(mutex)(&parent->node_lock);
	if (gvt_get(parent, id) == on)
		return 0;

	ret = nodes(parent, on);
	if (ret)
		nodes(parent, false);
	else
		WRITE_ONCE(parent->settings[id].value, on);
	return ret;
}

int gvt_nodes_add_device(struct gvt_device *gdev)
{
	struct gvt_parent *parent = gdev->parent;
	int ret = 0;

	guard(mutex)(&parent->node_lock);
	if (gvt_get(parent, GVT_DEVICE_NODE))
		ret = gvt_device_node(gdev, true);
	if (!ret)
		list_add_tail(&gdev->node, &parent->devices);
	return ret;
}

/* Lets the device's own sleepers go: they would be waited for */
void gvt_nodes_del_device(struct gvt_device *gdev)
{
	struct gvt_parent *parent = gdev->parent;

	WRITE_ONCE(gdev->going, true);
	wake_up_all(&parent->hang_wq);

	guard(mutex)(&parent->node_lock);
	list_del(&gdev->node);
	gvt_device_node(gdev, false);
}
