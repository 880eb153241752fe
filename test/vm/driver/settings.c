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

enum gvt_setting_kind {
	GVT_BOOL,
	GVT_U32,
	GVT_HEX,
};

static const struct {
	const char *name;
	enum gvt_setting_kind kind;
	u32 initial;
	u32 max;
} gvt_settings[GVT_NR_SETTINGS] = {
	[GVT_DEVICE_ID] = { "device_id", GVT_HEX, 0x591d, U16_MAX },
	[GVT_SOFTWARE_VERSION] = { "software_version", GVT_U32, 1, U32_MAX },
	[GVT_SUPPORTED] = { "supported", GVT_BOOL, true },
	/* Not there yet: gvt_pci_probe() adds it after the types */
	[GVT_TYPE_NODE] = { "type_node", GVT_BOOL, false },
	[GVT_DEVICE_NODE] = { "device_node", GVT_BOOL, true },
	[GVT_READ_ERRNO] = { "read_errno", GVT_U32, 0, MAX_ERRNO },
	[GVT_WRITE_ERRNO] = { "write_errno", GVT_U32, 0, MAX_ERRNO },
	[GVT_READ_HANGS] = { "read_hangs", GVT_U32, 0, 2 },
	[GVT_WRITE_HANGS] = { "write_hangs", GVT_U32, 0, 2 },
	[GVT_ACCEPT_OLDER] = { "accept_older", GVT_BOOL, false },
	[GVT_REFUSE_IN_STREAM] = { "refuse_in_stream", GVT_BOOL, false },
};

static struct dentry *gvt_debugfs_root;

static ssize_t gvt_setting_read(struct file *filp, char __user *buf, size_t len,
				loff_t *pos)
{
	const struct gvt_setting_file *file = filp->private_data;
	u32 val = gvt_get(file->parent, file->id);
	char text[16];
	int n;

	switch (gvt_settings[file->id].kind) {
	case GVT_BOOL:
		n = scnprintf(text, sizeof(text), "%c\n", val ? 'Y' : 'N');
		break;
	case GVT_HEX:
		n = scnprintf(text, sizeof(text), "0x%04x\n", val);
		break;
	default:
		n = scnprintf(text, sizeof(text), "%u\n", val);
		break;
	}
	return simple_read_from_buffer(buf, len, pos, text, n);
}

static int gvt_setting_parse(enum gvt_setting_id id, const char __user *buf,
			     size_t len, u32 *val)
{
	bool on;
	int ret;

	switch (gvt_settings[id].kind) {
	case GVT_BOOL:
		ret = kstrtobool_from_user(buf, len, &on);
		if (!ret)
			*val = on;
		return ret;
	case GVT_HEX:
		ret = kstrtouint_from_user(buf, len, 16, val);
		break;
	default:
		ret = kstrtouint_from_user(buf, len, 0, val);
		break;
	}
	if (!ret && *val > gvt_settings[id].max)
		ret = -ERANGE;
	return ret;
}

static ssize_t gvt_setting_write(struct file *filp, const char __user *buf,
				 size_t len, loff_t *pos)
{
	const struct gvt_setting_file *file = filp->private_data;
	struct gvt_parent *parent = file->parent;
	u32 val;
	int ret;

	ret = gvt_setting_parse(file->id, buf, len, &val);
	if (ret)
		return ret;

	if (file->id == GVT_TYPE_NODE || file->id == GVT_DEVICE_NODE) {
		ret = gvt_nodes_set(parent, file->id, val);
		return ret ? ret : len;
	}

	WRITE_ONCE(parent->settings[file->id], val);
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

void gvt_settings_defaults(struct gvt_parent *parent)
{
	int i;

	for (i = 0; i < GVT_NR_SETTINGS; i++)
		parent->settings[i] = gvt_settings[i].initial;
}

/* As usual with debugfs, failures are not looked at: no files, no faults */
void gvt_settings_add(struct gvt_parent *parent)
{
	int i;

	parent->debugfs = debugfs_create_dir(dev_name(parent->dev),
					     gvt_debugfs_root);
	for (i = 0; i < GVT_NR_SETTINGS; i++) {
		parent->files[i].parent = parent;
		parent->files[i].id = i;
		debugfs_create_file(gvt_settings[i].name, 0644, parent->debugfs,
				    &parent->files[i], &gvt_setting_fops);
	}
}

/* Waits for reads and writes under way; later ones get EIO */
void gvt_settings_del(struct gvt_parent *parent)
{
	debugfs_remove(parent->debugfs);
}

void gvt_settings_init(void)
{
	gvt_debugfs_root = debugfs_create_dir(GVT_NAME, NULL);
}

void gvt_settings_exit(void)
{
	debugfs_remove(gvt_debugfs_root);
}
