//! The heads file: where every timeline ended, signed, outside the database.
//!
//! It is written anew only while the database still agrees with it, so that whoever rewrites a
//! timeline doesn't get the rewriting noted as the truth a minute later.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::domain::id::StreamId;
use crate::domain::timeline::{Digest, Head, SeenHeads, head_bytes};
use crate::secrets::{KeyRing, signature_holds};
use crate::store;
use crate::store::StoreError;

const FORMAT: u32 = 1;

/// Why heads were not written or read.
#[derive(Debug, thiserror::Error)]
pub enum HeadsError {
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be read or written.
    #[error("the heads file {path} could not be used: {source}")]
    File {
        /// Where it is.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not as it was written.
    #[error("the heads file {0} is damaged, or was signed by another key ring")]
    Damaged(PathBuf),
    /// The database no longer agrees with the file, which therefore stays as it is.
    #[error("timeline {stream}: entry {seq} is no longer the one noted; run muster verify")]
    Disagrees {
        /// Which stream.
        stream: StreamId,
        /// Number of the entry.
        seq: i64,
    },
}

#[derive(Serialize, Deserialize)]
struct File {
    format: u32,
    heads: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    stream: StreamId,
    seq: i64,
    hash: Digest,
    signature: Vec<u8>,
}

/// Notes where every timeline ends; the file is replaced whole, and on disk when this returns.
///
/// # Errors
/// [`HeadsError::Disagrees`] when an entry noted before is gone or another; then nothing is written.
pub async fn write_heads(
    conn: &mut PgConnection,
    ring: &KeyRing,
    path: &Path,
) -> Result<(), HeadsError> {
    let noted = read(ring, path).await?;
    let heads = store::streams::heads(conn).await?;
    for (stream, heads) in &noted {
        for old in heads {
            agree(conn, *stream, *old).await?;
        }
    }
    let line = |(stream, head): (StreamId, Head)| Line {
        stream,
        seq: head.seq,
        hash: head.hash,
        signature: ring.sign_head(&head_bytes(stream, head)),
    };
    let file = File { format: FORMAT, heads: heads.into_iter().map(line).collect() };
    let bytes = serde_json::to_vec(&file).map_err(io::Error::other);
    on_disk(path, move |path| replace(path, &bytes?)).await
}

/// The first noted head that the database does not have; none: it agrees, or nothing was noted.
///
/// # Errors
/// When the database or the file can't be read.
pub async fn disagreement(
    conn: &mut PgConnection,
    ring: &KeyRing,
    path: &Path,
) -> Result<Option<(StreamId, i64)>, HeadsError> {
    for (stream, heads) in &read(ring, path).await? {
        for old in heads {
            match agree(conn, *stream, *old).await {
                Err(HeadsError::Disagrees { stream, seq }) => return Ok(Some((stream, seq))),
                other => other?,
            }
        }
    }
    Ok(None)
}

/// The heads that were noted; none where there is no file.
pub(super) async fn read(ring: &KeyRing, path: &Path) -> Result<SeenHeads, HeadsError> {
    let bytes = on_disk(path, |path| match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    });
    let Some(bytes) = bytes.await? else { return Ok(SeenHeads::new()) };
    let damaged = || HeadsError::Damaged(path.to_owned());
    let file: File = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    let mut seen = SeenHeads::new();
    for Line { stream, seq, hash, signature } in file.heads {
        let head = Head { seq, hash };
        let signed = head_bytes(stream, head);
        if file.format != FORMAT || !signature_holds(ring.head_key_public(), &signed, &signature) {
            return Err(damaged());
        }
        seen.entry(stream).or_default().push(head);
    }
    Ok(seen)
}

async fn agree(conn: &mut PgConnection, stream: StreamId, old: Head) -> Result<(), HeadsError> {
    if old.seq == Head::START.seq {
        return Ok(());
    }
    let records = store::streams::after(conn, stream, old.seq - 1, 1).await?;
    match records.first() {
        Some(record) if (record.seq, record.hash) == (old.seq, old.hash) => Ok(()),
        _ => Err(HeadsError::Disagrees { stream, seq: old.seq }),
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("draft");
    let mut file = std::fs::File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

async fn on_disk<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T, HeadsError> {
    let whole = path.to_owned();
    let done = tokio::task::spawn_blocking(move || work(&whole)).await;
    let done = done.unwrap_or_else(|error| Err(io::Error::other(error)));
    done.map_err(|source| HeadsError::File { path: path.to_owned(), source })
}
