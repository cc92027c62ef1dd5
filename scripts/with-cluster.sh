#!/bin/sh
# Runs a command with DATABASE_URL naming an empty throw-away Postgres, which ends with the command.
# usage: with-cluster.sh COMMAND [ARGUMENT...]
set -eu
here=$(dirname "$0")

bin=$("$here/postgres-bin.sh") || {
    echo "muster: no Postgres server (15 or later) found; run scripts/install-run.sh" >&2
    exit 1
}

parent=${TMPDIR:-/tmp}
[ ! -w /dev/shm ] || [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -lt 2097152 ] || parent=/dev/shm
folder=$(mktemp -d "$parent/muster-XXXXXX")

# As root the server runs as muster, or as nobody where there is no such user.
as=
if [ "$(id -u)" -eq 0 ]; then
    user=nobody
    ! id muster >/dev/null 2>&1 || user=muster
    chown "$user" "$folder"
    as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
fi

stop() {
    [ ! -e "$folder/data/postmaster.pid" ] || $as "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

locale=C
[ "$(uname)" != Linux ] || locale=C.UTF-8 # as src/pgserver/cluster.rs has it

# What a lost cluster may lose, it need not write with care.
settings="-k $folder -c listen_addresses='' -c max_connections=200 -c dynamic_shared_memory_type=mmap"
settings="$settings -c fsync=off -c synchronous_commit=off -c full_page_writes=off"

# Out of this folder, which the server's user may not be allowed to enter; quiet unless it fails.
(
    cd /
    $as "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=$locale --no-sync
    $as "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -s start -o "$settings"
) >"$folder/start" 2>&1 || {
    cat "$folder/start" "$folder/log" >&2
    exit 1
}

# CLUSTER_* is for a command that stops and starts the cluster itself.
export CLUSTER_DATA="$folder/data" CLUSTER_LOG="$folder/log" CLUSTER_AS="$as" CLUSTER_SETTINGS="$settings"
PATH="$PATH:$bin" DATABASE_URL="postgres:///postgres?host=$folder&user=postgres" "$@"
