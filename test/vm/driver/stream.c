// SPDX-License-Identifier: GPL-2.0
/*
 * The files a state is read from and written to: anonymous inodes, as in the
 * kernel's mtty sample. A whole state is there before the first read, and there
 * is room for a whole one before the first write: nothing ever blocks.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "migration.h"

static ssize_t gvt_save_read(struct file *filp, char __user *buf, size_t len,
			     loff_t *pos)
{
	struct gvt_stream *stream = filp->private_data;

	if (pos)
		return -ESPIPE;

	guard(mutex)(&stream->lock);
	if (stream->disabled)
		return -ENODEV;

	len = min(len, stream->filled - stream->taken);
	if (copy_to_user(buf, (u8 *)&stream->state + stream->taken, len))
		return -EFAULT;
	stream->taken += len;
	return len;
}

static ssize_t gvt_resume_write(struct file *filp, const char __user *buf,
				size_t len, loff_t *pos)
{
	struct gvt_stream *stream = filp->private_data;
	size_t filled;
	int ret;

	if (pos)
		return -ESPIPE;

	guard(mutex)(&stream->lock);
	if (stream->disabled)
		return -ENODEV;

	if (len > sizeof(stream->state) - stream->filled) {
		dev_err(stream->gdev->vdev.dev,
			"resume: more data than a state has: refused\n");
		return -EINVAL;
	}
	if (copy_from_user((u8 *)&stream->state + stream->filled, buf, len))
		return -EFAULT;
	filled = stream->filled + len;

	/*
	 * The place where a driver should check: an error here makes QEMU fail
	 * the migration while the source still has the guest.
	 */
	if (gvt_get(stream->gdev->parent, GVT_REFUSE_IN_STREAM) &&
	    stream->filled < sizeof(stream->state.header) &&
	    filled >= sizeof(stream->state.header)) {
		ret = gvt_check_header(stream->gdev, &stream->state.header);
		if (ret)
			return ret;
	}
	stream->filled = filled;
	return len;
}

static int gvt_stream_release(struct inode *inode, struct file *filp)
{
	struct gvt_stream *stream = filp->private_data;

	mutex_destroy(&stream->lock);
	kfree(stream);
	return 0;
}

static const struct file_operations gvt_save_fops = {
	.owner = THIS_MODULE,
	.read = gvt_save_read,
	.release = gvt_stream_release,
};

static const struct file_operations gvt_resume_fops = {
	.owner = THIS_MODULE,
	.write = gvt_resume_write,
	.release = gvt_stream_release,
};

struct gvt_stream *gvt_stream_open(struct gvt_device *gdev, bool save)
{
	struct gvt_stream *stream;
	struct file *filp;

	stream = kzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);
	if (!stream)
		return ERR_PTR(-ENOMEM);

	filp = anon_inode_getfile("[gvt_sample-migration]",
				  save ? &gvt_save_fops : &gvt_resume_fops,
				  stream, save ? O_RDONLY : O_WRONLY);
	if (IS_ERR(filp)) {
		kfree(stream);
		return ERR_CAST(filp);
	}

	stream_open(filp->f_inode, filp);
	mutex_init(&stream->lock);
	stream->gdev = gdev;
	/* Our reference; the first one is for the descriptor */
	stream->filp = get_file(filp);
	return stream;
}

void gvt_stream_disable(struct gvt_stream **stream)
{
	if (!*stream)
		return;

	scoped_guard(mutex, &(*stream)->lock)
		(*stream)->disabled = true;
	fput((*stream)->filp);
	*stream = NULL;
}
