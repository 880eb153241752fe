#!/bin/sh
# What the packages are made of. rpm.sh and deb.sh read it.
#   sources.sh DIRECTORY      writes both archives of the spec there
set -eu

version=$(node -p 'require("./package.json").version')

# Same sources, same bytes: all times are that of the commit, unless the caller knows better.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C

# archive FILE [PREFIX]: an archive of the files and directories that are named on standard input, each ended by NUL.
# It does not tell who made it, when, or with which umask.
archive() {
    tar --create --null --files-from=- --sort=name --format=gnu --mtime="@$SOURCE_DATE_EPOCH" --mode='u+rw,go=rX' \
        --owner=0 --group=0 --numeric-owner --transform="flags=r;s,^,${2-}," | gzip -9n >"$1"
}

# program_sources FILE: the project, as git knows it.
program_sources() {
    git ls-files -z | archive "$1" "mdev-preflight-$version/"
}

# package_sources FILE: the npm packages that building and testing take, as package-lock.json has them.
package_sources() {
    node scripts/locked-packages.mjs esbuild vitest fast-check | archive "$1"
}

case $0 in
*sources.sh)
    mkdir -p "$1"
    program_sources "$1/mdev-preflight-$version.tar.gz"
    package_sources "$1/mdev-preflight-$version-node_modules.tar.gz"
    ;;
esac
