#!/bin/sh
# Makes the small Debian that packages are installed into: this machine's release, as a host for guests would have it,
# and what the stories on it take.
#   system.sh DIRECTORY      makes DIRECTORY/root
set -eu
archive=$(sh "$(dirname "$0")/../debian-archive.sh")
# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "$VERSION_CODENAME")

# A host: libvirt, QEMU, Node. Beside them what its packages' scripts and the rig take.
mmdebstrap --quiet --variant=minbase \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include=libvirt-daemon-system,libvirt-daemon-driver-qemu,libvirt-clients,qemu-system-x86,nodejs,iproute2,procps,man-db \
    "$release" "$1/root" "deb $archive $release main"
