#!/bin/sh
# The least that a gate would do in shell, for the clock alone: one mdev, the line ends and quotes of libvirt and of
# mdev-preflight's stamps, no deadline, no reasons.
# shellcheck disable=SC2046 # none of the words has a blank
set -- $(sed -n '
    s/.*<mdev-preflight:device .* type="\([^"]*\)".*/\1/p
    s/.*<mdev-preflight:version node="type" value="\([^"]*\)%0A".*/\1/p
    /<hostdev .*type=.mdev/,/<\/hostdev>/ s/.*<address uuid=.\([-0-9a-f]*\).*/\1/p')
type=$1 version=$2 uuid=$3

here=/sys/bus/mdev/devices/$uuid/mdev_type
own=$(readlink "$here")
if [ "${own##*/}" != "$type" ]; then
    echo "$uuid: another type" >&2
    exit 3
fi
# dash writes it at once, and in one piece.
printf '%s\n' "$version" 2>/dev/null >"$here/migration_version" || {
    echo "$uuid: the driver refuses" >&2
    exit 3
}
