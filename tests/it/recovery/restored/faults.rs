//! What goes wrong with copies: killed commands, a killed server, no room, a table that was locked at that moment.

use std::io::Write as _;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::super::kills::{begin_of, end};
use super::{ROWS, Restored, says, scene, socket};
use crate::support::host::Host;

fn left(host: &Host) -> usize {
    std::fs::read_dir(host.state("restored/main")).into_iter().flatten().count()
}

#[test]
fn a_command_that_was_killed_or_told_to_stop_leaves_no_copy_and_a_killed_server_is_started_again() {
    let host = scene();
    let beside = |step: &str| begin_of(host.restore(&["beside", "main"]), step);

    for step in ["… restore", "… replay"] {
        end(beside(step), Signal::SIGTERM);
        assert_eq!(
            (left(&host), host.processes(&host.state("restored"), "").len()),
            (0, 0),
            "{step}"
        );
    }
    for step in ["… restore", "… replay"] {
        end(beside(step), Signal::SIGKILL);
        let listed = host.refused(&["list", "main"]);
        says(&listed, &["Copy 1 of main was never finished", "muster restore remove main 1"]);
        says(&host.refused(&["later", "main", "1"]), &["never came so far"]);
    }
    let said = host.done(&["beside", "main"]);
    assert_eq!(left(&host), 1, "what was killed is gone");
    let copy = socket(&said);

    let server = std::fs::read_to_string(host.state("restored/main/1/cluster/postmaster.pid"));
    let server = server.unwrap().lines().next().unwrap().parse().unwrap();
    kill(Pid::from_raw(server), Signal::SIGKILL).unwrap();
    while std::path::Path::new(&format!("/proc/{server}")).exists() {}
    says(&host.refused(&["list", "main"]), &["does not run", "muster restore open main 1"]);
    host.done(&["open", "main", "1"]);
    assert_eq!(host.sql_at(&copy, "postgres", ROWS), "1000");
    let working = begin_of(host.restore(&["open", "main", "1"]), "… replay");
    end(working, Signal::SIGKILL);
    host.done(&["open", "main", "1"]);
    assert_eq!(host.sql_at(&copy, "postgres", ROWS), "1000", "an opened one is opened anew");
}

#[test]
fn a_copy_for_which_there_is_no_room_is_not_begun() {
    let host = scene();
    let file = host.path("conf/agent.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"20 MB\"", "\"900 TB\"")).unwrap();

    says(&host.refused(&["beside", "main"]), &["would leave less than 900 TB free"]);
    assert_eq!(left(&host), 0);
}

#[test]
fn what_a_transaction_had_locked_at_that_moment_is_said() {
    let host = scene();
    host.sql("postgres", "create table other (x int)");
    let mut locks = host.command(&host.program("psql"));
    locks
        .args(["-XqAt", "-U", "owner", "-p", "5432", "-d", "postgres", "-h"])
        .arg(host.path("socket"));
    let mut locks = locks.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut typed = locks.stdin.take().unwrap();
    typed.write_all(b"begin; truncate small;\n").unwrap();
    let locked = "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted";
    while host.sql("postgres", locked) == "0" {}
    host.sql("postgres", "insert into other values (1)");
    let at = host.sql("postgres", "select clock_timestamp()");
    typed.write_all(b"commit;\n").unwrap();
    drop(typed);
    locks.wait().unwrap();

    let said = host.done(&["beside", "main", "--time", &at]);
    says(&said, &["locked by transactions that were going on at that moment"]);
    let compared = host.done(&["compare", "main", "1"]);
    let small = compared.lines().find(|line| line.contains("small")).unwrap();
    assert!(small.contains("unknown"), "{compared}");
}

#[test]
fn tablespaces_are_restored_into_the_copy() {
    let host = scene();
    let folder = host.folder("elsewhere");
    host.sql("postgres", &format!("create tablespace elsewhere location '{}'", folder.display()));
    host.sql("postgres", "create table far tablespace elsewhere as select 7 as x");
    host.good(&["backup", "main"]);
    let bad = host.in_one_transaction("delete from far");

    says(&host.done(&["find", "main", "--table", "far"]), &[&bad, "1 row deleted"]);
    let said = host.done(&["beside", "main", "--before", &bad]);
    assert_eq!(host.sql_at(&socket(&said), "postgres", "select x from far"), "7");
    assert_eq!(host.sql("postgres", "select count(*) from far"), "0");
}
