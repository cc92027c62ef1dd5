//! `muster restore`: copies beside the database that lives, until any moment, from what lies in the repository and in the
//! cluster's own log.

mod faults;

use std::path::PathBuf;

use serde_json::Value;

use crate::support::host::{Host, Said, run};

const ROWS: &str = "select count(*) from small";

/// A host with a table of a thousand rows, backed up.
fn scene() -> Host {
    let host = Host::archiving();
    host.sql(
        "postgres",
        "create table small as select g as id, md5(g::text) as v from generate_series(1, 1000) g",
    );
    host.good(&["backup", "main"]);
    host
}

trait Restored {
    fn tried(&self, args: &[&str]) -> Said;
    fn done(&self, args: &[&str]) -> String;
    fn refused(&self, args: &[&str]) -> String;
    fn in_one_transaction(&self, statement: &str) -> String;
}

impl Restored for Host {
    fn tried(&self, args: &[&str]) -> Said {
        run(&mut self.restore(args))
    }

    fn done(&self, args: &[&str]) -> String {
        let said = self.tried(args);
        assert!(said.good, "{args:?}: {}", said.text);
        said.text
    }

    fn refused(&self, args: &[&str]) -> String {
        let said = self.tried(args);
        assert!(!said.good, "{args:?}: {}", said.text);
        said.text
    }

    /// Gives the transaction's number.
    fn in_one_transaction(&self, statement: &str) -> String {
        self.sql("postgres", &format!("begin; {statement}; select pg_current_xact_id(); commit"))
    }
}

/// Where a copy says that it is read.
fn socket(said: &str) -> PathBuf {
    let line = said.lines().find(|line| line.starts_with("Read it:")).unwrap();
    PathBuf::from(line.split_once("-h ").unwrap().1.split(" -U").next().unwrap())
}

fn says(said: &str, all: &[&str]) {
    for expected in all {
        assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
    }
}

#[test]
fn rows_that_were_deleted_are_found_and_come_back_beside_the_database_that_lives() {
    let host = scene();
    host.sql("postgres", "insert into small values (1001, 'good')");
    let in_part = "savepoint a; delete from small where id between 100 and 199; release a";
    let bad = host.in_one_transaction(in_part);
    host.sql("postgres", "insert into small values (1002, 'later')");
    let live = host.sql("postgres", ROWS);

    let found = host.done(&["find", "main", "--table", "small"]);
    says(&found, &["1 transaction since", &bad, "100 rows deleted", &format!("--before {bad}")]);
    let said = host.done(&["beside", "main", "--before", &bad]);
    says(&said, &["Copy 1 of main shows all until before transaction", "It lacks 2 commits of"]);
    let copy = socket(&said);
    let ask = |sql: &str| host.sql_at(&copy, "postgres", sql);
    assert_eq!(ask(ROWS), "1001", "all that was good, though no segment was archived since");
    assert_eq!(ask("select v from small where id = 1001"), "good");
    assert_eq!(ask("select pg_is_in_recovery() and current_setting('listen_addresses') = ''"), "t");
    assert_eq!(ask("show fsync"), "on", "it is kept, so it must come through a power cut");
    let compared = host.done(&["compare", "main", "1"]);
    says(&compared, &["902", "1001", "+99", "small"]);

    host.good(&["prove", "main"]);
    assert_eq!(ask(ROWS), "1001", "a proof lets it be");
    let said = host.done(&["later", "main", "1"]);
    says(&said, &["It lacks no commit"]);
    assert_eq!(ask(ROWS), live);
    says(&host.refused(&["later", "main", "1", "--before", &bad]), &["nothing replays backwards"]);
    assert_eq!(ask(ROWS), live, "it stays as it was");

    assert_eq!(host.sql("postgres", ROWS), live, "the database that lives is only read");
    left_behind_by(&host, &copy);
}

/// Evidence of what was done, and nothing else.
fn left_behind_by(host: &Host, copy: &std::path::Path) {
    let mut evidence = std::fs::read_dir(host.state("restores")).unwrap();
    let evidence = std::fs::read(evidence.next().unwrap().unwrap().path()).unwrap();
    let evidence: Value = serde_json::from_slice(&evidence).unwrap();
    assert_eq!((&evidence["subject"], &evidence["holds"]), (&"restore".into(), &true.into()));
    assert!(host.points()["points"][0]["verified"] == true, "by the proof alone");
    host.done(&["remove", "main", "1"]);
    assert_eq!(host.processes(&host.state("restored"), ""), Vec::<i32>::new());
    assert!(!copy.exists() && !host.state("restored/main/1").exists());
    says(&host.done(&["list", "main"]), &["There is no copy of main"]);
    says(&host.refused(&["remove", "main", "1"]), &["has no copy 1"]);
}

