//! The program itself, as people start, use, stop and kill it: on a folder of its own, with a
//! Postgres of its own.

mod agent;
mod full_disk;
mod install;
mod log;
mod manned;
mod own;
mod ring;
mod scene;
mod strain;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use time::macros::datetime;

use crate::support::certificate::{CertificateFiles, Issued, write};
use crate::support::cluster::Cluster;
use scene::Folder;

const PASSWORD: &[u8] = b"ponies eat purple hay\n";

#[test]
fn a_fresh_folder_is_served_with_a_set_up_link_and_comes_back_with_all_its_data() {
    let folder = Folder::new();
    let mut muster = folder.serve();
    let url = muster.line("Muster is ready at ");
    let said = muster.line("    /");
    assert!(muster.get(&url, "/healthz").contains("alive"));
    assert!(muster.get(&url, "/").contains("Not set up yet"));
    let path = folder.path("set-up-link");
    assert_eq!(
        format!("/{said}"),
        path.display().to_string(),
        "no link where there is no terminal"
    );
    let link = std::fs::read_to_string(&path).unwrap();
    let token = link.trim().rsplit('/').next().unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let add = ["user", "add", "Ada Lovelace", "--email", "ada@example.org", "--rights", "own"];
    let added = folder.run(&add, PASSWORD);
    assert_eq!(added, (0, "Ada Lovelace can sign in as ada@example.org.\n".to_owned()));
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/labitory.toml");
    let (code, said) = folder.run(&["plan", "import", plan], b"");
    assert_eq!(code, 0, "{said}");
    assert!(said.ends_with("Revision 1 is in force. Nobody was taken off the roster.\n"), "{said}");

    muster.terminate();
    assert_eq!(muster.ended(), 0, "{}", folder.log());
    assert!(!folder.log().contains(token), "the link's secret stands in the log");
    assert_eq!(folder.run(&["verify"], b"").0, 0, "without a server");

    let mut muster = folder.serve();
    let url = muster.line("Muster is ready at ");
    assert!(muster.get(&url, "/readyz").contains("200"), "ready");
    assert!(muster.get(&url, "/").contains("/sign-in"), "owned");
    let (code, exported) = folder.run(&["plan", "export", "-"], b"");
    assert!(code == 0 && exported.contains("Labitory Disaster Recovery Plan"), "{exported}");
}

#[test]
fn after_a_kill_it_starts_again_and_only_one_serves_a_folder() {
    let folder = Folder::new();
    let mut first = folder.serve();
    first.line("    /");

    let (code, said) = folder.run(&["serve"], b"");
    assert_eq!(code, 1, "{said}");
    assert!(folder.log().contains("is in use"), "{}", folder.log());

    first.kill();
    let mut again = folder.serve();
    again.line("    /");
    again.terminate();
    assert_eq!(again.ended(), 0, "{}", folder.log());
}

#[test]
fn a_second_signal_ends_it_though_a_request_is_still_under_way() {
    let folder = Folder::new();
    let mut muster = folder.serve();
    let url = muster.line("Muster is ready at ");
    let _half_sent = muster.begin_upload(&url);

    muster.terminate();
    folder.wait_for_log("stopping: no new work");
    muster.terminate();

    assert_eq!(muster.ended(), 0, "{}", folder.log());
    assert!(folder.log().contains("stopping at once"), "{}", folder.log());
    for patient in ["every request is through", "requests were cut off at the end"] {
        assert!(!folder.log().contains(patient), "{}", folder.log());
    }
}

#[test]
fn settings_that_can_t_be_followed_are_refused_with_file_and_line_before_anything_starts() {
    let folder = Folder::new();
    let settings = folder.beside("muster.toml");
    std::fs::write(&settings, "listen = \"127.0.0.1:0\"\nlissten = \"here\"\n").unwrap();

    let (code, _) = folder.run(&["serve", "--config", settings.to_str().unwrap()], b"");

    assert_eq!(code, 1);
    let log = folder.log();
    assert!(log.contains("muster.toml") && log.contains("lissten") && log.contains("2"), "{log}");
    assert!(!folder.path("postgres").exists(), "nothing was made");
}

#[test]
fn with_a_certificate_it_speaks_https_and_with_a_wrong_one_it_says_how_to_mend_it() {
    let folder = Folder::new();
    let (from, until) = (datetime!(2020-01-01 0:00 UTC), datetime!(2021-01-01 0:00 UTC));
    let issued = Issued::between(&["127.0.0.1"], from, until);
    let files = CertificateFiles::of(&issued);
    let (certificate, key) = (files.certificate(), files.key());
    let settings = format!("tls_certificate = {certificate:?}\ntls_key = {key:?}\n");
    std::fs::write(folder.beside("muster.toml"), settings).unwrap();

    write(&key, &Issued::new().key);
    assert_eq!(folder.run(&["serve"], b"").0, 1);
    let log = folder.log();
    for words in ["is not the one of the certificate in", "of one and the same renewal"] {
        assert!(log.contains(words), "{words}: {log}");
    }
    assert!(!folder.path("postgres").exists(), "nothing was made");

    write(&key, &issued.key);
    let mut muster = folder.serve();
    let url = muster.line("Muster is ready at ");
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let answer = muster.get(&url.replace("https:", "http:"), "/status");
    assert!(
        answer.contains("HTTP/1.1 307") && answer.contains(&format!("{url}/status")),
        "{answer}"
    );
    folder.wait_for_log("the certificate has ended");
}

