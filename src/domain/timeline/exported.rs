//! Verifies an export against its own heads and heads that were noted elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::chain::{Broken, Expected, Whole, verify};
use super::digest::Digest;
use super::export::{Exported, NotAnExport, read};
use super::stream::Head;
use crate::domain::id::StreamId;

/// Heads noted elsewhere, by stream.
pub type SeenHeads = BTreeMap<StreamId, Vec<Head>>;

/// An export whose streams all hold together; its text is what verifiers print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// Entries in all streams.
    pub entries: i64,
    /// How many of them stand there without their body.
    pub erased: u64,
}

/// Why an export doesn't hold; its text is what verifiers print.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportFault {
    /// A line can't be read.
    #[error("broken: {0}")]
    Unreadable(#[from] NotAnExport),
    /// A stream is not what it was.
    #[error("broken: {broken}")]
    Broken {
        /// Which stream.
        stream: StreamId,
        /// What is wrong with it first.
        #[source]
        broken: Broken,
    },
}

#[derive(Deserialize)]
struct HeadsFile {
    heads: Vec<SeenLine>,
}

#[derive(Deserialize)]
struct SeenLine {
    stream: StreamId,
    seq: i64,
    hash: Digest,
}

/// Verifies every stream of an export, but not its signatures, which need a key to trust.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_export(text: &str, seen: &SeenHeads) -> Result<Checked, ExportFault> {
    let mut all = Checked::default();
    for exported in read(text)? {
        let stream = exported.head.stream;
        let whole =
            exported.verify(seen).map_err(|broken| ExportFault::Broken { stream, broken })?;
        all.entries += whole.head.seq;
        all.erased += whole.erased;
    }
    Ok(all)
}

/// Reads a heads file: heads that were noted earlier.
///
/// # Errors
/// When it is no such JSON.
pub fn read_heads(text: &str) -> Result<SeenHeads, serde_json::Error> {
    let file: HeadsFile = serde_json::from_str(text)?;
    let mut seen = SeenHeads::new();
    for SeenLine { stream, seq, hash } in file.heads {
        seen.entry(stream).or_default().push(Head { seq, hash });
    }
    Ok(seen)
}

impl Exported {
    /// Verifies one stream against its own head and those noted elsewhere.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(&self, seen: &SeenHeads) -> Result<Whole, Broken> {
        let stream = self.head.stream;
        let seen = seen.get(&stream).cloned().unwrap_or_default();
        verify(stream, &self.records, &Expected { head: Some(self.head.head), seen })
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "whole: {} entries", self.entries)?;
        if self.erased > 0 {
            write!(f, ", {} without their body", self.erased)?;
        }
        Ok(())
    }
}
