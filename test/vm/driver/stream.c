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

#include "migration.h"

static ssize_t gvt_stream_read(struct file *filp, char __user *buf, size_t len,
			       loff_t *pos)
{
	struct gvt_stream *stream = filp->private_data;

	guard(mutex)(&stream->lock);
	if (stream->disabled)
		return -ENODEV;
	return simple_read_from_buffer(buf, len, &stream->pos, &stream->state,
				       sizeof(stream->state));
}

static ssize_t gvt_stream_write(struct file *filp, const char __user *buf,
				size_t len, loff_t *pos)
{
	struct gvt_stream *stream = filp->private_data;
	ssize_t ret;
	int err;

	guard(mutex)(&stream->lock);
	if (stream->disabled)
		return -ENODEV;

	if (len > sizeof(stream->state) - stream->pos) {
		dev_err(stream->gdev->vdev.dev,
			"resume: more data than a state has: refused\n");
		return -EINVAL;
	}
	ret = simple_write_to_buffer(&stream->state, sizeof(stream->state),
				     &stream->pos, buf, len);

	/*
	 * The place where a driver should check: an error here makes QEMU fail
	 * the migration while the source still has the guest.
	 */
	if (gvt_get(stream->gdev->parent, GVT_REFUSE_IN_STREAM) &&
	    stream->pos >= GVT_STATE_HEADER_LEN) {
		err = gvt_check_header(stream->gdev, &stream->state);
		if (err)
			return err;
	}
	return ret;
}

static int gvt_stream_release(struct inode *inode, struct file *filp)
{
	kfree(filp->private_data);
	return 0;
}

/* Which of read and write is allowed is in the file's mode */
static const struct file_operations gvt_stream_fops = {
	.owner = THIS_MODULE,
	.read = gvt_stream_read,
	.write = gvt_stream_write,
	.release = gvt_stream_release,
};

/* O_RDONLY: the device's state, to be saved. O_WRONLY: room for another one */
struct file *gvt_stream_open(struct gvt_device *gdev, int flags)
{
	struct gvt_stream *stream;
	struct file *filp;

	stream = kzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);
	if (!stream)
		return ERR_PTR(-ENOMEM);

	filp = anon_inode_getfile("[gvt_sample-migration]", &gvt_stream_fops,
				  stream, flags);
	if (IS_ERR(filp)) {
		kfree(stream);
		return filp;
	}

	stream_open(filp->f_inode, filp);
	mutex_init(&stream->lock);
	stream->gdev = gdev;
	if (flags == O_RDONLY)
		gvt_state_save(gdev, &stream->state);
	/* Our reference; the first one is for the descriptor */
	stream->filp = get_file(filp);
	gdev->stream = stream;
	return filp;
}

void gvt_stream_disable(struct gvt_device *gdev)
{
	struct gvt_stream *stream = gdev->stream;

	if (!stream)
		return;
	gdev->stream = NULL;
	scoped_guard(mutex, &stream->lock)
		stream->disabled = true;
	fput(stream->filp);
}
