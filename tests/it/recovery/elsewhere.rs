//! A database proved on another site, by its kit and its repository alone.

use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;
use serde_json::Value;

use super::kills::{begin, end};
use super::kit::{typing, words};
use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::host::Host;
use crate::support::sites::{add, code};

const BOUND: std::time::Duration = std::time::Duration::from_secs(120);

/// The kit of a host, opened on another, whose `agent.toml` names it and nothing else.
fn open_kit(of: &Host, on: &Host) -> PathBuf {
    of.folder("paper");
    let sheet = of.path("paper/sheet.txt");
    of.good(&["kit", "--sheet", sheet.to_str().unwrap()]);
    let eight = words(&std::fs::read_to_string(&sheet).unwrap());
    let sealed = std::fs::read_dir(of.path("repo/muster")).unwrap().map(|it| it.unwrap().path());
    let sealed = sealed.filter(|it| it.extension().is_some_and(|end| end == "kit"));
    let (file, into) = (sealed.max().unwrap(), on.state("elsewhere"));
    let args = ["kit", "open", file.to_str().unwrap(), "--into", into.to_str().unwrap()];
    let said = typing(on, &args, &eight);
    assert!(said.good, "{}", said.text);
    let limits = "[limits]\ndisk_floor = \"20 MB\"\n";
    on.keep("conf/agent.toml", &format!("[[elsewhere]]\nkit = {into:?}\n\n{limits}"));
    into
}

fn check<'a>(evidence: &'a Value, name: &str) -> &'a Value {
    let all = evidence["checks"].as_array().unwrap();
    all.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{evidence}"))
}

/// One that does not say whose it is, and a host's own.
fn kits_of_no_use(host: &Host, there: &Host, kit: &Path) {
    let joined = kit.join("muster.toml");
    let known = std::fs::read(&joined).unwrap();
    std::fs::remove_file(&joined).unwrap();
    assert!(there.bad(&["check"]).contains("was made before its host joined this Muster"));
    std::fs::write(&joined, known).unwrap();
    host.add_to_settings(&format!("\n[[elsewhere]]\nkit = {kit:?}\n"));
    assert!(host.bad(&["check"]).contains("is this host's own"));
}

