//! Faults that stand outside Muster, caused for real: a pooler, a clock, a small server.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use muster::cli::doctor::Health;
use tempfile::TempDir;

use super::scene::Scene;
use crate::pgserver::scene as own;
use crate::support::app::TestApp;
use crate::support::cluster::Cluster;
use crate::support::host::clock::false_clock;
use crate::support::program::MUSTER;

/// pgbouncer in transaction mode before the tests' cluster.
struct Pooler {
    child: Child,
    folder: TempDir,
}

impl Pooler {
    async fn start() -> Pooler {
        let server = Cluster::shared().await.socket();
        let server = server.parent().unwrap();
        let owner = server.metadata().unwrap(); // it refuses to run as root, as Postgres does
        let folder = TempDir::new().unwrap();
        let (shown, port) = (folder.path().display(), 5432);
        let settings = format!(
            "[databases]\n* = host={} user=postgres\n[pgbouncer]\nlisten_addr =\nlisten_port = {port}\n\
             unix_socket_dir = {shown}\nauth_type = any\npool_mode = transaction\n\
             ignore_startup_parameters = extra_float_digits\n",
            server.display()
        );
        let path = folder.path().join("pgbouncer.ini");
        std::fs::write(&path, settings).unwrap();
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        chown(folder.path(), Some(owner.uid()), Some(owner.gid())).unwrap();
        let mut command = Command::new("/usr/sbin/pgbouncer");
        command.arg("--quiet").arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
        if owner.uid() != nix::unistd::geteuid().as_raw() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        let child = command.spawn().expect("pgbouncer, which scripts/install-test.sh installs");
        let pooler = Pooler { child, folder };
        let begun = Instant::now();
        while !pooler.folder.path().join(".s.PGSQL.5432").exists() {
            assert!(begun.elapsed() < Duration::from_secs(20), "pgbouncer does not start");
            tokio::task::yield_now().await;
        }
        pooler
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended already
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_pooler_in_transaction_mode_is_found() {
    let app = TestApp::new().await;
    let pooler = Pooler::start().await;
    let url = app.database_url();
    let name = url.split(['/', '?']).nth(3).unwrap();
    let folder = pooler.folder.path().display();
    let url = format!("postgres:///{name}?host={folder}&user=postgres");
    let scene = Scene::of(&app).set("DATABASE_URL", &url);

    for _ in 0..2 {
        let (health, words) = scene.found("pooler").await;
        assert_eq!(health, Health::Bad);
        assert!(words.contains("changes servers between transactions"), "{words}");
    }
    assert_eq!(scene.found("work").await.0, Health::Warn, "nothing else is believed");
    drop(pooler);
    app.end().await;
}

#[tokio::test]
async fn a_server_with_room_for_too_few_connections_is_found() {
    let app = TestApp::new().await;
    let small = own::Scene::new();
    let running = small.start().await;
    own::tell(&running.options(), "alter system set max_connections = 20").await;
    running.stop().await;
    let running = small.start().await;
    let scene = Scene::of(&app).set("DATABASE_URL", &running.connect_url());

    let (health, words) = scene.found("database").await;

    assert_eq!(health, Health::Warn);
    assert!(words.ends_with("has room for 17 connections"), "{words}");
    running.stop().await;
    app.end().await;
}

/// Only the program's own process can be given another clock.
#[tokio::test]
async fn a_machine_whose_clock_is_far_from_the_databases_is_found() {
    let app = TestApp::new().await;
    let folder = TempDir::new().unwrap();
    for (shift, found, which) in [
        ("+1h", "BAD   clock        the database is ", " behind this machine"),
        ("-40s", "warn  clock        the database is ", " ahead of this machine"),
        ("+0s", "ok    clock ", " agree"),
    ] {
        let mut doctor = Command::new(MUSTER);
        doctor.arg("doctor").env_clear().envs(false_clock(shift));
        doctor.env("PATH", env!("PATH")).env("DATABASE_URL", app.database_url());
        doctor.env("MUSTER_KEYRING", app.ring_path());
        doctor.env("MUSTER_DATA_DIR", folder.path().join("data")).current_dir(folder.path());
        let said = doctor.output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains(found) && said.contains(which), "{shift}: {said}");
    }
    app.end().await;
}
