/* SPDX-License-Identifier: GPL-2.0 */
/* What a saved state looks like, and the files it goes through */
#ifndef GVT_MIGRATION_H
#define GVT_MIGRATION_H

#include "gvt_sample.h"

#define GVT_STATE_MAGIC		0x53545647	/* "GVTS"; also the byte order */
#define GVT_STATE_TYPE_LEN	32

struct gvt_state {
	u32 magic;
	u32 software_version;
	u16 vendor;
	u16 device;
	char type[GVT_STATE_TYPE_LEN];
	u32 generation;
	u8 config[GVT_CONFIG_SIZE];	/* the header ends here */
	u8 memory[GVT_MEMORY_SIZE];
};

#define GVT_STATE_HEADER_LEN	offsetof(struct gvt_state, config)

/*
 * The file may outlive the device. Once disabled, which happens at the latest
 * when the device is closed, gdev is not touched any more.
 */
struct gvt_stream {
	struct file *filp;
	struct gvt_device *gdev;
	struct mutex lock;	/* protects all below */
	bool disabled;
	loff_t pos;		/* how much was read or written */
	struct gvt_state state;
};

/* state.c */
int gvt_check_header(struct gvt_device *gdev, const struct gvt_state *state);
void gvt_state_save(struct gvt_device *gdev, struct gvt_state *state);
int gvt_state_load(struct gvt_device *gdev);

/* stream.c */
struct file *gvt_stream_open(struct gvt_device *gdev, int flags);

#endif /* GVT_MIGRATION_H */
