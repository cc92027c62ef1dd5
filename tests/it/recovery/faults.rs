//! What goes wrong where no engine says so: each is named, and none of it is called proved.

use std::path::{Path, PathBuf};

use crate::support::host::Host;

#[test]
fn a_hole_in_the_log_is_named_counts_as_exposure_and_no_proof_goes_over_it() {
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    host.sql("postgres", "create table t as select 1 as before");
    host.archive_a_segment();
    host.sql("postgres", "insert into t values (2)");
    let hole = host.archive_a_segment();
    host.sql("postgres", "insert into t values (3)");
    host.archive_a_segment();
    assert_eq!(host.points()["exposure"]["state"], "nothing");

    let file = host.segment(&hole).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();

    let words = host.bad(&["points", "main"]);
    let expected = format!("GAP: 1 segment of the log missing from {hole} on; 1 segment behind it");
    assert!(words.contains(&expected), "{expected:?} is not in:\n{words}");
    let exposure = &host.points()["exposure"];
    assert_eq!(exposure["state"], "since", "though archiving says that all is well: {exposure}");
    assert_eq!(exposure["exact"], true, "the cluster still has it: {exposure}");
    host.sql("postgres", "checkpoint");
    host.sql("postgres", "checkpoint"); // from here on the cluster has let go of it, too
    let exposure = &host.points()["exposure"];
    assert_eq!((&exposure["state"], &exposure["exact"]), (&"since".into(), &false.into()));
    let said = host.bad(&["prove", "main"]);
    assert!(said.contains(&format!("BAD   log: 1 segments missing from {hole} on")), "{said}");
    assert!(said.contains("ok    position: "), "it is restored to the hole: {said}");
    assert_eq!(host.points()["points"][0]["verified"], false);

    std::fs::write(&file, &bytes).unwrap();
    flip(&file);
    let said = host.bad(&["prove", "main"]);
    assert!(said.contains("FAIL"), "a broken segment in the midst of the log: {said}");

    std::fs::write(&file, &bytes).unwrap();
    host.good(&["prove", "main"]);
    assert_eq!(host.points()["points"][0]["verified"], true);
}

#[test]
fn the_newest_segment_is_missed_too() {
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    host.sql("postgres", "create table t as select 1 as x");
    let newest = host.archive_a_segment();
    std::fs::remove_file(host.segment(&newest).unwrap()).unwrap();

    let points = host.points();

    assert_eq!(points["points"][0]["gap"]["first"], newest.as_str(), "{points}");
    assert_eq!(points["exposure"]["state"], "since", "{points}");
    host.good(&["backup", "main"]);
    let needed = host.points()["points"][1]["unbroken_until"].as_str().unwrap().to_owned();
    std::fs::remove_file(host.segment(&needed).unwrap()).unwrap();
    let words = host.bad(&["points", "main"]);
    assert!(words.contains("CAN'T BE OPENED"), "{words}");
    let said = host.bad(&["prove", "main"]);
    assert!(said.contains("BAD   newest point that opens: "), "an older one is no match: {said}");
}

#[test]
fn after_a_promotion_the_log_is_followed_to_the_new_timeline() {
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    host.sql("postgres", "create table t as select 1 as before");
    host.archive_a_segment();
    host.stop("fast");
    std::fs::write(host.path("data/standby.signal"), "").unwrap();
    let config = host.state("repositories/disk/pgbackrest.conf");
    let get =
        format!("pgbackrest --config={} --stanza=main archive-get %f \"%p\"", config.display());
    host.configure(&format!("restore_command = '{get}'\n"));
    host.start();
    host.sql("postgres", "select pg_promote()");
    host.sql("postgres", "insert into t values (2)");
    let newest = host.archive_a_segment();
    assert!(newest.starts_with("00000002"), "{newest}");

    let points = host.points();
    assert_eq!(points["points"][0]["unbroken_until"], newest.as_str(), "{points}");
    assert_eq!(points["points"][0]["gap"], serde_json::Value::Null);
    host.good(&["prove", "main"]);

    let evidence = host.evidence().remove(0);
    assert_eq!(
        (&evidence["asked"]["timeline"], &evidence["reached"]["timeline"]),
        (&2.into(), &2.into())
    );
    std::fs::remove_file(host.segment(&newest).unwrap()).unwrap();
    assert_eq!(
        host.points()["points"][0]["gap"]["first"],
        newest.as_str(),
        "on the new timeline, too"
    );
}

#[test]
fn one_flipped_byte_of_a_backup_fails_its_proof() {
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    flip(&largest(&host.path("repo/backup/main")));

    let said = host.bad(&["prove", "main"]);

    assert!(said.contains("FAIL  restore") && said.contains("does NOT hold"), "{said}");
    assert_eq!(host.evidence()[0]["holds"], false);
    assert!(host.bad(&["points", "main"]).contains("PROOF FAILED"));
    assert_eq!(host.left_of_restores(), Vec::<String>::new());
}

