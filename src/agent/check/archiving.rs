//! Whether the cluster hands its write-ahead log on, and what to set so that it does.

use super::super::{Protected, backlog};
use super::named;
use crate::domain::agent::archiving::{LONGEST_TIMEOUT, Setting};
use crate::domain::finding::Finding;
use crate::recovery::Live;

/// What is set, against what must be.
pub(in crate::agent) fn settings(protected: &Protected<'_>, live: &Live) -> Vec<Finding> {
    let check = || named(protected.name(), "archiving");
    let mut found = Vec::new();
    if live.wal_level == "minimal" {
        let mend = "as its superuser run: alter system set wal_level = replica; -- then restart Postgres, when it suits";
        found.push(Finding::bad(
            check(),
            "wal_level is minimal, which no restore can follow",
            mend,
        ));
    }
    if live.archive_mode == "off" {
        found.push(off(protected, live)); // until it is on, the server does not say how the rest is set
        return found;
    }
    if !protected.is_archived_by(&live.archive_command) {
        let mend = format!("as its superuser run:\n{}", statements(protected, &[Setting::Command]));
        let words = format!("archive_command is {}", shown(&live.archive_command));
        found.push(Finding::bad(check(), words, mend));
    }
    if !(1..=LONGEST_TIMEOUT).contains(&live.archive_timeout) {
        let words = match live.archive_timeout {
            0 => "archive_timeout is off: commits of a quiet database stay unarchived for ever"
                .to_owned(),
            s => format!("archive_timeout is {s} s: up to so much would be lost"),
        };
        let mend = format!("as its superuser run:\n{}", statements(protected, &[Setting::Timeout]));
        found.push(Finding::warn(check(), words, mend));
    }
    found
}

fn off(protected: &Protected<'_>, live: &Live) -> Finding {
    let check = named(protected.name(), "archiving");
    if live.archive_mode_waits {
        let words = "archive_mode is set, and Postgres runs without it until its next start: nothing is archived";
        return Finding::bad(
            check,
            words,
            "restart Postgres, when it suits, which Muster never takes",
        );
    }
    let mend = format!(
        "as its superuser run:\n{}\n     then restart Postgres, when it suits: archive_mode counts only from a \
         restart, which Muster never takes",
        statements(protected, &Setting::UNSEEN)
    );
    Finding::bad(check, "archive_mode is off: nothing is archived", mend)
}

/// How it goes.
pub(super) fn working(protected: &Protected<'_>, live: &Live) -> Option<Finding> {
    let check = named(protected.name(), "archiving");
    if live.archive_mode == "off" {
        return None;
    }
    if let Some(finding) = failing(protected, live) {
        return Some(finding);
    }
    Some(match &live.archiver.last {
        Some(last) => Finding::ok(check, format!("it works; {last} was the last file")),
        None => {
            let mend = format!("run: muster agent backup {}", protected.name());
            Finding::warn(check, "nothing was archived yet", mend)
        }
    })
}

/// That the last try failed, if it did.
pub(in crate::agent) fn failing(protected: &Protected<'_>, live: &Live) -> Option<Finding> {
    let waiting = backlog::marked(protected, ".ready").len();
    if !live.archiver.is_failing() || waiting == 0 {
        return None; // where nothing waits, the last try has been made good
    }
    let words = format!(
        "archive_command fails, at {} just now; {waiting} files wait in pg_wal, which grows until it works",
        live.archiver.failed.as_deref().unwrap_or("a file")
    );
    let mend = if protected.repository.has_key() {
        let most = "look into Postgres' log for what pgBackRest said; most often the repository is full, away, or \
                    closed to this user";
        match protected.host.protected(protected.name()).ok().and_then(|lead| lead.way_out()) {
            Some(way_out) => format!("{most}. To archive to another one meanwhile: {way_out}"),
            None => most.to_owned(),
        }
    } else {
        format!("run: muster agent backup {}, which makes the repository", protected.name())
    };
    Some(Finding::bad(named(protected.name(), "archiving"), words, mend))
}

fn statements(protected: &Protected<'_>, settings: &[Setting]) -> String {
    let command = protected.archive_command();
    let set = settings.iter().map(|setting| setting.statement(&command));
    let lines = set.chain(["select pg_reload_conf();".to_owned()]);
    lines.map(|line| format!("       {line}")).collect::<Vec<_>>().join("\n")
}

fn shown(command: &str) -> String {
    match command {
        "" | "(disabled)" => "not set".to_owned(),
        command => format!("“{command}”, which this agent.toml does not mean"),
    }
}
