#!/bin/sh
# Installs what the rig takes of this machine (root, on Debian); elsewhere says by name what is missing.
set -eu

if [ "$(id -u)" != 0 ]; then
    echo 'make vm-test takes root: it builds the root file systems of virtual machines' >&2
    exit 1
fi

# need COMMAND PACKAGE
missing=
need() { command -v "$1" >/dev/null || missing="$missing $2"; }
need qemu-system-x86_64 qemu-system-x86
need qemu-img qemu-utils
need mmdebstrap mmdebstrap
need mke2fs e2fsprogs
need ssh openssh-client
need setpriv util-linux
# Both packages are installed there.
need rpmbuild rpm
need dh debhelper
need dpkg-buildpackage dpkg-dev
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "make vm-test needs what Debian has in these packages:$missing" >&2
    exit 1
fi
apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