#[test]
fn a_page_broken_in_a_column_that_nobody_names_fails_the_proof() {
    let host = Host::with("--no-sync"); // without checksums, so that reading alone can find it
    host.set_archiving();
    host.start();
    host.sql(
        "postgres",
        "create table t (id int, large text); alter table t alter large set storage external",
    );
    host.sql("postgres", "insert into t select g, repeat('x', 9000) from generate_series(1, 9) g");
    let toast = "select pg_relation_filepath(reltoastrelid) from pg_class where relname = 't'";
    let file = host.path("data").join(host.sql("postgres", toast));
    host.stop("fast");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[..8192].fill(0); // an empty page, as after a lost write
    std::fs::write(&file, bytes).unwrap();
    host.start();
    assert_eq!(host.sql("postgres", "select count(*), sum(id) from t"), "9|45", "nobody notices");
    host.good(&["backup", "main"]);

    let said = host.bad(&["prove", "main"]);

    let expected = "BAD   table \"public\".\"t\" in database \"postgres\": ";
    assert!(said.contains(expected) && said.contains("chunk number"), "{said}");
}

#[test]
fn rows_that_refer_to_nothing_and_rows_that_are_gone_fail_the_proof() {
    let host = Host::archiving();
    host.sql("postgres", "create table parent (a int, \"b c\" text, primary key (a, \"b c\"))");
    host.sql("postgres", "insert into parent select g, 'x' from generate_series(1, 9) g");
    host.sql(
        "postgres",
        "create table child (b text, a int, foreign key (a, b) references parent)",
    );
    host.sql(
        "postgres",
        "insert into child select 'x', g from generate_series(1, 9) g union all values (null, 77)",
    );
    host.good(&["backup", "main"]);

    let unguarded = "set session_replication_role = replica; delete from parent where a < 3";
    host.sql("postgres", unguarded);
    host.archive_a_segment();
    let said = host.bad(&["prove", "main"]);

    for expected in [
        "BAD   foreign key public.child, child_a_b_fkey in database \"postgres\": 2 rows refer to nothing",
        "BAD   rows of \"public\".\"parent\" in database \"postgres\": 7 (if that is meant",
    ] {
        assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
    }
}

#[test]
fn another_key_a_lost_key_and_failing_archiving_are_refused_in_words() {
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    let key = host.state("repositories/disk/key");
    let right = std::fs::read(&key).unwrap();

    std::fs::write(&key, "another\n").unwrap();
    for deed in [["points", "main"], ["backup", "main"], ["prove", "main"]] {
        let said = host.bad(&deed);
        assert!(said.contains("it was written with another key"), "{deed:?}: {said}");
        assert!(!said.contains("another\n"), "no key is ever shown");
    }
    std::fs::remove_file(&key).unwrap();
    let said = host.bad(&["backup", "main"]);
    assert!(said.contains("is missing") && said.contains("ut the key back"), "{said}");
    assert!(host.bad(&["points", "main"]).contains("is missing. Put the key back"));
    assert!(!key.exists(), "no second key is made");
    std::fs::write(&key, right).unwrap();
    host.good(&["points", "main"]);

    let settings = host.path("conf/agent.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace("20 MB", "900 TB")).unwrap();
    let said = host.bad(&["prove", "main"]);
    assert!(said.contains("would leave less than 900 TB free"), "{said}");
    assert!(host.bad(&["backup", "main"]).contains("less than the floor of 900 TB"));
    std::fs::write(&settings, text).unwrap();

    host.sql("postgres", "alter system set archive_command = 'false # pgbackrest'");
    host.sql("postgres", "select pg_reload_conf()");
    let said = host.bad(&["backup", "main"]);
    assert!(said.contains("archive_command is “false # pgbackrest”"), "{said}");
    host.sql("postgres", "alter system reset archive_command");
    host.sql("postgres", "select pg_reload_conf()");
    let archive = host.path("repo/archive/main");
    std::fs::rename(&archive, host.path("repo/archive/away")).unwrap();
    host.sql("postgres", "create table t as select 1 as x; select pg_switch_wal()");
    wait_until(|| host.sql("postgres", "select failed_count > 0 from pg_stat_archiver") == "t");
    let said = host.bad(&["check"]);
    assert!(said.contains("archive_command fails, at 0000"), "{said}");
    assert!(said.contains("segment waits to be archived; pg_wal holds "), "{said}");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace("20 MB", "900 TB")).unwrap();
    let said = host.bad(&["check"]);
    assert!(said.contains("BAD   main: pg_wal ") && said.contains("the floor is 900 TB"), "{said}");

    std::fs::rename(host.path("repo/archive/away"), &archive).unwrap();
    host.archive_a_segment();
    assert!(!host.bad(&["check"]).contains("pg_wal"), "nothing waits any more");
}

fn wait_until(mut holds: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(90);
    while !holds() {
        assert!(std::time::Instant::now() < deadline, "it did not come to be");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn flip(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

fn largest(folder: &Path) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => folders.push(entry.path()),
                kind if kind.is_file() => files.push(entry.path()),
                _ => {} // `latest` is a link
            }
        }
    }
    let pages = files.into_iter().filter(|file| file.to_string_lossy().contains("/base/"));
    pages.max_by_key(|file| file.metadata().unwrap().len()).unwrap()
}
