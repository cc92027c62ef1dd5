#!/bin/sh
# Runs tests/soak: kills, or power cuts on a disk that is mounted for this run alone.
# usage: soak.sh kills|power-cut [seed=N] [rounds=N] [minutes=N]
set -eu
cd "$(dirname "$0")/.."
export SQLX_OFFLINE=true

scripts/install-run.sh
alone=
if [ "${1:-}" = power-cut ]; then
    alone="unshare --mount --propagation private"
    $alone true || {
        echo "muster: FAILED: this machine does not allow a power cut to be tried; it takes root on Linux" >&2
        exit 1
    }
fi
exec $alone cargo test --locked --test soak -- "$@"
