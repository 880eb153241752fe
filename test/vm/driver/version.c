// SPDX-License-Identifier: GPL-2.0
/*
 * The migration_version attribute on type nodes and on device nodes: the
 * string, the vendor's rule, and the faults. The attribute was proposed in
 * 2018-2020 and never merged; string, errnos and log sentences are those of
 * the series' example driver, i915 GVT-g (v4, May 2019). The parser is not.
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

struct gvt_version {
	u32 vendor;
	u32 device;
	u32 software;
	const char *type;	/* not terminated */
	size_t type_len;
};

static bool gvt_parse_hex(const char *s, int digits, u32 *val)
{
	*val = 0;
	while (digits--) {
		int digit = hex_to_bin(*s++);

		if (digit < 0)
			return false;
		*val = *val << 4 | digit;
	}
	return true;
}

/*
 * Type names may have dashes and any length, so the fields are found from both
 * ends instead of by splitting at dashes, which is where i915's example breaks.
 */
static bool gvt_parse_version(const char *s, struct gvt_version *v)
{
	size_t len = strlen(s);

	if (len && s[len - 1] == '\n')
		len--;
	if (len <= GVT_TYPE_AT + GVT_TAIL_LEN)
		return false;
	if (s[4] != '-' || s[GVT_TYPE_AT - 1] != '-' ||
	    s[len - GVT_TAIL_LEN] != '-')
		return false;

	v->type = s + GVT_TYPE_AT;
	v->type_len = len - GVT_TYPE_AT - GVT_TAIL_LEN;
	return gvt_parse_hex(s, 4, &v->vendor) &&
	       gvt_parse_hex(s + 5, 4, &v->device) &&
	       gvt_parse_hex(s + len - GVT_TAIL_LEN + 1, 8, &v->software);
}

static bool gvt_same_hardware(const struct gvt_version *a,
			      const struct gvt_version *b)
{
	return a->vendor == b->vendor && a->device == b->device;
}

static bool gvt_same_type(const struct gvt_version *a,
			  const struct gvt_version *b)
{
	return a->type_len == b->type_len &&
	       !memcmp(a->type, b->type, a->type_len);
}

/*
 * sysfs_streq() ignores one trailing newline, which echo adds. Like any string
 * function it stops at a NUL byte in the data: what follows is not judged.
 */
static bool gvt_compatible(struct gvt_parent *parent, const char *local,
			   const char *remote)
{
	const char *reason = "wrong string format. probably wrong GVT version";
	struct gvt_version l, r;

	if (sysfs_streq(local, remote))
		return true;

	if (gvt_parse_version(local, &l) && gvt_parse_version(remote, &r)) {
		if (gvt_get(parent, GVT_ACCEPT_OLDER) &&
		    gvt_same_hardware(&l, &r) && gvt_same_type(&l, &r) &&
		    r.software <= l.software)
			return true;

		/* i915's order: the type is looked at last */
		if (!gvt_same_hardware(&l, &r))
			reason = "physical device not matched";
		else if (l.software != r.software)
			reason = "migration software version not matched";
		else if (!gvt_same_type(&l, &r))
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
	int ret = 0;

	if (how == 1)
		ret = wait_event_interruptible(parent->hang_wq,
					       gvt_may_go_on(parent, gdev, id));
	else if (how == 2)
		wait_event(parent->hang_wq, gvt_may_go_on(parent, gdev, id));

	/* Not -ERESTARTSYS: the caller is to see that it was interrupted */
	if (ret)
		return -EINTR;
	return how && gvt_going(parent, gdev) ? -ENODEV : 0;
}

/* What show() and store() have in common; also makes the own string */
static int gvt_version_begin(struct gvt_parent *parent, struct gvt_type *type,
			     struct gvt_device *gdev, bool write, char *local)
{
	u32 err;
	int ret;

	ret = gvt_hang(parent, gdev, write ? GVT_WRITE_HANGS : GVT_READ_HANGS);
	if (ret)
		return ret;

	err = gvt_get(parent, write ? GVT_WRITE_ERRNO : GVT_READ_ERRNO);
	if (err)
		return -(int)err;

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

ssize_t gvt_version_show(struct gvt_parent *parent, struct gvt_type *type,
			 struct gvt_device *gdev, char *buf)
{
	char local[GVT_VERSION_MAX];
	int ret;

	ret = gvt_version_begin(parent, type, gdev, false, local);
	if (ret)
		return ret;
	return sysfs_emit(buf, "%s\n", local);
}

ssize_t gvt_version_store(struct gvt_parent *parent, struct gvt_type *type,
			  struct gvt_device *gdev, const char *buf,
			  size_t count)
{
	char local[GVT_VERSION_MAX];
	int ret;

	ret = gvt_version_begin(parent, type, gdev, true, local);
	if (ret)
		return ret;
	/* kernfs cuts at one page and terminates buf */
	return gvt_compatible(parent, local, buf) ? count : -EINVAL;
}
