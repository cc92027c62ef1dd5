//! Logical dumps of a real cluster: what is put in comes back, row by row, and what is not as it was is found.

use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::kills::{begin, end, wait_for_one};

use crate::support::host::Host;

/// A name that a client would take for an address, and one that a shell would take for more.
const ODD: &str = "host=nowhere it's \"über\" $(x)";

/// How a client must be told of it.
const ODD_ADDRESS: &str = "dbname='host=nowhere it\\'s \"über\" $(x)'";

/// What its tables' owner wrote: to be evaluated by nobody who could run a program by it.
const OWNED: &str = r#"
    create role "Otto's ""role""";
    create role reader login password 'geheim';
    create schema "S p" authorization "Otto's ""role""";
    create extension hstore;
    set role "Otto's ""role""";
    create function "S p".is_super(x int) returns bool immutable language plpgsql as
        $f$ begin if (select rolsuper from pg_roles where rolname = session_user)
            and session_user <> 'owner' then raise exception 'run as a superuser'; end if; return true; end $f$;
    create domain "S p".d as int check ("S p".is_super(value));
    create table "S p"."t'a""b;le" (id int primary key, v "S p".d check ("S p".is_super(v)),
                                    list "S p".d[] default '{1}');
    insert into "S p"."t'a""b;le" select g, g from generate_series(1, 500) g;
    create index on "S p"."t'a""b;le" (("S p".is_super(v)));
    create table "S p".child (id int references "S p"."t'a""b;le");
    insert into "S p".child select g from generate_series(1, 30) g;
    create materialized view "S p".seen as select count(*) from "S p".child;
    alter table "S p".child enable row level security;
    grant select on "S p".child to reader;
    reset role;
    create table public.h (x hstore);
    insert into public.h values ('a=>1'), ('b=>2');
    create function public.forbidden() returns event_trigger language plpgsql as $$ begin end $$;
    create event trigger e on ddl_command_start execute function public.forbidden();
    alter event trigger e disable;
    comment on table public.h is 'hallo
welt';
    select lo_from_bytea(0, 'large');
"#;

fn dumped(host: &Host) -> Vec<PathBuf> {
    let mut packs = Vec::new();
    for folder in std::fs::read_dir(host.path("repo/dumps/data")).unwrap() {
        let files = std::fs::read_dir(folder.unwrap().path()).unwrap();
        packs.extend(files.map(|file| file.unwrap().path()));
    }
    packs
}

fn has(said: &str, expected: &str) {
    assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
}

/// No file below the agent's folder holds this, in the clear.
fn nowhere(folder: &Path, word: &str) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            nowhere(&path, word);
        } else {
            let bytes = std::fs::read(&path).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&bytes).contains(word), "{}", path.display());
        }
    }
}

#[test]
fn a_dump_comes_back_row_by_row_and_what_changed_in_it_is_found() {
    let host = Host::with("--data-checksums");
    host.start();
    host.sql("postgres", &format!("create database \"{}\"", ODD.replace('"', "\"\"")));
    host.sql(ODD_ADDRESS, OWNED);

    let said = host.good(&["dump", "main"]);
    has(&said, "dumping database 1 of 3");
    has(&said, "logical dump 20");
    let said = host.good(&["prove", "main", "--dump"]);
    for expected in [
        "Verified: 20",
        "532 rows of 3 tables",
        "ok    extensions of database \"postgres\"",
        "hstore 1.8",
        "3 of 3 tables",
        "ok    files of settings: 4 of 4",
    ] {
        has(&said, expected);
    }
    let evidence: Value = host.evidence().remove(0);
    assert_eq!((&evidence["holds"], &evidence["subject"]), (&true.into(), &"dump".into()));
    assert_eq!(host.left_of_restores(), Vec::<String>::new());
    assert_eq!(host.processes(&host.state("scratch"), ""), Vec::<i32>::new());
    nowhere(host.state("").as_path(), "SCRAM-SHA-256$");
    nowhere(host.path("repo").as_path(), "SCRAM-SHA-256$");
    has(&host.run(&["points", "main"]).text, "logical dump");

    let key = host.state("repositories/disk/key");
    let right = std::fs::read(&key).unwrap();
    std::fs::write(&key, "another\n").unwrap();
    let said = host.bad(&["dump", "main"]);
    has(&said, "it was written with another key");
    assert!(!said.contains("another\n"), "no key is ever shown");
    std::fs::write(&key, right).unwrap();

    let packs = dumped(&host);
    let largest = packs.into_iter().max_by_key(|pack| pack.metadata().unwrap().len()).unwrap();
    let mut bytes = std::fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::set_permissions(&largest, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    std::fs::write(&largest, bytes).unwrap();
    let said = host.bad(&["prove", "main", "--dump"]);
    has(&said, "does NOT hold");
    assert_eq!(host.evidence()[1]["holds"], false);
    assert_eq!(host.left_of_restores(), Vec::<String>::new());
}

#[test]
fn a_dump_killed_in_its_midst_is_none_and_leaves_nothing_at_work() {
    let host = Host::with("--no-sync");
    host.start();
    host.sql(
        "postgres",
        "create table t as select g, repeat(md5(g::text), 99) from generate_series(1, 9000) g",
    );

    let begun = begin(&host, &["dump", "main"], "… dumping database 2 of 2");
    let engine = wait_for_one(|| host.processes(&host.path("repo"), "--stdin-filename"));
    kill(Pid::from_raw(engine), Signal::SIGSTOP).unwrap(); // it must not end by itself
    end(begun, Signal::SIGKILL);
    let said = host.bad(&["prove", "main", "--dump"]);
    has(&said, "has no dump");
    host.good(&["dump", "main"]);

    assert_eq!(host.processes(&host.path("repo"), "restic"), Vec::<i32>::new());
    assert_eq!(host.processes(&host.path("socket"), "pg_dump"), Vec::<i32>::new());
    let desks = std::fs::read_dir(host.state("databases/main/desk")).unwrap().count();
    assert_eq!(desks, 0);
    let settings = host.path("conf/agent.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("{text}keep_days = 1\nkeep_fulls = 1\n")).unwrap();
    assert_eq!(host.run(&["points", "main"]).text.matches("logical dump").count(), 1);
    let said = host.good(&["expire", "main"]);
    assert_eq!(said.matches("gone      20").count(), 1, "what was never finished goes: {said}");
    host.good(&["prove", "main", "--dump"]);
    let moved = host.path("repo/elsewhere");
    std::fs::rename(host.path("repo/dumps"), moved).unwrap();
    has(&host.bad(&["dump", "main"]), "and holds none now; see whether its disk or share is there");
}
