//! `muster plan`: checks, brings in and writes out the plan's text form.

use std::io::{self, Read as _, Write};
use std::path::Path;

use time::OffsetDateTime;

use crate::actions::{self, ActionError, ActionResult};
use crate::db::Db;

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The text could not be read or written.
    #[error("{0}: {1}")]
    File(String, #[source] io::Error),
    /// The words for the person could not be printed.
    #[error("the outcome could not be printed")]
    Print(#[from] io::Error),
    /// The deed was not done.
    #[error(transparent)]
    Action(#[from] ActionError),
}

/// Prints every finding of a text as `FILE:line:col: …`; true when none of them is an error.
///
/// # Errors
/// When the text can't be read.
pub fn check(file: &Path, out: &mut (impl Write + Send)) -> Result<bool, PlanError> {
    judge(file, &read(file)?, out)
}

/// Prints what a text changes, and then makes a revision of just that; true when it now holds.
///
/// # Errors
/// When the text can't be read, or the deed was not done.
pub async fn import(
    db: &Db,
    file: &Path,
    now: OffsetDateTime,
    out: &mut (impl Write + Send),
) -> Result<bool, PlanError> {
    let text = read(file)?;
    if !judge(file, &text, out)? {
        return Ok(false);
    }
    let seen = actions::plans::preview(db, &text).await?;
    for change in &seen.changes {
        writeln!(out, "{change}")?;
    }
    let done = actions::plans::import(db, &text, None, Some(seen.number), now).await?;
    let number = done.number;
    match done.changes.len() {
        0 => writeln!(out, "Nothing changed; revision {number} holds.")?,
        _ => writeln!(out, "Revision {number} is in force. Nobody was taken off the roster.")?,
    }
    Ok(true)
}

/// Writes the plan in force to a file; "-" is `out`.
///
/// # Errors
/// When there is no plan, or it can't be written.
pub async fn export(db: &Db, file: &Path, out: &mut (impl Write + Send)) -> Result<(), PlanError> {
    let exported: ActionResult<String> =
        db.transaction(actions::DEADLINE, async |conn| actions::plans::export(conn).await).await;
    let text = exported?;
    if file == Path::new("-") {
        return Ok(out.write_all(text.as_bytes())?);
    }
    std::fs::write(file, text).map_err(|error| PlanError::File(file.display().to_string(), error))
}

fn judge(file: &Path, text: &str, out: &mut impl Write) -> Result<bool, PlanError> {
    let findings = actions::plans::check(text);
    for finding in &findings {
        writeln!(out, "{}:{finding}", file.display())?;
    }
    Ok(!actions::plans::has_errors(&findings))
}

fn read(file: &Path) -> Result<String, PlanError> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    text.map_err(|error| PlanError::File(file.display().to_string(), error))
}
