// SPDX-License-Identifier: GPL-2.0
/* The state machine of VFIO migration v2, stop-and-copy only */
#include <linux/file.h>

#include "migration.h"

static struct file *gvt_save(struct gvt_device *gdev)
{
	struct gvt_stream *stream = gvt_stream_open(gdev, true);

	if (IS_ERR(stream))
		return ERR_CAST(stream);
	gvt_state_save(gdev, &stream->state);
	stream->filled = sizeof(stream->state);
	gdev->saving = stream;
	return stream->filp;
}

static struct file *gvt_resume(struct gvt_device *gdev)
{
	struct gvt_stream *stream = gvt_stream_open(gdev, false);

	if (IS_ERR(stream))
		return ERR_CAST(stream);
	gdev->resuming = stream;
	return stream->filp;
}

static int gvt_load(struct gvt_device *gdev)
{
	struct gvt_stream *stream = gdev->resuming;
	int ret;

	scoped_guard(mutex, &stream->lock)
		ret = gvt_state_load(gdev, &stream->state, stream->filled);
	if (!ret)
		gvt_stream_disable(&gdev->resuming);
	return ret;
}

/* One arc of the state machine */
static struct file *gvt_step(struct gvt_device *gdev,
			     enum vfio_device_mig_state new)
{
	switch (gdev->state) {
	case VFIO_DEVICE_STATE_RUNNING:
		if (new == VFIO_DEVICE_STATE_STOP)
			return NULL;
		break;
	case VFIO_DEVICE_STATE_STOP:
		if (new == VFIO_DEVICE_STATE_RUNNING)
			return NULL;
		if (new == VFIO_DEVICE_STATE_STOP_COPY)
			return gvt_save(gdev);
		if (new == VFIO_DEVICE_STATE_RESUMING)
			return gvt_resume(gdev);
		break;
	case VFIO_DEVICE_STATE_STOP_COPY:
		if (new == VFIO_DEVICE_STATE_STOP) {
			gvt_stream_disable(&gdev->saving);
			return NULL;
		}
		break;
	case VFIO_DEVICE_STATE_RESUMING:
		/*
		 * Too late a place to refuse: QEMU gets here when it starts
		 * the guest, after the source has let go. QEMU 10 then resets
		 * the device and carries on without its state.
		 */
		if (new == VFIO_DEVICE_STATE_STOP)
			return ERR_PTR(gvt_load(gdev));
		break;
	default:
		break;
	}

	WARN_ON(true);
	return ERR_PTR(-EINVAL);
}

static struct file *gvt_set_state(struct vfio_device *vdev,
				  enum vfio_device_mig_state new)
{
	struct gvt_device *gdev = container_of(vdev, struct gvt_device, vdev);
	enum vfio_device_mig_state next;
	struct file *filp = NULL;
	int ret;

	gvt_state_lock(gdev);
	while (gdev->state != new) {
		ret = vfio_mig_get_next_state(vdev, gdev->state, new, &next);
		if (ret) {
			filp = ERR_PTR(ret);
			break;
		}
		filp = gvt_step(gdev, next);
		if (IS_ERR(filp))
			break;
		gdev->state = next;
		/* No arc on the way to another state has a file */
		if (WARN_ON(filp && next != new)) {
			fput(filp);
			filp = ERR_PTR(-EINVAL);
			break;
		}
	}
	gvt_state_unlock(gdev);
	return filp;
}

static int gvt_get_state(struct vfio_device *vdev,
			 enum vfio_device_mig_state *state)
{
	struct gvt_device *gdev = container_of(vdev, struct gvt_device, vdev);

	gvt_state_lock(gdev);
	*state = gdev->state;
	gvt_state_unlock(gdev);
	return 0;
}

static int gvt_get_data_size(struct vfio_device *vdev,
			     unsigned long *stop_copy_length)
{
	*stop_copy_length = sizeof(struct gvt_state);
	return 0;
}

const struct vfio_migration_ops gvt_migration_ops = {
	.migration_set_state = gvt_set_state,
	.migration_get_state = gvt_get_state,
	.migration_get_data_size = gvt_get_data_size,
};

void gvt_streams_disable(struct gvt_device *gdev)
{
	gvt_stream_disable(&gdev->saving);
	gvt_stream_disable(&gdev->resuming);
}
