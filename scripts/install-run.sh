#!/bin/sh
# Installs what building and running Muster needs and is missing. Says what it does, asks nothing;
# where it may not install it prints the one line to run.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "muster: $1" >&2
    exit 1
}

refuse() {
    fail "missing: $1. This user may not install it. Run this line, then try again:
  $2"
}

install_by_apt() {
    echo "Installing by apt-get: $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# Debian starts a cluster with every server package unless told otherwise; Muster runs its own.
keep_clusters_away() {
    settings=/etc/postgresql-common/createcluster.conf
    install_by_apt postgresql-common
    if ! grep -q '^create_main_cluster' "$settings"; then
        echo "Telling postgresql-common not to make a cluster of its own ($settings)"
        echo 'create_main_cluster = false' >>"$settings"
    fi
}

install_postgres() {
    keep_clusters_away
    if apt-cache show postgresql-15 >/dev/null 2>&1; then
        install_by_apt postgresql-15
    else
        install_by_apt postgresql
    fi
    scripts/postgres-bin.sh >/dev/null ||
        fail "the system's Postgres is older than 15; add apt.postgresql.org, install postgresql-15, and try again"
}

command -v cargo >/dev/null || fail "Rust is missing. Install it from https://rustup.rs, then try again"

missing=
command -v cc >/dev/null || missing="a C compiler"
scripts/postgres-bin.sh >/dev/null || missing="${missing:+$missing and }the Postgres server (15 or later)"

if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null; then
        if command -v brew >/dev/null; then
            refuse "$missing" "brew install postgresql@17"
        elif command -v dnf >/dev/null; then
            refuse "$missing" "sudo dnf install -y gcc postgresql-server"
        fi
        fail "missing: $missing. Install it with this system's package manager, then try again"
    fi
    [ "$(id -u)" -eq 0 ] || refuse "$missing" "sudo env PATH=\"\$PATH\" scripts/install-run.sh"
    echo "Missing: $missing. Reading the package lists"
    apt-get update -q
    command -v cc >/dev/null || install_by_apt gcc libc6-dev
    scripts/postgres-bin.sh >/dev/null || install_postgres
fi

# Muster runs without them, and protects its own database with them: backups by the one, logical dumps by the other.
engines=
for engine in pgbackrest restic; do
    command -v "$engine" >/dev/null || engines="${engines:+$engines }$engine"
done
if [ -n "$engines" ] && command -v apt-get >/dev/null; then
    if [ "$(id -u)" -eq 0 ]; then
        apt-get update -q
        # shellcheck disable=SC2086 # one argument per package
        install_by_apt $engines
    else
        echo "To let Muster protect its own database: sudo apt-get install $engines"
    fi
fi

# Postgres refuses to run as root, so root lends it a user that can do nothing else.
if [ "$(id -u)" -eq 0 ] && ! id muster >/dev/null 2>&1; then
    echo "Making the system user muster, as which Postgres will run"
    useradd --system --user-group --no-create-home --home-dir /var/lib/muster --shell /usr/sbin/nologin muster
fi
