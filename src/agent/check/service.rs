//! How Muster may start and stop a cluster, and whether that leads anywhere.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::super::Host;
use super::super::program::unfit;
use super::super::settings::{Database, Service};
use super::named;
use crate::domain::finding::Finding;
use crate::recovery::find_program;

/// How long the service manager may take to say whether it knows a unit.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn check(host: &Host, database: &Database) -> Finding {
    let check = named(&database.name, "service");
    match database.service() {
        None => {
            Finding::ok(check, "Muster may neither start nor stop it: agent.toml names no unit")
        }
        Some(Service::Unit(unit)) if unknown(host, unit).await => {
            let mend = "put its name into agent.toml, as systemctl list-units 'postgres*' has it";
            Finding::bad(check, format!("the service manager knows no {unit}"), mend)
        }
        Some(Service::Unit(unit)) => {
            let words = format!("Muster may start and stop {unit}, where polkit's rule lets it");
            Finding::ok(check, words)
        }
        Some(Service::Commands { start, stop }) => by_commands(check, start, stop),
    }
}

/// Whether the service manager itself says so; where none runs, nothing is known.
async fn unknown(host: &Host, unit: &str) -> bool {
    let Some(program) = find_program(&host.search, "systemctl") else { return false };
    let mut command = Command::new(program);
    command.args(["show", "--property=LoadState", "--value", "--", unit]);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let Ok(Ok(said)) = timeout(PATIENCE, command.output()).await else { return false };
    said.status.success() && said.stdout.trim_ascii() == b"not-found"
}

fn by_commands(check: String, start: &[String], stop: &[String]) -> Finding {
    for program in [start, stop].into_iter().filter_map(|command| command.first()) {
        if let Some((why, mend)) = unfit(Path::new(program)) {
            return Finding::bad(check, format!("{program} {why}"), mend);
        }
    }
    let words =
        format!("Muster may start it by {}, and stop it by {}", start.join(" "), stop.join(" "));
    Finding::ok(check, words)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_command_is_named_unless_it_is_not_to_be_run() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("up");
        let said = || {
            let words = [program.display().to_string(), "main".to_owned()];
            by_commands("main: service".to_owned(), &words, &words).words
        };
        assert!(said().contains("is not there"), "{}", said());
        std::fs::write(&program, "").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(said().contains("up main, and stop it by "), "{}", said());
    }
}
