#!/bin/sh
# needs.sh TESTS COMMAND=PACKAGE[,PACKAGE]...: installs what the tests take of this machine (root, on Debian); elsewhere
# says by name what is missing.
set -eu
tests=$1
shift

if [ "$(id -u)" != 0 ]; then
    echo "make $tests takes root: it makes and enters root file systems of its own" >&2
    exit 1
fi

missing=
for need; do
    command -v "${need%%=*}" >/dev/null || missing="$missing $(echo "${need#*=}" | tr ',' ' ')"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "make $tests needs what Debian has in these packages:$missing" >&2
    exit 1
fi
apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
