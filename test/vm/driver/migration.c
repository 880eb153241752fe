// SPDX-License-Identifier: GPL-2.0
/* The state machine of VFIO migration v2, stop-and-copy only */
#include <linux/fcntl.h>

#include "migration.h"

/* One of the six arcs that vfio_mig_get_next_state() makes of all requests */
static struct file *gvt_step(struct gvt_device *gdev,
			     enum vfio_device_mig_state new)
{
	int ret;

	switch (gdev->state) {
	case VFIO_DEVICE_STATE_STOP:
		if (new == VFIO_DEVICE_STATE_STOP_COPY)
			return gvt_stream_open(gdev, O_RDONLY);
		if (new == VFIO_DEVICE_STATE_RESUMING)
			return gvt_stream_open(gdev, O_WRONLY);
		return NULL;
	case VFIO_DEVICE_STATE_STOP_COPY:
		gvt_stream_disable(gdev);
		return NULL;
	case VFIO_DEVICE_STATE_RESUMING:
		/*
		 * The place of the final check, and too late a place to
		 * refuse: QEMU gets here when it starts the guest, after the
		 * source has let go. QEMU 10 then resets the device and
		 * carries on without its state.
		 */
		ret = gvt_state_load(gdev);
		if (!ret)
			gvt_stream_disable(gdev);
		return ERR_PTR(ret);
	default:
		return NULL;
	}
}

static struct file *gvt_set_state(struct vfio_device *vdev,
				  enum vfio_device_mig_state new)
{
	struct gvt_device *gdev = gvt_device_of(vdev);
	enum vfio_device_mig_state next;
	struct file *filp = NULL;
	int ret;

	guard(mutex)(&gdev->state_mutex);
	/* Only the last arc of a way can have a file */
	while (gdev->state != new) {
		ret = vfio_mig_get_next_state(vdev, gdev->state, new, &next);
		if (ret)
			return ERR_PTR(ret);
		filp = gvt_step(gdev, next);
		if (IS_ERR(filp))
			break;
		gdev->state = next;
	}
	return filp;
}

static int gvt_get_state(struct vfio_device *vdev,
			 enum vfio_device_mig_state *state)
{
	struct gvt_device *gdev = gvt_device_of(vdev);

	guard(mutex)(&gdev->state_mutex);
	*state = gdev->state;
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
