//! `muster verify`: says of every timeline whether it is as it was written.

use std::io::{self, Write};
use std::path::Path;

use crate::actions::verify::every_stream;
use crate::actions::{ActionError, ActionResult};
use crate::db::Db;
use crate::domain::timeline::{SeenHeads, verify_export};
use crate::secrets::KeyRing;

/// Verifies every stream of the database and prints each one's outcome; true when all are whole.
///
/// # Errors
/// When the database does not answer, or the heads file is damaged.
pub async fn database(
    db: &Db,
    ring: &KeyRing,
    heads: &Path,
    out: &mut (impl Write + Send),
) -> ActionResult<bool> {
    let outcomes = every_stream(db, ring, heads).await?;
    for outcome in &outcomes {
        writeln!(out, "{outcome}").map_err(ActionError::refused)?;
    }
    Ok(outcomes.iter().all(|outcome| outcome.is_whole()))
}

/// Verifies an exported timeline and prints the outcome; true when it is whole.
///
/// # Errors
/// When it can't be read or the outcome can't be printed.
pub fn exported(file: &Path, out: &mut impl Write) -> io::Result<bool> {
    let text = match file == Path::new("-") {
        true => io::read_to_string(io::stdin())?,
        false => std::fs::read_to_string(file)?,
    };
    match verify_export(&text, &SeenHeads::new()) {
        Ok(checked) => writeln!(out, "{checked}").map(|()| true),
        Err(fault) => writeln!(out, "{fault}").map(|()| false),
    }
}
