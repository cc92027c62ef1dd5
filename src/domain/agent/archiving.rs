//! How a cluster hands its write-ahead log on, and what is to be set so that it does.

use serde::{Deserialize, Serialize};

use crate::domain::shell::quoted;

/// Commits are at risk until their segment is archived; so many seconds, at most, it may take.
pub const LONGEST_TIMEOUT: i64 = 60;

/// How a cluster is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archiving {
    /// `off`, `on` or `always`.
    pub mode: String,
    /// What it runs for each segment.
    pub command: String,
    /// Seconds after which it begins a new segment though the last isn't full; 0 for never.
    pub timeout: i64,
    /// `minimal`, `replica` or `logical`.
    pub wal_level: String,
}

/// One of its settings that must change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// How much the log holds.
    WalLevel,
    /// Whether it is handed on at all.
    Mode,
    /// By what.
    Command,
    /// How often at least.
    Timeout,
}

impl Setting {
    /// All that is to be set where nobody knows how it is.
    pub const UNSEEN: [Setting; 3] = [Setting::Mode, Setting::Command, Setting::Timeout];

    /// Whether it counts only from the next start of the server.
    #[must_use]
    pub const fn wants_restart(self) -> bool {
        matches!(self, Setting::WalLevel | Setting::Mode)
    }

    /// The statement that sets it.
    #[must_use]
    pub fn statement(self, command: &str) -> String {
        match self {
            Setting::WalLevel => "alter system set wal_level = replica;".to_owned(),
            Setting::Mode => "alter system set archive_mode = on;".to_owned(),
            Setting::Command => {
                let command = command.replace('\'', "''");
                format!("alter system set archive_command = '{command}';")
            }
            Setting::Timeout => format!("alter system set archive_timeout = '{LONGEST_TIMEOUT}s';"),
        }
    }
}

impl Archiving {
    /// What is to be set so that every segment goes by this command.
    #[must_use]
    pub fn lacks(&self, command: &str) -> Vec<Setting> {
        let wanted = [
            (Setting::WalLevel, self.wal_level == "minimal"),
            (Setting::Mode, self.mode == "off"),
            (Setting::Command, !is_command(&self.command, command)),
            (Setting::Timeout, !(1..=LONGEST_TIMEOUT).contains(&self.timeout)),
        ];
        wanted.into_iter().filter_map(|(setting, lacks)| lacks.then_some(setting)).collect()
    }
}

/// What Postgres is to run for each segment: the engine, by these settings of the agent's.
#[must_use]
pub fn command(config: &str, stanza: &str) -> String {
    format!("pgbackrest --config={} --stanza={stanza} archive-push %p", word(config))
}

/// Whether a command is the wanted one; the program may be named with its folder.
#[must_use]
pub fn is_command(found: &str, wanted: &str) -> bool {
    let (Some((program, arguments)), Some((name, rest))) =
        (found.trim().split_once(' '), wanted.split_once(' '))
    else {
        return false;
    };
    program.rsplit('/').next() == Some(name) && arguments.trim() == rest
}

/// One word for the shell that Postgres starts, in which `%` begins a placeholder.
#[must_use]
pub fn word(text: &str) -> String {
    let text = text.replace('%', "%%");
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if text.chars().all(plain) { text } else { quoted(&text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(mode: &str, command: &str, timeout: i64) -> Archiving {
        let (mode, command) = (mode.to_owned(), command.to_owned());
        Archiving { mode, command, timeout, wal_level: "replica".to_owned() }
    }

    #[test]
    fn only_what_is_not_set_already_is_asked_for() {
        let wanted = command("/state/x.conf", "main");

        let rights = set("on", &format!("/usr/bin/{wanted}"), 30);
        assert_eq!(rights.lacks(&wanted), []);
        assert_eq!(set("off", "", 0).lacks(&wanted), Setting::UNSEEN);
        assert_eq!(set("always", "/bin/true", 60).lacks(&wanted), [Setting::Command]);
        let minimal = Archiving { wal_level: "minimal".to_owned(), ..rights };
        assert_eq!(minimal.lacks(&wanted), [Setting::WalLevel]);
    }

    #[test]
    fn a_folder_with_a_quote_stays_one_word_and_one_string() {
        let plain = "pgbackrest --config=/var/lib/a/x.conf --stanza=main archive-push %p";
        assert_eq!(command("/var/lib/a/x.conf", "main"), plain);

        let command = command("/it's 5%/x.conf", "main");

        assert_eq!(
            command,
            r"pgbackrest --config='/it'\''s 5%%/x.conf' --stanza=main archive-push %p"
        );
        assert_eq!(
            Setting::Command.statement(&command),
            r"alter system set archive_command = 'pgbackrest --config=''/it''\''''s 5%%/x.conf'' --stanza=main archive-push %p';"
        );
    }
}