/// The point's evidence and the dump's: of the one site's database, made on the other.
fn names_both(host: &Host, there: &Host, (site, theirs): (&str, &str)) {
    let (dumps, mut points): (Vec<_>, Vec<_>) =
        there.evidence().into_iter().partition(|it| it["subject"] == "dump");
    assert_eq!((&dumps[0]["holds"], &dumps[0]["database"]), (&true.into(), &"main".into()));
    let evidence = points.remove(0);
    assert_eq!(dumps[0]["of"], evidence["of"]);
    assert_eq!((&evidence["holds"], &evidence["database"]), (&true.into(), &"main".into()));
    assert_eq!(evidence["of"].as_str(), site.rsplit('/').next());
    assert_eq!(evidence["site"].as_str(), theirs.rsplit('/').next());
    let counts = check(&evidence, "row counts")["found"].as_str().unwrap();
    assert!(counts.ends_with(" tables") && counts != "0 of 0 tables", "{counts}");
    let cluster = host.sql("postgres", "select system_identifier from pg_control_system()");
    assert_eq!(check(&evidence, "system identifier")["expected"], cluster.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_proves_a_database_by_its_kit_and_its_own_site_shows_it() {
    let (app, ada) = TestApp::on_plan().await;
    let (host, there) = (Host::archiving(), Host::with("--data-checksums"));
    host.sql("postgres", "create table t as select generate_series(1, 50) as n");
    host.good(&["backup", "main"]);
    host.good(&["prove", "main"]);
    host.sql("postgres", "insert into t values (51)");
    host.archive_a_segment();
    host.good(&["dump", "main"]);
    let site = host.join(&ada).await;
    let kit = open_kit(&host, &there);
    let agent = host.at_work();
    let path = format!("{site}/databases/main");
    let shows = async |words: &str| {
        within(BOUND, async || ada.get(&path).await.body.contains(words)).await;
    };
    shows("1 restore").await;
    assert!(!ada.get(&path).await.body.contains("Proved on another site"));

    let by_hand = ["prove", "main", "--kit", kit.to_str().unwrap()];
    assert!(there.bad(&by_hand).contains("no agent has joined"), "whose schedule would it be?");
    let theirs = add(&ada, "db2").await;
    there.good(&["join", &code(&ada, &theirs).await.to_string()]);
    assert!(there.good(&["check"]).contains("proves of “db1” each day: main in disk"));
    kits_of_no_use(&host, &there, &kit);

    // another key than the kit's: that is said, on both sites' pages
    let key = kit.join("repositories/disk/key");
    let good = std::fs::read(&key).unwrap();
    there.keep("state/elsewhere/repositories/disk/key", "another");
    let second = there.at_work();
    shows("could not be proved there").await; // which it says when it asks for work again
    let page = ada.get(&theirs).await.body;
    assert!(page.contains("Also proves") && page.contains(" of db1, from disk"), "{page}");
    assert_eq!(there.evidence(), Vec::<Value>::new());
    let front = ada.get("/").await.body;
    assert!(front.contains("Not proved on another site"), "{front}");
    second.end();

    std::fs::write(&key, good).unwrap();
    let second = there.at_work();
    shows("verified ").await;
    within(BOUND, async || there.evidence().len() == 2).await;
    shows("on db2").await;
    let front = async || ada.get("/").await.body;
    within(BOUND, async || !front().await.contains("Not proved on another site")).await;
    names_both(&host, &there, (&site, &theirs));
    let page = ada.get(&path).await.body;
    assert!(page.contains("1 restore"), "what a restore takes is its own host's: {page}");
    let both = async || ada.get(&path).await.body.matches("and on db2").count() == 2;
    within(BOUND, both).await; // the point and the dump
    let listed = ada.get(&format!("{theirs}/databases/main")).await;
    assert_eq!(listed.status, 404, "it is no database of that site");
    assert_eq!(left(&kit), Vec::<String>::new());

    let points = there.good(&["points", "main", "--kit", kit.to_str().unwrap()]);
    assert!(points.contains("verified"), "{points}");
    second.end();
    agent.end();
    app.end().await;
}

/// What is left of restores there.
fn left(kit: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(kit.join("scratch/main")).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name != "muster.lock").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_on_another_site_that_is_killed_verifies_nothing_and_the_next_is_clean() {
    let (app, ada) = TestApp::on_plan().await;
    let (host, there) = (Host::archiving(), Host::with("--data-checksums"));
    host.sql("postgres", "create table t as select generate_series(1, 50) as n");
    host.good(&["backup", "main"]);
    host.join(&ada).await;
    let kit = open_kit(&host, &there);
    let theirs = add(&ada, "db2").await;
    there.good(&["join", &code(&ada, &theirs).await.to_string()]);
    let proof = ["prove", "main", "--kit", kit.to_str().unwrap()];
    let at_work = || there.processes(&kit.join("scratch"), "");

    for (step, signal) in [
        ("… restore", Signal::SIGKILL),
        ("… check heaps", Signal::SIGKILL),
        ("… open", Signal::SIGTERM),
    ] {
        end(begin(&there, &proof, step), signal);
        assert_eq!(there.evidence(), Vec::<Value>::new(), "{step}");
    }
    assert_eq!((at_work(), left(&kit)), (Vec::new(), Vec::new()), "who is told to stop clears up");
    end(begin(&there, &proof, "… check heaps"), Signal::SIGKILL);
    assert_ne!(left(&kit), Vec::<String>::new(), "there is something to clear");

    there.good(&proof);

    assert_eq!((at_work(), left(&kit)), (Vec::new(), Vec::new()));
    assert_eq!(there.evidence().len(), 1);
    assert_eq!(host.points()["points"][0]["verified"], Value::Null, "at home it was not proved");
    app.end().await;
}

#[test]
fn with_its_cluster_gone_a_database_is_found_and_proved_from_its_repository_alone() {
    let host = Host::archiving();
    host.sql("postgres", "create table t as select generate_series(1, 50) as n");
    host.good(&["backup", "main"]);
    host.sql("postgres", "insert into t values (51)");
    host.archive_a_segment();
    host.stop("fast");
    std::fs::rename(host.path("data"), host.path("gone")).unwrap();
    std::fs::remove_dir_all(host.state("databases/main/counts")).unwrap();

    let points = host.run(&["points", "main"]).text;
    assert!(points.contains("does not run on this host"), "{points}");
    let proved = host.good(&["prove", "main"]);
    assert!(proved.contains("Verified"), "{proved}");
    let evidence = host.evidence().remove(0);
    assert!(check(&evidence, "row counts")["found"].as_str().unwrap().ends_with(" tables"));
    assert_ne!(evidence["asked"]["lsn"], evidence["reached"]["lsn"], "it goes past its target");

    let notes = std::fs::read_dir(host.path("repo/muster")).unwrap();
    notes.for_each(|note| std::fs::remove_file(note.unwrap().path()).unwrap());
    let said = host.bad(&["prove", "main"]);
    assert!(said.contains("no note beside its backups says of which server"), "{said}");
    std::fs::rename(host.path("gone"), host.path("data")).unwrap();
}