#[test]
fn a_copy_shows_what_was_asked_for_whatever_that_is_named_by() {
    let host = scene();
    host.sql("postgres", "insert into small values (1001, 'one')");
    let lsn = host.sql("postgres", "select pg_create_restore_point('before the upgrade')");
    let at = host.sql("postgres", "select clock_timestamp()");
    host.sql("postgres", "insert into small values (1002, 'two')");
    host.archive_a_segment();
    host.sql("postgres", "insert into small values (1003, 'three')");
    let rows = |args: &[&str]| {
        let said = host.done(&[&["beside", "main"], args].concat());
        host.sql_at(&socket(&said), "postgres", ROWS)
    };

    assert_eq!(rows(&["--time", &at]), "1001");
    assert_eq!(rows(&["--point", "before the upgrade"]), "1001");
    assert_eq!(rows(&["--lsn", &lsn]), "1001");
    assert_eq!(rows(&[]), "1003", "the end of the log is in the cluster's own folder");
    let quiet = host.sql("postgres", "select clock_timestamp()");
    assert_eq!(rows(&["--time", &quiet]), "1003", "nothing was committed since, which it knows");
    host.stop("immediate");
    assert_eq!(rows(&[]), "1003", "also when it is down");
    let unknown = host.refused(&["beside", "main", "--time", &quiet]);
    says(&unknown, &["shows all until", "whether anything was committed meanwhile is unknown"]);
    assert_eq!(rows(&["--time", &at]), "1001");
    let listed = host.done(&["list", "main"]);
    says(&listed, &["Copy 1 of", "Copy 8 of", "restore point “before the upgrade”"]);
}

#[test]
fn a_copy_goes_on_with_the_repository_that_it_was_made_from() {
    let host = scene();
    host.add_repository("other");
    host.good(&["backup", "main", "--repository", "other"]);
    host.done(&["beside", "main", "--repository", "other"]);
    host.sql("postgres", "insert into small values (1001, 'more')");

    let said = host.done(&["later", "main", "1"]);
    assert_eq!(host.sql_at(&socket(&said), "postgres", ROWS), "1001");
    host.done(&["open", "main", "1"]);
    says(
        &host.refused(&["open", "main", "1", "--repository", "disk"]),
        &["not in the repository any more"],
    );
}

#[test]
fn what_can_not_be_shown_is_refused_and_leaves_nothing_behind() {
    let host = scene();
    let taken_back = "begin; delete from small; select pg_current_xact_id(); rollback";
    let taken_back = host.sql("postgres", taken_back);
    let refused = |args: &[&str]| host.refused(&[&["beside", "main"], args].concat());

    says(&refused(&["--time", "2026-01-01 00:00:00 UTC"]), &["before the oldest recovery point"]);
    says(&refused(&["--time", "2026-01-01 00:00:00"]), &["no moment with its zone"]);
    says(&refused(&["--lsn", "FF/0"]), &["behind the end of the log"]);
    says(&refused(&["--before", &taken_back]), &["is before transaction", "rolled back"]);
    says(&refused(&["--point", "nowhere"]), &["restore point “nowhere”"]);
    says(&refused(&["--lsn", "0/1", "--before", "7"]), &["cannot be used with"]);
    says(&host.refused(&["find", "main", "--table", "nothing"]), &["has a table nothing now"]);
    says(&host.done(&["find", "main", "--table", "small"]), &["No transaction since"]);
    says(&host.refused(&["later", "main", "1"]), &["has no copy 1"]);
    assert_eq!(std::fs::read_dir(host.state("restored")).into_iter().flatten().count(), 0);

    let future = host.refused(&["beside", "main", "--time", "2099-01-01 00:00:00 UTC"]);
    says(&future, &["Copy 1 of main", "whether anything was committed meanwhile is unknown"]);
}

#[test]
fn tables_that_were_emptied_rewritten_or_dropped_are_found_by_their_files() {
    let host = scene();
    host.sql("postgres", "create table gone as select 1 as x; create temp table passing (x int)");
    let changed =
        host.in_one_transaction("savepoint a; update small set v = '' where id < 4; release a");
    let dropped = host.in_one_transaction("drop table gone");
    let emptied = host.in_one_transaction("truncate small");

    let found = host.done(&["find", "main"]);
    says(&found, &["2 transactions since", &dropped, &emptied, "of postgres removed"]);
    let found = host.done(&["find", "main", "--table", "public.small", "--in", "postgres"]);
    says(&found, &[&emptied, "emptied it, or wrote it anew"]);
    assert!(!found.contains(&dropped) && !found.contains(&changed), "{found}");
    let said = host.done(&["beside", "main", "--before", &dropped]);
    let copy = socket(&said);
    assert_eq!(host.sql_at(&copy, "postgres", "select count(*) from gone"), "1");
    assert_eq!(host.sql_at(&copy, "postgres", "select count(*) from small where v = ''"), "3");
}
