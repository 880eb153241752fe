// SPDX-License-Identifier: GPL-2.0
/* What root sees of a device from outside, beside migration_version */
#include <linux/device.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "gvt_sample.h"

/* The test guest has no operating system: root writes its memory for it */
static ssize_t contents_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct gvt_device *gdev = dev_get_drvdata(dev);
	int len, ret = 0;

	gvt_state_lock(gdev);
	len = strnlen(gdev->memory, GVT_CONTENTS_MAX);
	if (len)
		ret = sysfs_emit(buf, "%.*s\n", len, gdev->memory);
	gvt_state_unlock(gdev);
	return ret;
}

static ssize_t contents_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t count)
{
	struct gvt_device *gdev = dev_get_drvdata(dev);
	size_t len = strlen(buf);
	ssize_t ret = count;

	if (len && buf[len - 1] == '\n')
		len--;
	if (len > GVT_CONTENTS_MAX)
		return -EINVAL;

	gvt_state_lock(gdev);
	if (gdev->open) {
		memset(gdev->memory, 0, sizeof(gdev->memory));
		memcpy(gdev->memory, buf, len);
	} else {
		ret = -ENXIO;
	}
	gvt_state_unlock(gdev);
	return ret;
}
static DEVICE_ATTR_RW(contents);

static ssize_t state_loads_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct gvt_device *gdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(gdev->state_loads));
}
static DEVICE_ATTR_RO(state_loads);

static ssize_t generation_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct gvt_device *gdev = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(gdev->generation));
}
static DEVICE_ATTR_RO(generation);

static struct attribute *gvt_device_attrs[] = {
	&dev_attr_contents.attr,
	&dev_attr_state_loads.attr,
	&dev_attr_generation.attr,
	NULL
};

static const struct attribute_group gvt_device_group = {
	.attrs = gvt_device_attrs,
};

const struct attribute_group *gvt_device_groups[] = {
	&gvt_device_group,
	NULL
};
