//! `muster verify`: says of every timeline, and of every proof, whether it is as it was written.

use std::io::{self, Write};
use std::path::Path;

use crate::actions::verify::{Proofs, every_proof, every_stream};
use crate::actions::{ActionError, ActionResult};
use crate::db::Db;
use crate::domain::counted::counted;
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
    let proofs = every_proof(db, ring).await?;
    say_of(&proofs, out).map_err(ActionError::refused)?;
    Ok(outcomes.iter().all(|outcome| outcome.is_whole()) && proofs.broken.is_empty())
}

fn say_of(proofs: &Proofs, out: &mut impl Write) -> io::Result<()> {
    let Proofs { whole, unsigned, broken } = proofs;
    for id in broken {
        writeln!(
            out,
            "proof {id}: broken: it is not what an agent signed and this Muster received"
        )?;
    }
    if *whole > 0 {
        writeln!(out, "{} of databases: whole, signed twice", counted(*whole, "proof"))?;
    }
    if *unsigned > 0 {
        writeln!(out, "{} of databases: not signed", counted(*unsigned, "proof"))?;
    }
    Ok(())
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
