#!/bin/sh
# Installs what the tests need on top of what running needs: a browser, an ordinary sans font, node's packages.
set -eu
cd "$(dirname "$0")/.."

scripts/install-run.sh

missing=
command -v chromium >/dev/null || missing="$missing chromium"
command -v python3 >/dev/null || missing="$missing python3" # the second verifier of timelines
command -v systemd-analyze >/dev/null || missing="$missing systemd" # judges the service's unit
[ -x /usr/sbin/pgbouncer ] || missing="$missing pgbouncer"   # a pooler that doctor must find
command -v pgbackrest >/dev/null || missing="$missing pgbackrest" # the engine of backups and proofs
command -v restic >/dev/null || missing="$missing restic"         # which keeps logical dumps
[ -x /usr/sbin/nginx ] || missing="$missing nginx-light"     # ends TLS before the tests' bucket
python3 -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv" # whose store pip brings
command -v faketime >/dev/null || missing="$missing faketime" # another clock for one process
command -v fc-list >/dev/null || missing="$missing fontconfig"
{ command -v fc-list >/dev/null && fc-list | grep -q Liberation; } || missing="$missing fonts-liberation"
command -v npm >/dev/null || missing="$missing nodejs npm"

# shellcheck disable=SC2086 # one argument per package
[ -z "$missing" ] || scripts/apt.sh "the tests" $missing

store="${XDG_CACHE_HOME:-$HOME/.cache}/muster-tests/store"
wanted=$(cksum <tests/support/store/requirements.txt)
if [ "$(cat "$store/.installed" 2>/dev/null)" != "$wanted" ]; then
    echo "Installing a store that speaks S3 for the tests by pip, into $store"
    rm -rf "$store"
    python3 -m venv "$store"
    "$store/bin/pip" install --quiet --disable-pip-version-check -r tests/support/store/requirements.txt
    echo "$wanted" >"$store/.installed"
fi

cd tests/browser
wanted=$(cksum <package-lock.json)
if [ "$(cat node_modules/.installed 2>/dev/null)" != "$wanted" ]; then
    echo "Installing the browser tests' packages by npm ci"
    npm ci --no-audit --no-fund
    mkdir -p node_modules
    echo "$wanted" >node_modules/.installed
fi
