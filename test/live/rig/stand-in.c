/* Preloaded into libvirtd. A simulated host has no VFIO behind its mdevs, so QEMU could not open one: where
 * libvirt asks QEMU for a vfio-pci of an mdev, QEMU gets a pci-testdev in its place, at the same address and
 * under the same id. Everything else, up to what libvirt believes, stays as it is.
 *
 * There are two ways by which a device reaches QEMU: its command line (execve), and device_add on its
 * monitor (write). libvirt writes both as compact JSON, a whole message a call. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char wanted[] = "\"driver\":\"vfio-pci\"";
static const char given[] = "\"driver\":\"pci-testdev\"";
/* What a pci-testdev does not know. */
static const char *const dropped[] = {",\"sysfsdev\":", ",\"display\":", ",\"ramfb\":", ",\"fd\":"};

/* Hooks and QEMU must not see the preload: libvirt passes it on, and shows it in its messages
 * (virCommandAddEnvPassCommon, src/util/vircommand.c). */
__attribute__((constructor)) static void leave_no_trace(void) { unsetenv("LD_PRELOAD"); }

/* The length of the key and the value at `at` if they are to be dropped, else 0. */
static size_t dropped_length(const char *at, const char *end) {
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++) {
        size_t length = strlen(dropped[i]);
        if ((size_t)(end - at) < length || memcmp(at, dropped[i], length) != 0) continue;
        while (at + length < end && at[length] != ',' && at[length] != '}') length++;
        return length;
    }
    return 0;
}

/* Into `out`, of the same length: what was dropped becomes white space at the end, which JSON allows. False
 * where there is nothing to replace. */
static int replaced(const char *text, size_t length, char *out) {
    const char *end = text + length;
    const char *driver = memmem(text, length, wanted, sizeof wanted - 1);
    if (driver == NULL || memmem(text, length, dropped[0], strlen(dropped[0])) == NULL) return 0;
    char *to = out;
    for (const char *from = text; from < end;) {
        size_t skip = dropped_length(from, end);
        if (skip > 0) {
            from += skip;
        } else if (from == driver) {
            to = mempcpy(to, given, sizeof given - 1);
            from += sizeof wanted - 1;
        } else {
            *to++ = *from++;
        }
    }
    memset(to, ' ', out + length - to);
    return 1;
}

ssize_t write(int fd, const void *data, size_t length) {
    char *copy = length > 0 && *(const char *)data == '{' ? malloc(length + sizeof given) : NULL;
    int changed = copy != NULL && memmem(data, length, "device_add", 10) != NULL && replaced(data, length, copy);
    ssize_t result = syscall(SYS_write, fd, changed ? copy : data, length);
    free(copy);
    return result;
}

/* In a child that was forked from many threads: no malloc. */
static void replace_arguments(char *const argv[]) {
    for (; argv != NULL && *argv != NULL; argv++) {
        char out[4096];
        size_t length = strlen(*argv);
        if (**argv == '{' && length < sizeof out - sizeof given && replaced(*argv, length, out))
            memcpy(*argv, out, length);
    }
}

int execve(const char *path, char *const argv[], char *const environment[]) {
    replace_arguments(argv);
    return (int)syscall(SYS_execve, path, argv, environment);
}

int execv(const char *path, char *const argv[]) { return execve(path, argv, environ); }

/* libvirt raises the limit of locked memory for guests with VFIO devices, and fails where it may not
 * (CAP_SYS_RESOURCE). A pci-testdev locks none. */
int prlimit64(pid_t pid, __rlimit_resource_t resource, const struct rlimit64 *limit, struct rlimit64 *old) {
    return (int)syscall(SYS_prlimit64, pid, resource, resource == RLIMIT_MEMLOCK ? NULL : limit, old);
}

int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *limit) {
    return prlimit64(0, resource, limit, NULL);
}

int prlimit(pid_t pid, __rlimit_resource_t resource, const struct rlimit *limit, struct rlimit *old) {
    return prlimit64(pid, resource, (const struct rlimit64 *)limit, (struct rlimit64 *)old);
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit) { return prlimit(0, resource, limit, NULL); }
