// SPDX-License-Identifier: GPL-2.0
/*
 * The migration_version attribute on type nodes and on device nodes: the
 * string, the vendor's rule, and the faults. The attribute was proposed in
 * 2018-2020 and never merged; string, errnos and log sentences are those of
 * the series' example driver, i915 GVT-g (v4, May 2019). The parser is not; the
 * README has the other differences.
 */
#include <linux/device.h>
#include <linux/hex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "gvt_sample.h"

#define GVT_VERSION_MAX		64

/* "vvvv-dddd-<type>-ssssssss": all fields but the type have fixed places */
#define GVT_TYPE_AT		10
#define GVT_TAIL_LEN		9

/* The numbers most significant byte first, so that memcmp() can order them */
struct gvt_version {
	u8 hardware[4];		/* vendor, device */
	u8 software[4];
	const char *type;	/* not terminated */
	size_t type_len;
};

/*
 * Type names may have dashes and any length, so the fields are found from both
 * ends instead of by splitting at dashes, which is where i915's example breaks.
 */
static bool gvt_parse_version(const char *s, struct gvt_version *v)
{
	size_t len = strlen(s);
	const char *tail;

	if (len && s[len - 1] == '\n')
		len--;
	if (len <= GVT_TYPE_AT + GVT_TAIL_LEN)
		return false;

	tail = s + len - GVT_TAIL_LEN;
	v->type = s + GVT_TYPE_AT;
	v->type_len = tail - v->type;
	return s[4] == '-' && s[GVT_TYPE_AT - 1] == '-' && *tail == '-' &&
	       !hex2bin(v->hardware, s, 2) &&
	       !hex2bin(v->hardware + 2, s + 5, 2) &&
	       !hex2bin(v->software, tail + 1, 4);
}

/*
 * sysfs_streq() ignores one trailing newline, which echo adds. Like any string
 * function it stops at a NUL byte in the data: what follows is not judged.
 */
static bool gvt_compatible(struct gvt_parent *parent, const char *local,
			   const char *remote)
{
	const char *reason = "wrong string format. probably wrong GVT version";
	bool same_hardware, same_type;
	struct gvt_version l, r;
	int software;

	if (sysfs_streq(local, remote))
		return true;

	if (gvt_parse_version(local, &l) && gvt_parse_version(remote, &r)) {
		same_hardware = !memcmp(r.hardware, l.hardware, 4);
		software = memcmp(r.software, l.software, 4);
		same_type = r.type_len == l.type_len &&
			    !memcmp(r.type, l.type, l.type_len);

		if (gvt_get(parent, GVT_ACCEPT_OLDER) && same_hardware &&
		    same_type && software <= 0)
			return true;

		/* i915's order: the type is looked at last */
		if (!same_hardware)
			reason = "physical device not matched";
		else if (software)
			reason = "migration software version not matched";
		else if (!same_type)
			reason = "vgpu type not matched";
	}

	/* As i915 prints it: raw, with the newline that the writer may add */
	dev_err(parent->dev,
		"gvt: Migration version mismatched. Possible reason: %s. Local migration version:%s, Remote migration version:%s\n",
		reason, local, remote);
	return false;
}

static bool gvt_going(struct gvt_parent *parent, struct gvt_device *gdev)
{
	return READ_ONCE(parent->going) || (gdev && READ_ONCE(gdev->going));
}

static bool gvt_may_go_on(struct gvt_parent *parent, struct gvt_device *gdev,
			  enum gvt_setting_id id)
{
	return !gvt_get(parent, id) || gvt_going(parent, gdev);
}

/*
 * While a call sleeps here its node cannot be removed: kernfs_drain() waits for
 * it, without a time limit. Therefore sleepers also wake when their device or
 * parent is about to go.
 */
static int gvt_hang(struct gvt_parent *parent, struct gvt_device *gdev,
		    enum gvt_setting_id id)
{
	u32 how = gvt_get(parent, id);

	/* Not -ERESTARTSYS: the caller is to see that it was interrupted */
	if (how == 1 &&
	    wait_event_interruptible(parent->hang_wq,
				     gvt_may_go_on(parent, gdev, id)))
		return -EINTR;
	if (how == 2)
		wait_event(parent->hang_wq, gvt_may_go_on(parent, gdev, id));
	return gvt_going(parent, gdev) ? -ENODEV : 0;
}

/* What show() and store() have in common; also makes the own string */
static int gvt_version_begin(struct gvt_type *type, struct gvt_device *gdev,
			     bool write, char *local)
{
	struct gvt_parent *parent = gvt_parent_of(&type->type);
	int ret;

	ret = gvt_hang(parent, gdev, write ? GVT_WRITE_HANGS : GVT_READ_HANGS);
	if (ret)
		return ret;

	ret = gvt_get(parent, write ? GVT_WRITE_ERRNO : GVT_READ_ERRNO);
	if (ret)
		return -ret;

	/* As posted, i915 prints this once, when it starts */
	if (!gvt_get(parent, GVT_SUPPORTED)) {
		dev_err(parent->dev,
			"gvt: Local GVT does not support migration\n");
		return -ENODEV;
	}

	scnprintf(local, GVT_VERSION_MAX, "%04x-%04x-%s-%08x", GVT_VENDOR_ID,
		  gvt_get(parent, GVT_DEVICE_ID), type->type.sysfs_name,
		  gvt_get(parent, GVT_SOFTWARE_VERSION));
	return 0;
}

ssize_t gvt_version_show(struct gvt_type *type, struct gvt_device *gdev,
			 char *buf)
{
	char local[GVT_VERSION_MAX];
	int ret;

	ret = gvt_version_begin(type, gdev, false, local);
	return ret ? ret : sysfs_emit(buf, "%s\n", local);
}

ssize_t gvt_version_store(struct gvt_type *type, struct gvt_device *gdev,
			  const char *buf, size_t count)
{
	char local[GVT_VERSION_MAX];
	int ret;

	ret = gvt_version_begin(type, gdev, true, local);
	if (ret)
		return ret;
	/* kernfs cuts at one page and terminates buf */
	return gvt_compatible(gvt_parent_of(&type->type), local, buf) ?
	       count : -EINVAL;
}
