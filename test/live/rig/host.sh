#!/bin/sh
# host.sh DIRECTORY: the first process of a host. Gives it an /etc, /run, /dev, /sys, /proc and libvirt state
# of its own on top of this machine's, which stay as they are, and puts the files from DIRECTORY/root there.
#
# Says "NAME PID" when all is in place, with the number that the process has outside.
set -eu
directory=$1
stage=$directory/stage
sim=$directory/sim
# /proc is still that of outside.
read -r pid _ </proc/self/stat

hostname "${directory##*/}"
mount -t tmpfs -o mode=755 tmpfs "$stage"
cd "$stage"
mkdir etc etc-work libexec libexec-work sys-root sys sys-upper sys-work dev run lib cache log

mount -t overlay -o "lowerdir=/etc,upperdir=$stage/etc,workdir=$stage/etc-work" overlay /etc
mount -t overlay -o "lowerdir=/usr/libexec,upperdir=$stage/libexec,workdir=$stage/libexec-work" overlay /usr/libexec
# Nothing of this machine's own libvirt: not its guests, networks and hooks either.
mount -t tmpfs -o mode=755 tmpfs /etc/libvirt
for state in lib cache log; do mount --bind "$stage/$state" "/var/$state/libvirt"; done

# A sysfs of this network namespace, and in it the directories of the simulated host: as directories, so that
# what changes in the simulation changes here.
mount -t sysfs sysfs sys-root
simulated='bus/mdev class/mdev_bus devices/pci0000:00 kernel/iommu_groups'
for path in $simulated; do mkdir -p "sys-upper/$path"; done
mount -t overlay -o lowerdir=sys-root,upperdir=sys-upper,workdir=sys-work overlay sys
for path in $simulated; do mount --bind "$sim/sys/$path" "sys/$path"; done

# libvirt looks whether the nodes of VFIO are there; nothing opens them.
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do cp -a "/dev/$node" dev/; done
mkdir dev/pts dev/shm dev/vfio
mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mknod dev/vfio/vfio c 10 196
group=0
while [ $group -lt 16 ]; do
    mknod dev/vfio/$group c 245 $group
    group=$((group + 1))
done
: >dev/kmsg
mount --bind "$sim/dev/kmsg" dev/kmsg

mount -t tmpfs -o mode=755 tmpfs run
mkdir run/lock

for place in sys dev run; do
    # Else this machine's would show below, in /proc/mounts: libvirt looks there for control groups.
    umount -R -l "/$place" 2>/dev/null || true
    mount -n --move "$place" "/$place"
done
mount -t proc proc /proc
cp -a "$directory/root/." /

# A slip must not reach this machine: only the temporary directory stays writable.
temporary=${directory%/*/hosts/*}
mount --bind "$temporary" "$temporary"
mount -o remount,bind,ro /

echo "${directory##*/} $pid"
# Orphans are reaped by the kernel where the first process ignores SIGCHLD. libvirt takes a QEMU that nobody
# reaped for a running one.
exec env --ignore-signal=CHLD sleep infinity
