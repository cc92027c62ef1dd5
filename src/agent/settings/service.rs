//! How Muster may start and stop a cluster that lives, if its host's owner lets it at all.

use super::judge::note;
use super::{Database, command};
use crate::domain::agent::rules;
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

/// Programs that would start the server as a child of the agent, inside its sandbox.
const STARTERS: [&str; 4] = ["pg_ctl", "pg_ctlcluster", "postgres", "postmaster"];

/// How a cluster is started and stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service<'a> {
    /// Through the service manager.
    Unit(&'a str),
    /// By commands of the host's owner: a program and its arguments each.
    Commands {
        /// Starts it.
        start: &'a [String],
        /// Stops it.
        stop: &'a [String],
    },
}

impl Database {
    /// How Muster may start and stop it; not at all where its owner does not say how.
    #[must_use]
    pub fn service(&self) -> Option<Service<'_>> {
        match (&self.unit, &self.start, &self.stop) {
            (Some(unit), ..) => Some(Service::Unit(unit)),
            (None, Some(start), Some(stop)) => Some(Service::Commands { start, stop }),
            _ => None,
        }
    }
}

pub(super) fn judge(database: &Database, place: &Place, report: &mut Report) {
    if let Some(unit) = &database.unit {
        note(rules::unit(unit), place.at("unit"), report);
    }
    let commands = [("start", &database.start, "stop"), ("stop", &database.stop, "start")];
    let both = database.start.is_some() == database.stop.is_some();
    for (key, command, other) in commands {
        let Some(command) = command else { continue };
        if database.unit.is_some() {
            let says = "write unit, or start and stop: both would say two things";
            report.error(place.at(key), says);
        } else if !both {
            report
                .error(place.at(key), format!("write {other} beside it: one goes with the other"));
        }
        judge_command(command, &place.at(key), report);
    }
}

fn judge_command(command: &[String], place: &Place, report: &mut Report) {
    command::judge(command, "/usr/local/bin/start-main", place, report);
    let name = command.first().map_or("", |program| command::name(program));
    let says = if STARTERS.contains(&name) {
        "this would run the server inside the agent's own sandbox; name what keeps it running, best \
         as unit = \"….service\""
    } else if name == "systemctl" || name == "service" {
        "write unit = \"….service\" in place of start and stop; muster agent install then prints the \
         rule that allows it"
    } else {
        return;
    };
    report.error(place.at(0), says);
}
