/* SPDX-License-Identifier: GPL-2.0 */
/*
 * gvt_sample: a sample of an i915-GVT-like mdev parent driver with the
 * migration_version attribute, and with faults that a test can switch on.
 */
#ifndef GVT_SAMPLE_H
#define GVT_SAMPLE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mdev.h>
#include <linux/mutex.h>
#include <linux/vfio.h>
#include <linux/wait.h>

#define GVT_NAME		"gvt_sample"
#define GVT_VENDOR_ID		0x8086	/* what the version string claims */
#define GVT_UNITS		8	/* budget of one parent */
#define GVT_NR_TYPES		3
#define GVT_CONFIG_SIZE		256
#define GVT_MEMORY_SIZE		4096
#define GVT_OFFSET_SHIFT	40	/* region index in the file offset */

enum gvt_setting_id {
	GVT_DEVICE_ID,
	GVT_SOFTWARE_VERSION,
	GVT_SUPPORTED,
	GVT_TYPE_NODE,
	GVT_DEVICE_NODE,
	GVT_READ_ERRNO,
	GVT_WRITE_ERRNO,
	GVT_READ_HANGS,
	GVT_WRITE_HANGS,
	GVT_ACCEPT_OLDER,
	GVT_REFUSE_IN_STREAM,
	GVT_NR_SETTINGS,
};

struct gvt_parent;
struct gvt_stream;

struct gvt_type {
	struct mdev_type type;
	int cost;
};

struct gvt_setting {
	struct gvt_parent *parent;
	u32 value;	/* READ_ONCE()/WRITE_ONCE() */
};

struct gvt_parent {
	struct mdev_parent mdev;
	struct device *dev;
	struct gvt_type types[GVT_NR_TYPES];
	struct mdev_type *type_ptrs[GVT_NR_TYPES];
	atomic_t free_units;

	struct gvt_setting settings[GVT_NR_SETTINGS];
	struct dentry *debugfs;

	wait_queue_head_t hang_wq;
	bool going;

	/*
	 * Protects devices and the presence of the attribute on all nodes.
	 * Held while a node is removed, thus while running show() and store()
	 * calls are waited for: those must never take it, nor may the write
	 * that lets sleepers go.
	 */
	struct mutex node_lock;
	struct list_head devices;
};

struct gvt_device {
	struct vfio_device vdev;	/* first, see vfio_alloc_device() */
	struct gvt_parent *parent;
	struct gvt_type *type;
	struct list_head node;		/* parent->devices */
	bool going;

	/* Protects all below. A stream's lock nests inside */
	struct mutex state_mutex;
	bool open;
	enum vfio_device_mig_state state;
	struct gvt_stream *stream;	/* in STOP_COPY and in RESUMING */
	u32 generation;
	u8 config[GVT_CONFIG_SIZE];
	u8 memory[GVT_MEMORY_SIZE];
};

static inline u32 gvt_get(const struct gvt_parent *parent,
			  enum gvt_setting_id id)
{
	return READ_ONCE(parent->settings[id].value);
}

static inline struct gvt_parent *gvt_parent_of(struct mdev_type *mtype)
{
	return container_of(mtype->parent, struct gvt_parent, mdev);
}

static inline struct gvt_type *gvt_type_of(struct mdev_type *mtype)
{
	return container_of(mtype, struct gvt_type, type);
}

static inline struct gvt_device *gvt_device_of(struct vfio_device *vdev)
{
	return container_of(vdev, struct gvt_device, vdev);
}

/* version.c; gdev is NULL on a type node */
ssize_t gvt_version_show(struct gvt_type *type, struct gvt_device *gdev,
			 char *buf);
ssize_t gvt_version_store(struct gvt_type *type, struct gvt_device *gdev,
			  const char *buf, size_t count);

/* nodes.c */
int gvt_type_nodes(struct gvt_parent *parent, bool on);
int gvt_nodes_set(struct gvt_parent *parent, enum gvt_setting_id id, bool on);
int gvt_nodes_add_device(struct gvt_device *gdev);
void gvt_nodes_del_device(struct gvt_device *gdev);

/* settings.c */
extern struct dentry *gvt_debugfs_root;
void gvt_settings_init(struct gvt_parent *parent);
void gvt_settings_add(struct gvt_parent *parent);

/* device.c */
extern const struct vfio_device_ops gvt_device_ops;
extern struct mdev_driver gvt_mdev_driver;
void gvt_clear(struct gvt_device *gdev);

/* config.c */
void gvt_config_init(u8 *config);
void gvt_config_write(struct gvt_device *gdev, unsigned int pos,
		      const u8 *buf, size_t count);
ssize_t gvt_config_user_read(struct vfio_device *vdev, char __user *buf,
			     size_t count, loff_t *ppos);
ssize_t gvt_config_user_write(struct vfio_device *vdev,
			      const char __user *buf, size_t count,
			      loff_t *ppos);

/* ioctl.c */
long gvt_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg);

/* migration.c */
extern const struct vfio_migration_ops gvt_migration_ops;

/* stream.c */
void gvt_stream_disable(struct gvt_device *gdev);

/* dirty.c */
extern const struct vfio_log_ops gvt_log_ops;
int gvt_dirty_init(void);
void gvt_dirty_exit(void);

#endif /* GVT_SAMPLE_H */
