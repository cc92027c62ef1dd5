//! Restores beside the cluster that lives, by hand on its host and without Muster: to any moment, read-only, kept until
//! somebody removes them. The cluster that lives is only read.

mod beside;
mod compare;
mod copies;
mod find;
mod later;
mod locate;
mod log;
mod record;

pub use self::beside::{Made, beside};
pub use self::compare::compare;
pub use self::copies::{
    Copy, Standing, State, all, find_copy, of_copy, remove, seen, standing, sweep,
};
pub use self::find::{TableName, suspects};
pub use self::later::later;

/// Why nothing was brought back.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Before all that there is.
    #[error(
        "{wanted} lies before the oldest recovery point that opens, which ended at {oldest}; \
         muster restore points {name} lists them"
    )]
    TooEarly {
        /// The database.
        name: String,
        /// What was asked for.
        wanted: String,
        /// When the oldest point ended.
        oldest: String,
    },
    /// Behind all that there is.
    #[error(
        "{wanted} lies behind the end of the log, {end}; bring back all that there is: \
         muster restore beside {name}"
    )]
    TooLate {
        /// The database.
        name: String,
        /// What was asked for.
        wanted: String,
        /// The last record's position.
        end: String,
    },
    /// It stands nowhere in the log.
    #[error("nothing in the log since {oldest} is {wanted}{}", hint(.wanted))]
    NotThere {
        /// What was asked for.
        wanted: String,
        /// Since when the log was looked through.
        oldest: String,
    },
    /// A copy can't go back.
    #[error(
        "{wanted} lies before what this copy shows, {shows}, and nothing replays backwards; restore another one: \
         muster restore beside {name}"
    )]
    Earlier {
        /// The database.
        name: String,
        /// What was asked for.
        wanted: String,
        /// Until where it was replayed.
        shows: String,
    },
    /// No copy of that number.
    #[error("“{name}” has no copy {number}; muster restore list says which there are")]
    NoCopy {
        /// The database.
        name: String,
        /// What was asked for.
        number: u32,
    },
    /// The copy was never finished.
    #[error(
        "copy {number} of “{name}” never came so far; remove it: muster restore remove {name} {number}"
    )]
    Unfinished {
        /// The database.
        name: String,
        /// Its number.
        number: u32,
    },
    /// Its backup is gone.
    #[error(
        "the recovery point {label}, of which this copy was made, is not in the repository any more"
    )]
    Gone {
        /// The point.
        label: String,
    },
    /// It did not come where it should.
    #[error("the copy did not stop where it was asked to: {0}")]
    Elsewhere(String),
    /// No table of that name.
    #[error(
        "no database of “{name}” has a table {table} now; if it was dropped, look for all that removed files: \
         muster restore find {name}"
    )]
    NoTable {
        /// The cluster.
        name: String,
        /// What was asked for.
        table: String,
    },
    /// Several tables of that name.
    #[error("{} have a table {table}; say which is meant by --in", .databases.join(" and "))]
    Several {
        /// The table.
        table: String,
        /// Where there is one.
        databases: Vec<String>,
    },
    /// The database does not run, and only it knows.
    #[error(
        "“{name}” does not answer, and only it knows where a table lies; look for all that removed files: \
         muster restore find {name}"
    )]
    Asleep {
        /// The cluster.
        name: String,
    },
}

fn hint(wanted: &str) -> &'static str {
    match wanted.starts_with("before transaction") {
        true => "; one that was rolled back, or goes on, changed nothing",
        false => "",
    }
}
