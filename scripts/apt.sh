#!/bin/sh
# Installs Debian packages, and starts none of the services that they bring; where it may not, it prints the line to run.
# usage: apt.sh WHO-NEEDS-THEM PACKAGE...
set -eu
who=$1
shift

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "muster: $who need $*, and this user may not install it. Run this line, then try again:" >&2
    echo "  sudo apt-get install -y --no-install-recommends $*" >&2
    exit 1
fi

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

echo "Installing by apt-get: $*"
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
