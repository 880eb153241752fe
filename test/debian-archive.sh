#!/bin/sh
# Prints the address of a Debian archive: DEBIAN_ARCHIVE, or where this machine gets its own packages from.
set -eu
sources() {
    # shellcheck disable=SC2016 # apt's variables, not the shell's
    apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 'Identifier: Packages'
}
archive=${DEBIAN_ARCHIVE-}
if [ -z "$archive" ]; then
    sources | grep -q ' Debian$' || apt-get update -qq >&2
    archive=$(sources | awk '$2 == "Debian" { print $1; exit }')
fi
if [ -z "$archive" ]; then
    echo 'this machine has no Debian archive among its package sources; next: set DEBIAN_ARCHIVE=URL' >&2
    exit 1
fi
echo "$archive"
