#!/bin/sh
# Builds the RPMs and the source RPM.
#   rpm.sh DIRECTORY [RPMBUILD OPTION...]      --nocheck: without the tests
# Works on Debian too, whose rpm knows none of Debian's packages: there it takes what is on PATH.
set -eu
mkdir -p "$1"
packages=$(realpath "$1")
shift
cd "$(dirname "$0")/.."
. packaging/sources.sh
command -v rpmbuild >/dev/null || {
    echo 'rpm.sh: rpmbuild is not installed; next: apt-get install rpm, or dnf install rpm-build' >&2
    exit 1
}

# The source RPM has the spec as rpm reads it, with this name in it: it must be the same wherever the project stands.
top=/var/tmp/mdev-preflight-rpmbuild
mkdir -m 700 "$top" || {
    echo "rpm.sh: another build is under way, or one was killed; next: rm -r $top" >&2
    exit 1
}
trap 'rm -rf "$top"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$top/SOURCES"
program_sources "$top/SOURCES/mdev-preflight-$version.tar.gz"
package_sources "$top/SOURCES/mdev-preflight-$version-node_modules.tar.gz"
cp packaging/mdev-preflight.spec "$top"
# The source RPM has their times and modes, and the RPM its checksum.
touch --date="@$SOURCE_DATE_EPOCH" "$top"/SOURCES/* "$top/mdev-preflight.spec"
chmod 644 "$top"/SOURCES/* "$top/mdev-preflight.spec"

rpm --quiet -q rpm 2>/dev/null || set -- --nodeps "$@"
# What an RPM tells of the machine that built it, and of the moment, is what would differ.
if ! rpmbuild -ba "$@" \
    --define "_topdir $top" \
    --define "_rpmdir $packages" \
    --define "_srcrpmdir $packages" \
    --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define '_buildhost localhost' \
    --define '_srcdefattr (-,root,root)' \
    --define 'use_source_date_epoch_as_buildtime 1' \
    --define 'clamp_mtime_to_source_date_epoch 1' \
    --define 'source_date_epoch_from_changelog 0' \
    --define '_binary_payload w9.gzdio' \
    --define '_source_payload w9.gzdio' \
    "$top/mdev-preflight.spec" >"$top/log" 2>&1; then
    cat "$top/log" >&2
    exit 1
fi
grep '^[0-9]* passed, ' "$top/log" || echo 'not tested'
ls "$packages"/mdev-preflight*"-$version-"*.rpm
