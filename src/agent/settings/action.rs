//! What Muster may have run by its name: a program of the host's owner, with arguments that stand here alone.

use std::path::Path;

use serde::Deserialize;

use super::command::judge as judge_command;
use super::judge::note;
use crate::domain::agent::rules;
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;
use crate::domain::roster::is_key;
use crate::domain::span::Span;

/// So long it may take unless its owner says otherwise.
const TIMEOUT: Span = Span::minutes(2);
/// Backups wait meanwhile.
const LONGEST: Span = Span::minutes(30);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// What a plan calls it.
    pub name: String,
    /// A program and its arguments; Muster adds none.
    pub command: Vec<String>,
    /// How long it may take; then it is ended. From 1 s to 30 min.
    #[serde(default = "default_timeout")]
    pub timeout: Span,
    /// What it is for.
    #[serde(default, rename = "use")]
    pub used: Use,
}

/// What an action is for: what is meant for one use is never run for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// It looks at a restored copy, and says by its exit code whether that is good.
    #[default]
    Check,
}

impl Action {
    /// What is run.
    #[must_use]
    pub fn program(&self) -> &Path {
        self.command.first().map_or(Path::new(""), Path::new)
    }

    /// Its arguments.
    #[must_use]
    pub fn args(&self) -> &[String] {
        self.command.get(1..).unwrap_or_default()
    }
}

pub(super) fn judge(action: &Action, place: &Place, report: &mut Report) {
    judge_command(&action.command, "/usr/local/bin/check-shop", &place.at("command"), report);
    let timeout = action.timeout;
    let good = (Span::seconds(1)..=LONGEST).contains(&timeout);
    let says = "an action may take from 1 s to 30 min";
    note(if good { Ok(()) } else { Err(says) }, place.at("timeout"), report);
}

/// Plans name it, so it is called as they call things.
pub(super) fn name(name: &str) -> rules::Judged {
    let says = "an action's name has small letters, digits and dashes, and is no longer than 60";
    if is_key(name) { Ok(()) } else { Err(says) }
}

fn default_timeout() -> Span {
    TIMEOUT
}

#[cfg(test)]
mod tests {
    use super::super::{Settings, parse_text};
    use super::*;

    fn read(lines: &str) -> Result<Settings, String> {
        let text = format!("[[action]]\n{lines}\n");
        parse_text(Path::new("agent.toml"), &text).map_err(|error| error.to_string())
    }

    #[test]
    fn an_action_is_a_program_with_its_arguments_and_a_time() {
        let settings =
            read("name = \"manage-check\"\ncommand = [\"/opt/check\", \"a b; c\"]").unwrap();
        let action = settings.action("manage-check", Use::Check).unwrap();
        assert_eq!((action.timeout, action.command.len()), (TIMEOUT, 2));
        assert_eq!(settings.action("other", Use::Check), None);

        let with = |lines: &str| read(&format!("name = \"a\"\ncommand = [\"/x\"]\n{lines}"));
        assert_eq!(
            with("timeout = \"30 min\"\nuse = \"check\"").unwrap().action[0].timeout,
            LONGEST
        );
        for (lines, expected) in [
            ("timeout = \"31 min\"", "from 1 s to 30 min"),
            ("timeout = \"0 s\"", "from 1 s to 30 min"),
            ("timeout = \"soon\"", "is no span of time"),
            ("use = \"fail-over\"", "“fail-over” is not known here; write one of check"),
            ("shell = true", "the key “shell” is not known"),
        ] {
            let words = with(lines).unwrap_err();
            assert!(words.contains(expected), "{lines}: {expected:?} is not in:\n{words}");
        }
        for (lines, expected) in [
            ("name = \"a\"", "the key “command” is missing"),
            ("name = \"a\"\ncommand = \"/bin/true\"", "action.a.command"),
            ("name = \"a\"\ncommand = []", "name a program and its arguments"),
            ("name = \"a\"\ncommand = [\"true\"]", "the program must be a whole path"),
            ("name = \"a\"\ncommand = [\"/bin/sh\", \"-c\", \"x\"]", "no shell is run"),
            ("name = \"a\"\ncommand = [\"/usr/bin/sudo\", \"x\"]", "no program gain rights"),
            ("name = \"a\"\ncommand = [\"/x\", \"a\\u0000b\"]", "no argument can hold a zero byte"),
            ("name = \"A b\"\ncommand = [\"/x\"]", "an action's name has small letters"),
            (
                "name = \"a\"\ncommand = [\"/x\"]\n[[action]]\nname = \"a\"\ncommand = [\"/y\"]",
                "there is a “a” already",
            ),
        ] {
            let words = read(lines).unwrap_err();
            assert!(words.contains(expected), "{lines}: {expected:?} is not in:\n{words}");
        }
    }
}
