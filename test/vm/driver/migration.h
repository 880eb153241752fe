/* SPDX-License-Identifier: GPL-2.0 */
/* What a saved state looks like, and the files it goes through */
#ifndef GVT_MIGRATION_H
#define GVT_MIGRATION_H

#include "gvt_sample.h"

#define GVT_STATE_MAGIC		0x53545647	/* "GVTS" */
#define GVT_STATE_LAYOUT	1
#define GVT_STATE_TYPE_LEN	32

struct gvt_state_header {
	__le32 magic;
	__le32 layout;
	__le32 software_version;
	__le16 vendor;
	__le16 device;
	char type[GVT_STATE_TYPE_LEN];
	__le32 generation;
	__le32 length;		/* of what follows the header */
	__le32 crc;		/* of all before and all behind it */
} __packed;

struct gvt_state {
	struct gvt_state_header header;
	u8 config[GVT_CONFIG_SIZE];
	u8 memory[GVT_MEMORY_SIZE];
} __packed;

#define GVT_STATE_PAYLOAD (sizeof(struct gvt_state) - \
			   sizeof(struct gvt_state_header))

/*
 * The file may outlive the device. Once disabled, which happens at the latest
 * when the device is closed, gdev is not touched any more.
 */
struct gvt_stream {
	struct file *filp;
	struct gvt_device *gdev;
	struct mutex lock;	/* protects all below */
	bool disabled;
	size_t filled;		/* bytes of state that are there */
	size_t taken;		/* bytes of them that were read */
	struct gvt_state state;
};

/* state.c */
int gvt_check_header(struct gvt_device *gdev,
		     const struct gvt_state_header *header);
void gvt_state_save(struct gvt_device *gdev, struct gvt_state *state);
int gvt_state_load(struct gvt_device *gdev, const struct gvt_state *state,
		   size_t filled);

/* stream.c */
struct gvt_stream *gvt_stream_open(struct gvt_device *gdev, bool save);
void gvt_stream_disable(struct gvt_stream **stream);

#endif /* GVT_MIGRATION_H */
