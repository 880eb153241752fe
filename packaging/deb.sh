#!/bin/sh
# Builds the deb.
#   deb.sh DIRECTORY
# Takes the Node that is on PATH, whichever package it is from. DEB_BUILD_OPTIONS=nocheck: without the tests.
set -eu
mkdir -p "$1"
packages=$(realpath "$1")
cd "$(dirname "$0")/.."
. packaging/sources.sh
command -v dh >/dev/null || {
    echo 'deb.sh: debhelper is not installed; next: apt-get install debhelper dpkg-dev' >&2
    exit 1
}

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
trap 'exit 130' HUP INT TERM
program_sources "$top/program.tar.gz"
package_sources "$top/packages.tar.gz"
source=$top/mdev-preflight-$version
tar -xzf "$top/program.tar.gz" -C "$top"
tar -xzf "$top/packages.tar.gz" -C "$source"
cp -R "$source/packaging/debian" "$source/debian"
cd "$source"
if ! dpkg-buildpackage --build=binary --no-sign --no-check-builddeps >"$top/log" 2>&1; then
    cat "$top/log" >&2
    exit 1
fi
cp "$top"/*.deb "$packages/"
grep '^[0-9]* passed, ' "$top/log" || echo 'not tested'
ls "$packages"/*"_$version-"*.deb