#[test]
fn the_status_page_is_up_with_its_own_age_when_a_restarted_muster_finds_no_database() {
    let folder = Folder::new();
    let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/labitory.toml");
    assert_eq!(folder.run(&["plan", "import", plan], b"").0, 0, "{}", folder.log());
    let mut muster = folder.serve();
    let url = muster.line("Muster is ready at ");
    muster.line("    /");
    let file = || std::fs::read_to_string(folder.path("status/status.html")).unwrap_or_default();
    while !file().contains("Bookings") {
        std::thread::yield_now();
    }
    let before = body(&muster.get(&url, "/status"));
    assert!(before.contains("as of <time"), "{before}");
    muster.terminate();
    assert_eq!(muster.ended(), 0, "{}", folder.log());

    let (again, url) = folder.serve_without_database();

    let answer = again.get(&url, "/status");
    assert_eq!(body(&answer), before, "with the age it had");
    for header in ["x-content-type-options: nosniff", "content-security-policy: default-src 'none'"]
    {
        assert!(answer.contains(header), "{header}: {answer}");
    }
    assert!(again.get(&url, "/status.json").contains("\"as_of\""));
    assert!(again.get(&url, "/status/app.css").contains("200 OK"));
    assert!(again.get(&url, "/people").contains("503 Service Unavailable"));
    assert!(again.get(&url, "/readyz").contains("not ready"));
}

#[test]
fn doctor_says_that_nothing_runs_and_speaks_with_the_database_of_a_server_that_does() {
    let folder = Folder::new();
    let (code, said) = folder.run(&["doctor"], b"");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("BAD   server       no muster serve ever ran"), "{said}");
    assert!(!folder.path("").exists(), "it makes nothing: {said}");

    let mut muster = folder.serve();
    muster.line("    /");
    let (_, said) = folder.run(&["doctor"], b"");
    for line in [
        "ok    settings     every one can be followed",
        "ok    server       muster serve runs, with a Postgres of its own",
        "ok    database     Postgres ",
        "ok    clock        database and this machine agree",
        "ok    work         nothing that is due waits",
        "BAD   mail         no mail server is set: nobody can be paged",
        "BAD   heartbeat    nobody outside notices when Muster itself is down",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let (code, json) = folder.run(&["doctor", "--json"], b"");
    assert!(code == 1 && json.contains("\"health\": \"bad\""), "{json}");

    muster.terminate();
    assert_eq!(muster.ended(), 0, "{}", folder.log());
    let (code, said) = folder.run(&["doctor"], b"");
    assert!(code == 1 && said.contains("no muster serve runs on this data folder"), "{said}");
    assert!(!folder.path("postgres/postmaster.pid").exists(), "it starts nothing: {said}");
}

#[tokio::test]
async fn a_dump_of_a_running_muster_comes_back_in_another_postgres_with_its_ring() {
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    let mut muster = folder.serve();
    muster.line("    /");
    let add = ["user", "add", "Ada Lovelace", "--email", "ada@example.org", "--rights", "own"];
    assert_eq!(folder.run(&add, PASSWORD).0, 0, "{}", folder.log());
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/labitory.toml");
    assert_eq!(folder.run(&["plan", "import", plan], b"").0, 0, "{}", folder.log());

    let dump = folder.beside("muster.dump");
    let file = format!("--file={}", dump.display());
    let host = format!("--host={}", folder.path("run").display());
    postgres("pg_dump", &["--format=custom", &file, &host, "--username=muster", "postgres"]);
    muster.terminate();
    assert_eq!(muster.ended(), 0, "{}", folder.log());

    let cluster = Cluster::shared().await;
    cluster.create_database("restored").await;
    let url = cluster.url("restored");
    let into = format!("--dbname={url}");
    postgres("pg_restore", &["--no-owner", &into, dump.to_str().unwrap()]);
    std::fs::copy(folder.beside("keyring"), elsewhere.beside("keyring")).unwrap();

    let (code, said) = elsewhere.run(&["verify", "--database-url", &url], b"");
    assert_eq!(code, 0, "{said} {}", elsewhere.log());
    let (_, exported) = elsewhere.run(&["plan", "export", "-", "--database-url", &url], b"");
    assert!(exported.contains("Labitory Disaster Recovery Plan"), "{exported}");
    let (_, said) = elsewhere.run(&["doctor", "--database-url", &url], b"");
    assert!(said.contains("ok    key ring") && said.contains("ok    tables"), "{said}");
    cluster.drop_database("restored").await;
}

/// Runs one of Postgres' own programs.
fn postgres(program: &str, words: &[&str]) {
    let done = Command::new(program).args(words).output().unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
}
