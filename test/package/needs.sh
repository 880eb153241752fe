#!/bin/sh
# Installs what packages are built, checked and installed with (root, on Debian); elsewhere says by name what is missing.
set -eu

if [ "$(id -u)" != 0 ]; then
    echo 'make package-test takes root: it installs packages into fresh systems' >&2
    exit 1
fi

# need COMMAND PACKAGE
missing=
need() { command -v "$1" >/dev/null || missing="$missing $2"; }
need rpmbuild rpm
need rpmlint rpmlint
need dh debhelper
need dpkg-buildpackage dpkg-dev
need lintian lintian
need mmdebstrap mmdebstrap
need gcc 'gcc libc6-dev'
need unshare util-linux
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "make package-test needs what Debian has in these packages:$missing" >&2
    exit 1
fi
apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
