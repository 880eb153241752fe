// SPDX-License-Identifier: GPL-2.0
/*
 * What a test can change, per parent and at run time:
 * /sys/kernel/debug/gvt_sample/<pci address>/<name>
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kstrtox.h>

#include "gvt_sample.h"

/* A maximum of 1 makes it Y or N; device_id is hexadecimal */
static const struct {
	const char *name;
	u32 initial;
	u32 max;
} gvt_settings[GVT_NR_SETTINGS] = {
	[GVT_DEVICE_ID] = { "device_id", 0x591d, U16_MAX },
	[GVT_SOFTWARE_VERSION] = { "software_version", 1, U32_MAX },
	[GVT_SUPPORTED] = { "supported", 1, 1 },
	[GVT_TYPE_NODE] = { "type_node", 1, 1 },
	[GVT_DEVICE_NODE] = { "device_node", 1, 1 },
	[GVT_READ_ERRNO] = { "read_errno", 0, MAX_ERRNO },
	[GVT_WRITE_ERRNO] = { "write_errno", 0, MAX_ERRNO },
	[GVT_READ_HANGS] = { "read_hangs", 0, 2 },
	[GVT_WRITE_HANGS] = { "write_hangs", 0, 2 },
	[GVT_ACCEPT_OLDER] = { "accept_older", 0, 1 },
	[GVT_REFUSE_IN_STREAM] = { "refuse_in_stream", 0, 1 },
};

struct dentry *gvt_debugfs_root;

static ssize_t gvt_setting_read(struct file *filp, char __user *buf, size_t len,
				loff_t *pos)
{
	const struct gvt_setting *setting = filp->private_data;
	int id = setting - setting->parent->settings;
	u32 val = READ_ONCE(setting->value);
	char text[16];
	int n;

	if (gvt_settings[id].max == 1)
		n = scnprintf(text, sizeof(text), "%c\n", val ? 'Y' : 'N');
	else if (id == GVT_DEVICE_ID)
		n = scnprintf(text, sizeof(text), "0x%04x\n", val);
	else
		n = scnprintf(text, sizeof(text), "%u\n", val);
	return simple_read_from_buffer(buf, len, pos, text, n);
}

static ssize_t gvt_setting_write(struct file *filp, const char __user *buf,
				 size_t len, loff_t *pos)
{
	struct gvt_setting *setting = filp->private_data;
	struct gvt_parent *parent = setting->parent;
	int id = setting - parent->settings;
	bool on = false;
	u32 val = 0;
	int ret;

	if (gvt_settings[id].max == 1)
		ret = kstrtobool_from_user(buf, len, &on);
	else
		ret = kstrtouint_from_user(buf, len,
					   id == GVT_DEVICE_ID ? 16 : 0, &val);
	if (ret)
		return ret;
	if (val > gvt_settings[id].max)
		return -ERANGE;

	if (id == GVT_TYPE_NODE || id == GVT_DEVICE_NODE) {
		ret = gvt_nodes_set(parent, id, on);
		return ret ? ret : len;
	}
	WRITE_ONCE(setting->value, on ? 1 : val);
	wake_up_all(&parent->hang_wq);
	return len;
}

static const struct file_operations gvt_setting_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = gvt_setting_read,
	.write = gvt_setting_write,
	.llseek = default_llseek,
};

void gvt_settings_init(struct gvt_parent *parent)
{
	int i;

	for (i = 0; i < GVT_NR_SETTINGS; i++) {
		parent->settings[i].parent = parent;
		parent->settings[i].value = gvt_settings[i].initial;
	}
}

/* As usual with debugfs, failures are not looked at: no files, no faults */
void gvt_settings_add(struct gvt_parent *parent)
{
	int i;

	parent->debugfs = debugfs_create_dir(dev_name(parent->dev),
					     gvt_debugfs_root);
	for (i = 0; i < GVT_NR_SETTINGS; i++)
		debugfs_create_file(gvt_settings[i].name, 0644, parent->debugfs,
				    &parent->settings[i], &gvt_setting_fops);
}
