#!/bin/sh
# Measures Muster beside its peers; names of benches choose some of them.
set -eu
cd "$(dirname "$0")/.."
scripts/install-bench.sh
ulimit -n "$(ulimit -Hn)" # ten thousand watchers are as many connections
PATH="$PATH:/usr/sbin:$(scripts/postgres-bin.sh)" SQLX_OFFLINE=true exec cargo bench --locked --bench bench -- "$@"
