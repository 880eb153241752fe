#!/bin/sh
# Builds what the machines of the rig boot: a small Debian 13, with libvirt and QEMU as it ships them, and a second
# tree that has what its kernel's modules are built with.
#   sh build.sh DIRECTORY
# In DIRECTORY afterwards: disk.raw, vmlinuz, initrd, key, and `build/`, the tree to build the driver in.
set -eu
home=$(realpath "$(dirname "$0")")
mkdir -p "$1"
cd "$1"

archive=$(sh "$home/../../debian-archive.sh")

rm -rf tree build disk.raw disk.part key key.pub
ssh-keygen -q -t ed25519 -N '' -C rig -f key

# What only documents itself stays out. No recommended packages: no GRUB, no graphics.
packages() { sed 's/#.*//' "$home/$1" | tr -s '\n ' ','; }
mmdebstrap --quiet --variant=minbase \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --essential-hook="cp -r '$home/tree/.' \"\$1\"" \
    --include="$(packages packages)" \
    --customize-hook="sh '$home/customize.sh' \"\$1\" '$PWD'" \
    trixie tree "deb $archive trixie main"

kernel=$(ls tree/lib/modules)
cp tree/boot/vmlinuz-* vmlinuz
cp tree/boot/initrd.img-* initrd

# The headers of this very kernel. What has a driver built must not change what is booted: a tree of its own.
cp -a tree build
cp /etc/resolv.conf build/etc/resolv.conf
chroot build apt-get update -qq
chroot build apt-get install -qq --no-install-recommends "linux-headers-$kernel" gcc libc6-dev make >build.log 2>&1

truncate -s 3G disk.part
# The tree goes into the file system as it is, owners and all, and is not needed any more.
mke2fs -q -t ext4 -O ^has_journal -m 0 -d tree disk.part
rm -rf tree
mv disk.part disk.raw
