#!/bin/sh
# supervise.sh DIRECTORY: starts a rig at the first line on standard input, keeps it up until the input ends,
# then leaves nothing of it.
#
# Stays outside the namespaces, in a session of its own: whatever becomes of the test runner, its end of the
# pipe closes, and what is left to clean up is cleaned up here.
set -u
directory=$1

read -r _ && unshare --mount --net --pid --fork --kill-child sh "${0%/*}/network.sh" "$directory"

# The servers of the simulated hosts end when they are unmounted.
for host in "$directory"/hosts/*; do
    mount=$(readlink "$host/sim") || continue
    umount -l "$mount" 2>/dev/null
    rm -rf --one-file-system "${mount%/*}"
done
rm -rf --one-file-system "$directory"
