//! `kill -9` of the command in the midst of its work: the next run is clean, nothing is left, and
//! nothing says verified.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::host::Host;

const HARMLESS: &str = "
    select string_agg(name || '=' || setting, ' ' order by name) from pg_settings
     where name in ('archive_mode', 'listen_addresses', 'max_logical_replication_workers',
                    'primary_conninfo', 'shared_preload_libraries')";
const HARMLESS_SAYS: &str = "archive_mode=off listen_addresses= max_logical_replication_workers=0 \
                             primary_conninfo= shared_preload_libraries=";

#[test]
fn a_command_killed_in_the_midst_of_its_work_leaves_nothing_that_the_next_does_not_clear() {
    let host = Host::archiving();
    host.sql("postgres", "alter system set primary_conninfo = 'host=nowhere.invalid'");
    host.sql("postgres", "alter system set shared_preload_libraries = 'there_is_no_such_library'");
    host.sql(
        "postgres",
        "create table t as select g, repeat(md5(g::text), 99) from generate_series(1, 9000) g",
    );

    let backup = begin(&host, &["backup", "main"], "… copying");
    let engines =
        || host.processes(&host.state("repositories/disk/pgbackrest.conf"), "--no-expire-auto");
    let engine = wait_for_one(engines);
    kill(Pid::from_raw(engine), Signal::SIGSTOP).unwrap(); // it must not end by itself
    end(backup, Signal::SIGKILL);
    assert_eq!(host.points()["points"], serde_json::json!([]), "half a backup is none");
    host.good(&["backup", "main"]);
    assert_eq!(engines(), Vec::<i32>::new(), "the engine that was left is ended");
    assert_eq!(host.points()["points"].as_array().unwrap().len(), 1);

    let proof = begin(&host, &["prove", "main"], "… check heaps");
    let at_work = host.processes(&host.state("scratch"), "");
    assert!(!at_work.is_empty() && at_work.into_iter().all(stands_back), "live comes first");
    proof.signal(Signal::SIGSTOP);
    let socket = host.state("scratch/main/run");
    assert_eq!(
        host.sql_at(&socket, "postgres", HARMLESS),
        HARMLESS_SAYS,
        "whatever the live cluster has"
    );
    assert!(host.bad(&["prove", "main"]).contains("is at it for “main” already"), "one at a time");
    end(proof, Signal::SIGKILL);
    assert_eq!(host.points()["points"][0]["verified"], serde_json::Value::Null);
    assert_ne!(host.left_of_restores(), Vec::<String>::new(), "there is something to clear");

    let proof = begin(&host, &["prove", "main"], "… restore");
    end(proof, Signal::SIGKILL);
    assert_eq!(host.points()["points"][0]["verified"], serde_json::Value::Null);

    let proof = begin(&host, &["prove", "main"], "… open");
    end(proof, Signal::SIGTERM);
    assert_eq!(
        host.processes(&host.state("scratch"), ""),
        Vec::<i32>::new(),
        "whoever is told to stop clears up"
    );
    assert_eq!(host.left_of_restores(), Vec::<String>::new());
    assert_eq!(host.points()["points"][0]["verified"], serde_json::Value::Null);

    host.good(&["prove", "main"]);
    assert_eq!(host.processes(&host.state("scratch"), ""), Vec::<i32>::new());
    assert_eq!(host.left_of_restores(), Vec::<String>::new());
    assert_eq!(host.points()["points"][0]["verified"], true);
}

/// Whether a process comes after the others at the processor; one that has just ended does.
fn stands_back(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let nice = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(16));
    nice.is_none_or(|nice| nice.parse::<i32>().unwrap() >= 10)
}

/// A command at work, whose words are still listened to.
pub(super) struct Begun {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

/// Starts the command, and waits until it says that it begins a step.
pub(super) fn begin(host: &Host, args: &[&str], step: &str) -> Begun {
    begin_of(host.agent(args), step)
}

/// The same of any command.
pub(super) fn begin_of(mut command: Command, step: &str) -> Begun {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let found = said.by_ref().map(Result::unwrap).any(|line| line.starts_with(step));
    assert!(found, "{command:?} ended before {step:?}");
    Begun { child, said }
}

impl Begun {
    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
    }
}

pub(super) fn end(mut begun: Begun, signal: Signal) {
    begun.signal(signal);
    begun.said.by_ref().for_each(drop);
    begun.child.wait().unwrap();
}

pub(super) fn wait_for_one(mut processes: impl FnMut() -> Vec<i32>) -> i32 {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        if let Some(first) = processes().first() {
            return *first;
        }
        assert!(std::time::Instant::now() < deadline, "no engine came to work");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
