//! The ten minutes: from a cluster as it was left to a proved backup.

use crate::support::host::{Host, run};

/// Where the shell, Postgres' settings and the engine's each read something else.
const STATE: &str = "the agent's 100 %p ü";
const HOSTILE: &str = "we\"ird 'ü $(x) %p";

#[test]
fn a_fresh_cluster_is_told_what_to_set_then_backed_up_listed_and_proved() {
    let host = Host::keeping_in(STATE, "--data-checksums");
    host.start();
    host.sql("postgres", &format!("create database \"{}\"", HOSTILE.replace('"', "\"\"")));
    host.sql(HOSTILE, "create table \"t\"\"able; 'x\" as select g, repeat(md5(g::text), 99) from generate_series(1, 500) g");
    let elsewhere = host.folder("elsewhere");
    host.sql(
        "postgres",
        &format!("create tablespace elsewhere location '{}'", elsewhere.display()),
    );
    host.sql("postgres", "create table far (x int) tablespace elsewhere");
    host.sql("postgres", "create unlogged table gone_after_a_crash (x int); create table empty ()");

    let words = host.bad(&["check"]);
    for expected in [
        "archive_mode is off",
        "alter system set archive_mode = on;",
        "alter system set archive_command = 'pgbackrest --config='",
        "never takes",
        "Muster may neither start nor stop it",
    ] {
        assert!(words.contains(expected), "{expected:?} is not in:\n{words}");
    }
    assert!(!host.state("repositories").exists(), "a check changes nothing");
    let refused = host.bad(&["backup", "main"]);
    assert!(refused.contains("archive_mode is off"), "{refused}");

    for line in words.lines().map(str::trim).filter(|line| line.starts_with("alter system")) {
        host.sql("postgres", line);
    }
    host.sql("postgres", "select pg_reload_conf()");
    let waits = "select pending_restart from pg_settings where name = 'archive_mode'";
    while host.sql("postgres", waits) != "t" {}
    let words = host.bad(&["check"]);
    assert!(words.contains("runs without it until its next start"), "{words}");
    assert!(!words.contains("alter system"), "{words}");
    host.stop("fast");
    host.start();
    let said = host.good(&["backup", "main"]);
    assert!(said.contains("full backup 20") && said.contains(" 100 %"), "{said}");
    assert!(host.good(&["check"]).contains("0 bad"));
    assert!(host.good(&["points", "main"]).contains("not proved"));

    let said = host.good(&["prove", "main"]);
    for expected in [
        "Verified: 20",
        "not signed",
        "ok    pg_amcheck: no fault",
        "ok    checksums: ",
        "skip  checks of the plan: none run: this host has joined no Muster",
    ] {
        assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
    }
    let evidence = host.evidence().remove(0);
    assert_eq!(evidence["holds"], true);
    assert_eq!(evidence["reached"]["timeline"], 1);
    assert_eq!(
        evidence["site"],
        serde_json::Value::Null,
        "no agent has joined, so none could sign it"
    );
    assert_eq!(host.left_of_restores(), Vec::<String>::new());
    assert_eq!(host.processes(&host.state("scratch"), ""), Vec::<i32>::new());

    afterwards(&host);
}

/// Exposure rises and falls, the next backup is not proved by the last proof, and all of it is said
/// also while the database is down.
fn afterwards(host: &Host) {
    host.sql(HOSTILE, "insert into \"t\"\"able; 'x\" values (0, 'new')");
    let points = host.points();
    assert_eq!(points["exposure"]["state"], "since", "{points}");
    host.archive_a_segment();
    let points = host.points();
    assert_eq!(points["exposure"]["state"], "nothing", "{points}");
    assert_eq!(points["points"][0]["verified"], true, "{points}");

    let said = host.good(&["backup", "main"]);
    assert!(said.contains("incremental backup 20"), "{said}");
    let points = host.points();
    assert_eq!(points["points"][1]["verified"], serde_json::Value::Null, "{points}");
    of_another_major(host);
    host.stop("fast");
    assert!(
        host.good(&["points", "main"]).contains("does not answer"),
        "points are said while it is down"
    );
}

/// Where one server is installed, a cluster of another can't be made; what its folder says of its version can be
/// changed, which no running server looks at.
fn of_another_major(host: &Host) {
    let (file, backups) = (host.path("data/PG_VERSION"), host.points()["points"].clone());
    for (version, expected) in [
        ("99", "was made by Postgres 99, of which no server is installed; install it"),
        ("14", "was made by Postgres 14, and Muster works with 15 and later"),
    ] {
        std::fs::write(&file, version).unwrap();
        for deed in [&["check"][..], &["backup", "main"], &["prove", "main"], &["dump", "main"]] {
            let said = host.bad(deed);
            assert!(said.contains(expected), "{deed:?}: {said}");
        }
    }
    std::fs::write(&file, "15").unwrap();
    assert_eq!(host.points()["points"], backups);
    assert_eq!(host.evidence().len(), 1, "nothing was proved");
}

#[test]
fn root_is_refused_in_words() {
    let host = Host::with("--no-sync");
    let mut command = host.agent(&["check"]);
    if nix::unistd::geteuid().is_root() {
        std::os::unix::process::CommandExt::uid(&mut command, 0);
        let said = run(&mut command);
        assert!(!said.good && said.text.contains("never as root"), "{}", said.text);
    }
}
