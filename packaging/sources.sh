#!/bin/sh
# What the packages are made of. rpm.sh and deb.sh read it.
#   sources.sh DIRECTORY      writes both archives of the spec there
set -eu

version=$(node -p 'require("./package.json").version')

# Same sources, same bytes: all times are that of the commit, unless the caller knows better.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C

# archive FILE.tar.gz [PREFIX]: an archive of the files and directories that FILE.tar.gz.list names, each ended by NUL.
# It does not tell who made it, when, or with which umask. No pipes: sh would not see what fails in them.
archive() {
    tar --create --file="${1%.gz}" --null --files-from="$1.list" --sort=name --format=gnu --mtime="@$SOURCE_DATE_EPOCH" \
        --mode='u+rw,go=rX' --owner=0 --group=0 --numeric-owner --transform="flags=r;s,^,${2-},"
    gzip -9nf "${1%.gz}"
    rm "$1.list"
}

# program_sources FILE.tar.gz: the project, as git knows it.
program_sources() {
    git ls-files -z >"$1.list"
    archive "$1" "mdev-preflight-$version/"
}

# package_sources FILE.tar.gz: the npm packages that building and testing take, as package-lock.json has them.
package_sources() {
    node scripts/locked-packages.mjs esbuild vitest fast-check >"$1.list"
    archive "$1"
}

case $0 in
*sources.sh)
    mkdir -p "$1"
    program_sources "$1/mdev-preflight-$version.tar.gz"
    package_sources "$1/mdev-preflight-$version-node_modules.tar.gz"
    ;;
esac
