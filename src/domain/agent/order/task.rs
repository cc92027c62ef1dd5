//! What an order is for: something that an agent also does by itself, or something about a copy beside.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::super::schedule::Deed;
use crate::domain::id::OrderId;
use crate::domain::recovery::Wanted;

/// Either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Task {
    /// It may be done again, as another order.
    Routine(Routine),
    /// It is done for an incident.
    Restore(Restore),
}

/// What may be done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Routine {
    /// Copy what changed.
    Backup,
    /// Copy everything.
    FullBackup,
    /// Restore the newest recovery point, and read all of it.
    Prove,
    /// Make a logical dump.
    Dump,
    /// Have Postgres archive to the repository from now on.
    Lead,
}

/// What is done about copies beside the cluster that lives, which is only read. Where a target lies in the log is looked
/// up on the host: nobody else can read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restore {
    /// Look through the log for the transaction that did the harm.
    Find {
        /// All that changed or removed rows of this table; without one all that dropped, emptied or rewrote any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table: Option<String>,
        /// In which database of the cluster that is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
        /// Since when; six hours where nothing is said.
        #[serde(default, with = "time::serde::rfc3339::option")]
        since: Option<OffsetDateTime>,
    },
    /// Restore a copy, and leave it paused, read-only.
    Beside {
        /// Until where.
        wanted: Wanted,
    },
    /// Replay more of the log into a copy.
    Later {
        /// Its number.
        copy: u32,
        /// Until where.
        wanted: Wanted,
    },
    /// Start a copy's server again where it was.
    Open {
        /// Its number.
        copy: u32,
    },
    /// Count the rows of every table in a copy and in what lives.
    Compare {
        /// Its number.
        copy: u32,
    },
    /// Stop a copy, and remove it.
    Remove {
        /// Its number.
        copy: u32,
    },
    /// End what another order began, and leave nothing of it.
    Stop {
        /// That order.
        order: OrderId,
    },
}

/// A name that means none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no word of an order")]
pub struct NotOne(pub(super) String);

impl Task {
    /// The names of all that there are, as the database has them.
    pub const NAMES: [&'static str; 12] = [
        Routine::Backup.name(),
        Routine::FullBackup.name(),
        Routine::Prove.name(),
        Routine::Dump.name(),
        Routine::Lead.name(),
        "find",
        "beside",
        "later",
        "open",
        "compare",
        "remove",
        "stop",
    ];

    /// Its name in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Task::Routine(routine) => routine.name(),
            Task::Restore(restore) => restore.name(),
        }
    }

    /// What it is called on pages.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Task::Routine(routine) => routine.words().to_owned(),
            Task::Restore(restore) => restore.words(),
        }
    }

    /// Whether it may be ended while it is done: what is half removed is of no use to anybody.
    #[must_use]
    pub const fn can_be_stopped(&self) -> bool {
        !matches!(
            self,
            Task::Routine(_) | Task::Restore(Restore::Remove { .. } | Restore::Stop { .. })
        )
    }

    /// What of it is kept beside its name.
    #[must_use]
    pub const fn restore(&self) -> Option<&Restore> {
        match self {
            Task::Restore(restore) => Some(restore),
            Task::Routine(_) => None,
        }
    }
}

impl From<Routine> for Task {
    fn from(routine: Routine) -> Task {
        Task::Routine(routine)
    }
}

impl From<Restore> for Task {
    fn from(restore: Restore) -> Task {
        Task::Restore(restore)
    }
}

impl Routine {
    const ALL: [Routine; 5] =
        [Routine::Backup, Routine::FullBackup, Routine::Prove, Routine::Dump, Routine::Lead];

    /// Its name in the database and in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Routine::Backup => "backup",
            Routine::FullBackup => "full-backup",
            Routine::Prove => "prove",
            Routine::Dump => "dump",
            Routine::Lead => "lead",
        }
    }

    /// What it is called on pages.
    #[must_use]
    pub fn words(self) -> &'static str {
        self.deed().map_or("change of the repository that Postgres archives to", Deed::name)
    }

    /// What the agent does for it, where that is something it also does by itself.
    #[must_use]
    pub const fn deed(self) -> Option<Deed> {
        match self {
            Routine::Backup => Some(Deed::Incremental),
            Routine::FullBackup => Some(Deed::Full),
            Routine::Prove => Some(Deed::Proof),
            Routine::Dump => Some(Deed::Dump),
            Routine::Lead => None,
        }
    }
}

impl Restore {
    const fn name(&self) -> &'static str {
        match self {
            Restore::Find { .. } => "find",
            Restore::Beside { .. } => "beside",
            Restore::Later { .. } => "later",
            Restore::Open { .. } => "open",
            Restore::Compare { .. } => "compare",
            Restore::Remove { .. } => "remove",
            Restore::Stop { .. } => "stop",
        }
    }

    /// What it is called on pages and on timelines: it stands behind “asked for a”.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Restore::Find { table: Some(table), .. } => {
                format!("search of the log for what changed rows of {table}")
            }
            Restore::Find { .. } => "search of the log for what removed tables".to_owned(),
            Restore::Beside { wanted } => format!("restore beside the live one, to {wanted}"),
            Restore::Later { copy, wanted } => format!("replay of copy {copy}, to {wanted}"),
            Restore::Open { copy } => format!("start of copy {copy}"),
            Restore::Compare { copy } => format!("comparison of copy {copy} with the live one"),
            Restore::Remove { copy } => format!("removal of copy {copy}"),
            Restore::Stop { .. } => "stop of a restore".to_owned(),
        }
    }
}

impl FromStr for Routine {
    type Err = NotOne;

    fn from_str(name: &str) -> Result<Routine, NotOne> {
        Routine::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| NotOne(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restores() -> [Restore; 7] {
        let (wanted, order) = (Wanted::Latest, OrderId(uuid::Uuid::nil()));
        [
            Restore::Find { table: None, within: None, since: None },
            Restore::Beside { wanted: wanted.clone() },
            Restore::Later { copy: 1, wanted },
            Restore::Open { copy: 1 },
            Restore::Compare { copy: 1 },
            Restore::Remove { copy: 1 },
            Restore::Stop { order },
        ]
    }

    #[test]
    fn every_task_has_a_name_of_its_own_and_is_read_back() {
        let routines = Routine::ALL.into_iter().map(Task::Routine);
        let all: Vec<Task> = routines.chain(restores().map(Task::Restore)).collect();
        let names: Vec<_> = all.iter().map(Task::name).collect();
        assert_eq!(names, Task::NAMES);
        for task in all {
            let text = serde_json::to_string(&task).unwrap();
            assert_eq!(serde_json::from_str::<Task>(&text).unwrap(), task, "{text}");
        }
        assert_eq!(serde_json::to_string(&Task::from(Routine::Backup)).unwrap(), "\"backup\"");
        assert!("restore".parse::<Routine>().is_err());
    }
}
