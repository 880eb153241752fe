#!/bin/sh
# enter.sh ROOT COMMAND...: runs the command with ROOT as the root of a mount namespace of its own: programs that
# change namespaces would find their way out of a chroot.
#
# FOREIGN, where it is set: what of this machine is there too, read-only, PLACE=PLACE THERE a line. HIDDEN: directories
# that are empty there.
set -eu
root=$1
shift
# shellcheck disable=SC2016 # for the inner shell
exec unshare --mount --propagation private sh -euc '
    root=$1
    shift
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
    mount --rbind /proc "$root/proc"
    for place in tmp run; do mount -t tmpfs tmpfs "$root/$place"; done
    printf "%s\n" "${FOREIGN-}" | while IFS="=" read -r place there && [ -n "$place" ]; do
        if [ -d "$place" ]; then mkdir -p "$root$there"; else : >"$root$there"; fi
        mount --bind "$place" "$root$there"
        mount -o remount,bind,ro "$root$there"
    done
    for place in ${HIDDEN-}; do mount -t tmpfs tmpfs "$root$place"; done
    mkdir -p "$root/run/outside"
    cd "$root"
    pivot_root . run/outside
    umount -l /run/outside
    rmdir /run/outside
    exec "$@"' enter "$root" "$@"
