#!/bin/sh
# The program as it was before the newest migration runs on, and restarts, beside the tables of today.
# It is built from the history. Where a clone has none, nothing is checked, and that is said.
# usage: previous-release.sh [build]    build: no more than that, so that it can be done beside other things
set -eu
cd "$(dirname "$0")/.."

# The second half: runs again inside the throw-away cluster. Every query of that program must be
# understood by tables that were made by all migrations.
if [ "${1:-}" = queries ]; then
    for migration in migrations/*.sql; do
        psql -X -q -v ON_ERROR_STOP=1 --single-transaction -d "$DATABASE_URL" -f "$migration"
    done
    python3 - "$2" <<'END' | psql -X -q -v ON_ERROR_STOP=1 -d "$DATABASE_URL"
import json, pathlib, sys
files = sorted(pathlib.Path(sys.argv[1], ".sqlx").glob("query-*.json"))
assert files, "there are no queries"
for number, file in enumerate(files):
    query = json.loads(file.read_text())["query"]
    utility = query.startswith(("lock ", "set "))  # which can't be prepared
    print(f"begin; {query}; rollback;" if utility else f"prepare q{number} as {query};")
print(f"\\echo {len(files)} queries of the previous release are understood")
END
    exit 0
fi

unchecked() {
    echo "muster: NOT CHECKED: $1, so the previous release can't be built. To check it: git fetch --unshallow" >&2
    exit 0
}

[ "$(git rev-parse --is-shallow-repository 2>/dev/null)" != true ] || unchecked "this clone is shallow"
git rev-parse --git-dir >/dev/null 2>&1 || unchecked "this is no git clone"
if [ -n "$(git status --porcelain -- migrations)" ]; then
    previous=HEAD # the newest migration is not committed yet
else
    newest=$(git log -1 --no-merges --diff-filter=A --format=%H -- migrations)
    previous=$newest^
fi
previous=$(git rev-parse --verify --quiet "$previous^{commit}") || unchecked "the history begins with the newest migration"

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
source=$target/previous-release
if [ "$(cat "$source/.revision" 2>/dev/null)" != "$previous" ]; then
    rm -rf "$source"
    mkdir -p "$source"
    git archive "$previous" | tar -x -C "$source" # with the commit's time on each file, so cargo builds it once
    # Under another name it takes the place of no program of today's.
    sed -i '/^\[\[bin\]\]/,/^$/ s/^name = "muster"$/name = "muster-previous"/; s/^default-run = .*$/default-run = "muster-previous"/' "$source/Cargo.toml"
    echo "$previous" >"$source/.revision"
fi
(cd "$source" && CARGO_TARGET_DIR="$target" cargo build --locked --bin muster-previous)
[ "${1:-}" != build ] || exit 0

echo "The previous release is $(git log -1 --format='%h, %s' "$previous")"
scripts/with-cluster.sh "$0" queries "$source"
MUSTER_TEST_PREVIOUS=$target/debug/muster-previous cargo test --locked --test it -- --ignored --exact previous_release::it_runs_on_and_restarts_beside_the_tables_of_this_one
