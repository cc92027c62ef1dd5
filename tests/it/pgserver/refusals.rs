//! Starts that are refused, in words that say how to mend it; and joining a Muster that runs.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use muster::pgserver::{self, DataLock, Error, Reached};
use muster::secrets::KeyRing;
use nix::unistd::geteuid;

use super::scene::{Scene, alive, ask, pid};
use crate::support::app::START;
use crate::support::disk::Disk;

/// A user that owns nothing, by Debian's number.
const NOBODY: u32 = 65534;

#[tokio::test]
async fn a_second_server_on_one_folder_is_told_who_holds_it() {
    let scene = Scene::new();
    let mut owner = scene.owner();

    let refusal = DataLock::take(&scene.config.data).unwrap_err();

    let words = refusal.to_string();
    assert!(refusal.is_lasting());
    assert!(words.contains(scene.config.data.to_str().unwrap()), "{words}");
    assert!(words.contains(&format!("process {}", owner.id())), "{words}");
    let postmaster = scene.postmaster();
    assert!(alive(postmaster), "the first server was disturbed");
    owner.finish();
    assert!(!alive(postmaster));
}

#[tokio::test]
async fn a_command_joins_the_postgres_of_a_running_server() {
    let scene = Scene::new();
    let mut owner = scene.owner();

    let reached = pgserver::reach(&scene.config).await.unwrap();

    assert!(matches!(reached, Reached::Theirs(_)));
    assert_eq!(ask(&reached.options(), "select 'joined'").await, "joined");
    reached.finish().await;
    assert!(alive(scene.postmaster()), "the server's Postgres was stopped by a command");
    owner.finish();
}

#[tokio::test]
async fn a_command_without_a_server_starts_postgres_and_stops_it_again() {
    let scene = Scene::new();

    let reached = pgserver::reach(&scene.config).await.unwrap();
    assert_eq!(ask(&reached.options(), "select 'started'").await, "started");
    let Reached::Ours(running) = reached else { panic!("nobody else runs here") };
    let pid = pid(&running);
    Reached::Ours(running).finish().await;

    assert!(!alive(pid));
    DataLock::take(&scene.config.data).unwrap();
}

#[tokio::test]
async fn a_cluster_of_another_major_version_is_refused_and_left_as_it_is() {
    let scene = Scene::new();
    scene.start().await.stop().await;
    let version = scene.cluster().join("PG_VERSION");
    std::fs::write(&version, "99\n").unwrap();

    let lock = DataLock::take(&scene.config.data).unwrap();
    let refusal = pgserver::start(&scene.config, &lock).await.unwrap_err();

    let words = refusal.to_string();
    assert!(matches!(refusal, Error::OtherMajor { made_by: 99, .. }), "{words}");
    assert!(words.contains("apt-get install postgresql-99"), "{words}");
    assert_eq!(std::fs::read_to_string(version).unwrap(), "99\n");
}

#[tokio::test]
async fn settings_that_postgres_refuses_are_told_in_its_own_words() {
    let scene = Scene::new();
    scene.start().await.stop().await;
    let conf = scene.cluster().join("postgresql.auto.conf");
    std::fs::write(conf, "shared_buffers = 'plenty'\n").unwrap();

    let lock = DataLock::take(&scene.config.data).unwrap();
    let refusal = pgserver::start(&scene.config, &lock).await.unwrap_err();

    let words = refusal.to_string();
    assert!(!refusal.is_lasting(), "Postgres may start once the file is mended");
    assert!(words.contains("postgresql.auto.conf"), "{words}");
    DataLock::take(&scene.config.data).unwrap_err(); // still ours, to try again
}

#[tokio::test]
async fn a_file_where_a_folder_should_be_is_refused_until_it_is_moved_away() {
    let scene = Scene::new();
    let data = scene.config.data.clone();
    std::fs::write(&data, "in the way").unwrap();
    let refusal = DataLock::take(&data).unwrap_err();
    let words = refusal.to_string();
    assert!(refusal.is_lasting() && words.starts_with("a file lies where"), "{words}");
    assert!(words.contains("move it away") && words.contains("MUSTER_DATA_DIR"), "{words}");
    assert_eq!(std::fs::read_to_string(&data).unwrap(), "in the way");

    std::fs::remove_file(&data).unwrap();
    let lock = DataLock::take(&data).unwrap();
    for name in ["postgres", "log", "run"] {
        let path = data.join(name);
        std::fs::write(&path, "in the way").unwrap();
        let refusal = pgserver::start(&scene.config, &lock).await.unwrap_err();
        let words = refusal.to_string();
        assert!(refusal.is_lasting(), "{words}");
        assert!(words.starts_with(path.to_str().unwrap()) && words.contains("move"), "{words}");
        std::fs::remove_file(&path).unwrap();
    }
    pgserver::start(&scene.config, &lock).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_folder_of_somebody_else_is_refused_and_left_untouched() {
    let scene = Scene::new();
    let data = scene.config.data.clone();
    std::fs::create_dir(&data).unwrap();
    belongs_to(&data, NOBODY);
    let refusal = DataLock::take(&data).unwrap_err();
    let words = refusal.to_string();
    assert!(refusal.is_lasting() && words.contains("belongs to the user nobody"), "{words}");
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0);

    belongs_to(&data, geteuid().as_raw());
    scene.start().await.stop().await;
    let owner = scene.cluster().metadata().unwrap().uid();
    belongs_to(&scene.cluster(), NOBODY); // as after a copy by hand
    let lock = DataLock::take(&data).unwrap();
    let refusal = pgserver::start(&scene.config, &lock).await.unwrap_err();
    let words = refusal.to_string();
    let mend = format!("{}", scene.cluster().display());
    assert!(refusal.is_lasting() && words.contains("run: chown -R "), "{words}");
    assert!(words.ends_with(&mend), "{words}");

    belongs_to(&scene.cluster(), owner);
    pgserver::start(&scene.config, &lock).await.unwrap().stop().await;
}

/// Only root can give a folder away, so only root can try this.
fn belongs_to(path: &Path, user: u32) {
    chown(path, Some(user), None).expect("run as root, as CI does: this gives folders away");
}

#[test]
fn a_full_disk_keeps_nobody_from_the_lock_and_lets_no_half_a_ring_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::over(folder.path(), 1);
    let (data, ring) = (disk.outside().join("data"), disk.outside().join("keyring"));
    disk.fill();

    let _lock = DataLock::take(&data).expect("the status page is served from this folder");
    assert!(DataLock::is_held(&data).unwrap());
    let refusal = KeyRing::create(&ring, START).unwrap_err().to_string();

    assert!(refusal.contains("with room on its disk"), "{refusal}");
    let left = std::fs::read_dir(disk.outside()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("keyring")).collect();
    assert!(left.is_empty(), "{left:?}");
    disk.make_room();
    KeyRing::create(&ring, START).unwrap();
    KeyRing::load(&ring).unwrap();
}
