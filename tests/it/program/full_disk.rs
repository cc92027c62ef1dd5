//! A disk that is full: under Muster's own Postgres, and under the data folder alone. Each test has
//! a disk of its own, and its log lies on it.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use hyper::StatusCode;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::PASSWORD;
use super::manned::Manned;
use super::scene::{BOUND, Folder, Muster};
use crate::support::app::TestApp;
use crate::support::cluster::Cluster;

/// Room for a fresh cluster and little more.
const ROOM: u32 = 200;
const AWAY: &str = "The database doesn’t answer";

/// `muster serve`, whose log lies on the disk that will be full.
fn serve(folder: &Folder) -> Command {
    let mut command = folder.command(&["serve"]);
    command.stderr(File::create(folder.path("serve.log")).unwrap());
    command
}

/// Presses a note that takes room; whether it was taken.
async fn note(manned: &Manned, number: usize) -> bool {
    let id = note_id(number);
    let letters =
        (0..3_000_usize).map(|at| char::from(b'a' + (at * at * 31 / (7 + number)) as u8 % 26));
    let text: String = letters.collect();
    let fields = [("id", id.as_str()), ("kind", "note"), ("text", text.as_str())];
    let answer = manned.ask_form(&format!("{}/entries", manned.incident()), &fields).await;
    let refused = answer.status == StatusCode::SERVICE_UNAVAILABLE;
    assert!(refused || answer.status == StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(!refused || answer.body.contains("href=\"/status\""), "{}", answer.body);
    !refused
}

fn note_id(number: usize) -> String {
    format!("01930000-0000-7000-8000-{number:012}")
}

/// Writes log of Postgres' until there is no room for more, of which it dies.
async fn burn_log(socket: &Path) {
    let options = PgConnectOptions::new_without_pgpass().socket(socket).username("muster");
    let burn = "select pg_logical_emit_message(true, 'x', 'y'), pg_switch_wal()";
    for _ in 0..20 {
        let Ok(mut conn) = PgConnection::connect_with(&options.clone().database("postgres")).await
        else {
            return;
        };
        if sqlx::raw_sql(burn).execute(&mut conn).await.is_err() {
            return;
        }
    }
    panic!("Postgres always found room for more");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_acknowledged_is_lost_and_with_room_all_is_as_before() {
    let manned = Manned::serve(Folder::on_disk(ROOM), serve).await;
    let app = TestApp::new().await;
    let routes = app.private_routes(manned.incident());
    app.end().await;
    let disk = manned.folder.disk.as_ref().unwrap();
    let public = manned.ada.get("/status").await.body;

    disk.fill();
    let mut taken = Vec::new();
    for number in 0..40 {
        taken.push(note(&manned, number).await);
    }
    assert!(taken.contains(&false), "the data found no room");
    let answers_whole = |path: &str| !path.ends_with("/live"); // that is a stream, and can be read
    for (method, path) in routes.iter().filter(|(_, path)| answers_whole(path)) {
        let status = manned.ask(method, path).await.status;
        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}");
    }
    assert_eq!(manned.ask("GET", "/status").await.body, public, "untouched");

    burn_log(&manned.folder.path("run")).await;
    for (method, path) in &routes {
        let answer = manned.ask(method, path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{method} {path}");
        assert!(answer.body.contains(AWAY), "{method} {path}: {}", answer.body);
    }
    assert_eq!(manned.ask("GET", "/status").await.body, public, "untouched");
    assert_eq!(manned.ask("GET", "/healthz").await.status, StatusCode::OK);
    let (_, said) = manned.folder.run(&["doctor"], b"");
    assert!(said.contains("BAD   disk         0 MB of room"), "{said}");

    disk.make_room();
    manned.heals().await;
    let path = format!("{}/record.jsonl", manned.incident());
    let record = manned.ask("GET", &path).await.body;
    for (number, taken) in taken.iter().enumerate() {
        assert!(!taken || record.contains(&note_id(number)), "note {number} is lost");
        assert!(*taken || note(&manned, number).await, "pressed again it is taken");
    }
    let record = manned.ask("GET", &path).await.body;
    for number in 0..taken.len() {
        let times = record.lines().filter(|line| line.contains(&note_id(number))).count();
        assert_eq!(times, 1, "note {number}");
    }
    manned.declares("/incidents/01930000-0000-7000-8000-00000000bbbb").await;
    let (code, said) = manned.folder.run(&["verify"], b"");
    assert_eq!(code, 0, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_its_own_folder_full_muster_serves_and_writes_its_files_once_there_is_room() {
    let cluster = Cluster::shared().await;
    cluster.create_database("full_disk").await;
    let url = cluster.url("full_disk");
    let folder = Folder::on_disk(1);
    let add = ["user", "add", "Ada", "--email", "a@example.org", "--rights", "own"];
    let added = folder.run(&[&add[..], &["--database-url", &url]].concat(), PASSWORD);
    assert_eq!(added.0, 0, "{}", folder.log());
    let disk = folder.disk.as_ref().unwrap();
    let mut command = serve(&folder);
    command.env("DATABASE_URL", &url);
    let file = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap_or_default();

    disk.fill();
    let mut muster = Muster::of(command);
    let address = muster.line("Muster is ready at ");
    let public = || muster.get(&address, "/status");
    until(|| public().contains("as of <time"));
    assert_eq!((file("heads.json"), file("status/status.html")), Default::default());
    disk.make_room();
    until(|| file("heads.json").ends_with('}') && file("status/status.html").contains("as of"));

    let page = file("status/status.html");
    disk.fill();
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/labitory.toml");
    let (code, said) = folder.run(&["plan", "import", plan, "--database-url", &url], b"");
    assert_eq!(code, 0, "{said} {}", folder.log());
    let mut aside = PgConnection::connect_with(&cluster.options("full_disk")).await.unwrap();
    let published = sqlx::raw_sql("update public_version set version = version + 1");
    published.execute(&mut aside).await.unwrap();
    until(|| public().contains("Bookings"));
    let made = public();
    until(|| public() != made); // it is made once more after the first one could not be written
    assert_eq!(file("status/status.html"), page, "whole, as it was");
    disk.make_room();
    until(|| file("status/status.html").contains("Bookings"));
    until(|| file("serve.log").contains("the status page is written again"));

    muster.terminate();
    assert_eq!(muster.ended(), 0, "{}", file("serve.log"));
    cluster.drop_database("full_disk").await;
}

#[test]
fn a_first_start_on_a_full_disk_is_refused_in_words_leaves_nothing_and_works_once_there_is_room() {
    let folder = Folder::on_disk(ROOM);
    folder.disk.as_ref().unwrap().fill();

    let (code, _) = folder.run(&["serve"], b"");

    let log = folder.log();
    assert!(code == 1 && log.contains("there is no room to make a database in"), "{log}");
    let data = folder.beside("data").display().to_string();
    assert!(log.contains(&format!("df -h {data}")) && log.contains("MUSTER_DATA_DIR"), "{log}");
    let left = std::fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("postgres")).collect();
    assert!(left.is_empty(), "{left:?}");
    folder.disk.as_ref().unwrap().make_room();
    folder.serve().line("Muster is ready at ");
}

#[test]
fn a_disk_with_little_room_is_found_by_doctor() {
    for (mib, found) in [(100, "BAD   disk "), (1_000, "warn  disk ")] {
        let (code, said) = Folder::on_disk(mib).run(&["doctor"], b"");
        assert!(code == 1 && said.contains(found), "{mib}: {said}");
    }
}

/// Waits for what several looks may have to be made for, and the machine is busy meanwhile.
#[track_caller]
fn until(so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < BOUND, "it does not come to be so within {BOUND:?}");
        std::thread::yield_now();
    }
}
