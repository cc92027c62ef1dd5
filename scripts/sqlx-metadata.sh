#!/bin/sh
# Lints, and compares the committed query metadata (.sqlx) with what the migrations and the queries say, or writes it
# anew: one pass of the compiler does both.
# usage: sqlx-metadata.sh check|prepare
set -eu
cd "$(dirname "$0")/.."

case "${1:-}" in
check | prepare) ;;
*)
    echo "usage: $0 check|prepare" >&2
    exit 2
    ;;
esac

if [ -z "$(find migrations -name '*.sql' 2>/dev/null)" ]; then
    echo "There are no migrations, so there is no query metadata."
    exit 0
fi

# The second half: runs again inside the throw-away cluster.
if [ "${2:-}" != inside ]; then
    exec scripts/with-cluster.sh "$0" "$1" inside
fi

for migration in migrations/*.sql; do
    psql -X -q -v ON_ERROR_STOP=1 --single-transaction -d "$DATABASE_URL" -f "$migration" ||
        {
            echo "muster: $migration can't be applied" >&2
            exit 1
        }
done

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
touch src/lib.rs # or cargo sees nothing to do, and the macros write nothing
SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh" cargo clippy --locked --all-targets -- -D warnings

if [ "$1" = prepare ]; then
    rm -rf .sqlx
    cp -r "$fresh" .sqlx
    chmod 755 .sqlx
    echo "Wrote $(find .sqlx -name '*.json' | wc -l) queries to .sqlx"
    exit 0
fi

mkdir -p .sqlx # git keeps no empty folder, and a crate without checked queries has none
if ! diff -r .sqlx "$fresh"; then
    echo "muster: .sqlx is not what the queries and migrations say; run 'make prepare' and commit it" >&2
    exit 1
fi
