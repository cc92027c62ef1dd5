#!/bin/sh
# Installs what the benches measure Muster beside, on top of what running needs. pgbench comes with Postgres.
set -eu
cd "$(dirname "$0")/.."

scripts/install-run.sh

missing=
command -v wrk >/dev/null || missing="$missing wrk"
PATH="$PATH:/usr/sbin" command -v nginx >/dev/null || missing="$missing nginx-light"
command -v taskset >/dev/null || missing="$missing util-linux"

# shellcheck disable=SC2086 # one argument per package
[ -z "$missing" ] || scripts/apt.sh "the benches" $missing
