#!/bin/sh
# Every check there is, in the order in which they are likely to fail.
set -eu
cd "$(dirname "$0")/.."
export SQLX_OFFLINE=true

stage() {
    printf '\n== %s ==\n' "$1"
}

stage "Installing what the tests need"
scripts/install-test.sh

stage "Formatting"
cargo fmt --check

stage "Lints and query metadata"
scripts/sqlx-metadata.sh check

stage "Docs"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

stage "Unit and integration tests"
cargo test --locked --no-run
# They wait more than they work, so the previous release is built beside them; what it says is said when it is its turn.
nice -n 19 scripts/previous-release.sh build >/dev/null 2>&1 &
trap 'wait' EXIT # also where a test fails
cargo test --locked

stage "The previous release beside this one"
scripts/previous-release.sh

stage "Browser tests"
cargo build --locked --test bed
found=$(find tests/browser -name node_modules -prune -o -name '*.test.*js' -print | sort)
[ -n "$found" ] || {
    echo "muster: no tests found under tests/browser" >&2
    exit 1
}
# shellcheck disable=SC2086 # one argument per file; no file has a blank in its name
node --test --test-concurrency=2 $found # each waits more than it works

stage "All passed"
