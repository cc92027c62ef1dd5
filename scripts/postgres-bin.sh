#!/bin/sh
# Prints the folder of the newest Postgres server (15 or later) found here; fails in silence without one.
# Looks where src/pgserver/binaries.rs looks.
set -eu

best=0
where=
for dir in $(echo "$PATH" | tr ':' ' ') /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
    /usr/local/pgsql/bin /usr/local/opt/postgresql@*/bin /opt/homebrew/opt/postgresql@*/bin; do
    [ -x "$dir/postgres" ] && [ -x "$dir/initdb" ] || continue
    major=$("$dir/postgres" --version | sed -n 's/^postgres (PostgreSQL) \([0-9]*\).*/\1/p')
    if [ "${major:-0}" -ge 15 ] && [ "$major" -gt "$best" ]; then
        best=$major
        where=$dir
    fi
done
[ -n "$where" ] && echo "$where"
