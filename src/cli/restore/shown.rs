//! How copies, suspects and differences are worded on a terminal.

use std::io::{self, Write};

use super::super::agent::words::{red, span};
use crate::agent::Protected;
use crate::agent::restore::{Copy, Standing, TableName, standing};
use crate::domain::counted::counted;
use crate::domain::recovery::target::said;
use crate::domain::recovery::{Difference, Suspects};
use crate::recovery::Reached;

/// One copy: what it shows, what it lacks, and how it is read.
pub(super) fn copy(
    protected: &Protected<'_>,
    copy: &Copy,
    reached: &Reached,
    out: &mut impl Write,
) -> io::Result<()> {
    let (name, number) = (protected.name(), copy.number);
    let last = copy.last();
    let (wanted, at) = (&copy.wanted, reached.lsn);
    writeln!(out, "\nCopy {number} of {name} shows all until {wanted}: {last}, replayed to {at}")?;
    if let Some(short) = copy.short_s {
        let words = format!(
            "The log ends {short:.0} s before that: whether anything was committed meanwhile is unknown"
        );
        writeln!(out, "{}", red(&words))?;
    }
    if reached.locked > 0 {
        let words = format!(
            "{} of its tables and indexes are locked by transactions that were going on at that moment: reading those \
             waits. A copy of a moment earlier or later shows them",
            reached.locked
        );
        writeln!(out, "{}", red(&words))?;
    }
    match (copy.beyond.commits, copy.beyond.first, copy.beyond.last) {
        (commits @ 1.., Some(first), Some(last)) => writeln!(
            out,
            "It lacks {} of {} to {} ({})",
            counted(commits, "commit"),
            said(first),
            said(last),
            span(first, last)
        )?,
        _ => writeln!(out, "It lacks no commit that was in the log when it was made")?,
    }
    writeln!(out, "Read it:      {}", copy.read_by(protected))?;
    writeln!(out, "Compare it:   muster restore compare {name} {number}")?;
    writeln!(out, "A bit later:  muster restore later {name} {number} --time …")?;
    writeln!(out, "Remove it:    muster restore remove {name} {number}")
}

/// All copies; false where one is not as it should be.
pub(super) async fn list(
    protected: &Protected<'_>,
    all: &[Copy],
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let name = protected.name();
    if all.is_empty() {
        writeln!(out, "There is no copy of {name}; make one: muster restore beside {name}")?;
    }
    let mut good = true;
    for one in all {
        let number = one.number;
        match standing(protected, one).await {
            Standing::Open(reached) => copy(protected, one, &reached, out)?,
            Standing::AtIt => {
                writeln!(out, "\nCopy {number} of {name} is being made, or moved on")?
            }
            Standing::Asleep => {
                good = false;
                let words = format!("Copy {number} of {name} does not run");
                writeln!(out, "\n{}; start it: muster restore open {name} {number}", red(&words))?;
            }
            Standing::Interrupted => {
                good = false;
                let words = format!("Copy {number} of {name} was never finished");
                writeln!(
                    out,
                    "\n{}; remove it: muster restore remove {name} {number}",
                    red(&words)
                )?;
            }
        }
    }
    Ok(good)
}

/// What was found in the log.
pub(super) fn suspects(
    name: &str,
    table: Option<&TableName>,
    found: &Suspects,
    out: &mut impl Write,
) -> io::Result<()> {
    let since = said(found.since);
    let what = match (table, &found.database) {
        (Some(table), Some(database)) => {
            format!("changed or removed rows of {} in {database}", table.table)
        }
        _ => "dropped, emptied or rewrote a table".to_owned(),
    };
    if found.found.is_empty() {
        return writeln!(out, "No transaction since {since} {what}; look further back by --since");
    }
    let many = counted(found.found.len() as u64, "transaction");
    writeln!(out, "{many} since {since} {what}:\n")?;
    for suspect in &found.found {
        writeln!(
            out,
            "{:>10}  {}  {}",
            suspect.xid.to_string(),
            said(suspect.at),
            suspect.deeds()
        )?;
    }
    writeln!(
        out,
        "\nBring back all that was committed before one: muster restore beside {name} --before {}",
        found.found.last().map(|last| last.xid.to_string()).unwrap_or_default()
    )
}

/// Tables that differ.
pub(super) fn differences(
    differ: &[Difference],
    all: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    if differ.is_empty() {
        let tables = counted(all as u64, "table");
        return writeln!(out, "{tables} compared: each has as many rows in the copy as now");
    }
    writeln!(out, "{:>12} {:>12} {:>12}  table", "now", "in the copy", "difference")?;
    for one in differ {
        let more = one.more().map(|more| format!("{more:+}")).unwrap_or_default();
        let Difference { database, table, live, copy } = one;
        let (live, copy) = (live.words(), copy.words());
        writeln!(out, "{live:>12} {copy:>12} {more:>12}  {table} in {database}")?;
    }
    let same = all - differ.len();
    writeln!(out, "{} have as many rows in both", counted(same as u64, "other table"))
}
