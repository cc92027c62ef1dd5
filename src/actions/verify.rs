//! Whether any timeline was changed: every stream against its head row and against signed heads
//! that were noted in a file outside the database.

mod heads;
mod proofs;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use sqlx::PgConnection;

use super::{ActionError, ActionResult};
use crate::db::Db;
use crate::domain::id::StreamId;
use crate::domain::timeline::{Broken, Expected, Head, Verifier, Whole};
use crate::secrets::KeyRing;
use crate::store;
use crate::store::StoreError;

pub use heads::{HeadsError, disagreement, write_heads};
pub use proofs::{Proofs, every_proof};

/// How long reading every timeline may take.
const LONG: Duration = Duration::from_secs(600);
const BATCH: i64 = 500;

/// What became of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which stream.
    pub stream: StreamId,
    /// How it stands.
    pub standing: Standing,
}

/// How a stream stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Every entry follows from the one before, up to every head.
    Whole(Whole),
    /// An entry is wrong, and which.
    Broken(Broken),
    /// A row holds what no release writes.
    Corrupt(String),
    /// A noted head names it, and the database has it no more.
    Gone,
}

impl Outcome {
    /// Whether nothing is wrong with it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self.standing, Standing::Whole(_))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.stream)?;
        match &self.standing {
            Standing::Whole(whole) => {
                write!(f, "whole: {} entries", whole.head.seq)?;
                match whole.erased {
                    0 => Ok(()),
                    erased => write!(f, ", {erased} without their body"),
                }
            }
            Standing::Broken(broken) => write!(f, "broken: {broken}"),
            Standing::Corrupt(what) => write!(f, "broken: {what}"),
            Standing::Gone => f.write_str("broken: entry 1 is missing, and the whole timeline"),
        }
    }
}

/// Verifies every stream, in the order of their ids. A missing heads file says nothing.
///
/// # Errors
/// When the database does not answer, or the heads file is damaged or signed by another ring.
pub async fn every_stream(db: &Db, ring: &KeyRing, heads: &Path) -> ActionResult<Vec<Outcome>> {
    // before the database is read, so that it can't name an entry that comes later
    let mut seen = heads::read(ring, heads).await.map_err(ActionError::refused)?;
    db.transaction(LONG, async |conn| {
        store::snapshot::take(conn).await?;
        let mut outcomes = Vec::new();
        for (stream, head) in store::streams::heads(conn).await? {
            let noted = seen.remove(&stream).unwrap_or_default();
            let expected = Expected { head: Some(head), seen: noted };
            outcomes.push(Outcome { stream, standing: stand(conn, stream, &expected).await? });
        }
        let gone = std::mem::take(&mut seen).into_keys();
        outcomes.extend(gone.map(|stream| Outcome { stream, standing: Standing::Gone }));
        Ok(outcomes)
    })
    .await
}

/// How one stream stands against what is expected of it, within the caller's transaction.
pub(super) async fn stand(
    conn: &mut PgConnection,
    stream: StreamId,
    expected: &Expected,
) -> ActionResult<Standing> {
    match walk(conn, stream, expected).await {
        Ok(Ok(whole)) => Ok(Standing::Whole(whole)),
        Ok(Err(broken)) => Ok(Standing::Broken(broken)),
        Err(error @ StoreError::Corrupt { .. }) => Ok(Standing::Corrupt(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

async fn walk(
    conn: &mut PgConnection,
    stream: StreamId,
    expected: &Expected,
) -> Result<Result<Whole, Broken>, StoreError> {
    let mut verifier = Verifier::new(stream, expected);
    let mut at = Head::START.seq;
    loop {
        let records = store::streams::after(conn, stream, at, BATCH).await?;
        let Some(last) = records.last() else { return Ok(verifier.finish()) };
        at = last.seq;
        for record in &records {
            if let Err(broken) = verifier.check(record) {
                return Ok(Err(broken));
            }
        }
    }
}
