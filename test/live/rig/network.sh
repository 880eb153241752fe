#!/bin/sh
# network.sh DIRECTORY: the first process of a rig, in network and process namespaces of its own. When it
# ends, the kernel ends everything in them.
set -eu
directory=$1

# What other rigs and tests have mounted must be able to end while this one is up.
own=$(readlink "$directory"/hosts/*/sim)
awk '$1 == "simulated-host" { print $2 }' /proc/self/mounts | while read -r mount; do
    case $own in
    *"$mount"*) ;;
    *) umount -l "$mount" ;;
    esac
done

ip link set lo up
for host in "$directory"/hosts/*; do
    ip address add "$(cat "$host/address")/32" dev lo
done
for host in "$directory"/hosts/*; do
    { unshare --mount --uts --ipc --pid --fork --kill-child sh "${0%/*}/host.sh" "$host" || echo "${host##*/} ended"; } \
        </dev/null &
done
# Nothing more is written there: this waits for its end.
read -r _ || exit 0
