//! How Muster may start and stop a cluster that lives, if its host's owner lets it at all.

use std::path::Path;

use super::Database;
use super::judge::note;
use crate::domain::agent::rules;
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

/// Programs that read their arguments as commands: what runs must stand in `agent.toml` itself.
const SHELLS: [&str; 9] = ["sh", "bash", "dash", "zsh", "ksh", "fish", "busybox", "env", "xargs"];
/// Programs that gain rights, which none can under the agent's unit.
const CLIMBERS: [&str; 6] = ["sudo", "doas", "su", "pkexec", "runuser", "setpriv"];
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
    let Some(program) = command.first() else {
        let says = "name a program and its arguments, such as [\"/usr/local/bin/start-main\"]";
        return report.error(place.clone(), says);
    };
    if command.iter().any(|word| word.contains('\0')) {
        report.error(place.clone(), "no argument can hold a zero byte");
    }
    if !Path::new(program).is_absolute() {
        let says = "the program must be a whole path, beginning with /; no shell looks for it";
        return report.error(place.at(0), says);
    }
    let name = Path::new(program).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let says = if SHELLS.contains(&name) {
        "no shell is run; name the program itself, or a script of yours that root alone may change"
    } else if CLIMBERS.contains(&name) {
        "the agent's unit lets no program gain rights; write unit = \"….service\" instead, and take \
         the rule that muster agent install prints"
    } else if STARTERS.contains(&name) {
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
