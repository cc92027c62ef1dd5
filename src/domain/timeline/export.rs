//! Streams as lines of JSON, for whoever verifies them elsewhere.
//!
//! A stream is one line with its signed head, then one line an entry. A file holds one stream or
//! several.

use serde::{Deserialize, Serialize};
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

use super::body::Content;
use super::digest::{Digest, from_hex, to_hex};
use super::entry::Record;
use super::stream::Head;
use crate::domain::id::{EntryId, StreamId};

/// The format that this release writes.
pub const FORMAT: u32 = 1;

const TIME: StaticFormatDescription =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// One stream as an export holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Which stream, where it ends, and whose signature says so.
    pub head: SignedHead,
    /// Its entries as found.
    pub records: Vec<Record>,
}

/// A head that left Muster, signed over [`super::head_bytes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// Which stream.
    pub stream: StreamId,
    /// Where it ends.
    pub head: Head,
    /// The Ed25519 public key, 32 bytes.
    pub key: Vec<u8>,
    /// The Ed25519 signature, 64 bytes.
    pub signature: Vec<u8>,
}

/// A text that is no export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {what}")]
pub struct NotAnExport {
    /// Number of the line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Head(HeadLine),
    Entry(EntryLine),
}

#[derive(Serialize, Deserialize)]
struct HeadLine {
    format: u32,
    stream: StreamId,
    seq: i64,
    hash: Digest,
    key: String,
    signature: String,
}

#[derive(Serialize, Deserialize)]
struct EntryLine {
    stream: StreamId,
    seq: i64,
    id: EntryId,
    kind: String,
    actor: String,
    occurred: String,
    recorded: String,
    digest: Digest,
    previous: Digest,
    hash: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

/// The line that opens a stream, without its line end.
#[must_use]
pub fn head_line(signed: &SignedHead) -> String {
    json(&Line::Head(HeadLine {
        format: FORMAT,
        stream: signed.stream,
        seq: signed.head.seq,
        hash: signed.head.hash,
        key: to_hex(&signed.key),
        signature: to_hex(&signed.signature),
    }))
}

/// The line of one entry, without its line end.
#[must_use]
pub fn entry_line(record: &Record) -> String {
    let content = record.content.as_ref();
    json(&Line::Entry(EntryLine {
        stream: record.stream,
        seq: record.seq,
        id: record.id,
        kind: record.kind.clone(),
        actor: record.actor.clone(),
        occurred: time_text(record.occurred_at),
        recorded: time_text(record.recorded_at),
        digest: record.body_digest,
        previous: record.previous_hash,
        hash: record.hash,
        salt: content.map(|content| to_hex(&content.salt)),
        body: content.map(|content| content.text.clone()),
    }))
}

/// Reads an export.
///
/// # Errors
/// The first line that is none of its lines.
pub fn read(text: &str) -> Result<Vec<Exported>, NotAnExport> {
    let mut streams: Vec<Exported> = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let wrong = |what| NotAnExport { line, what };
        match serde_json::from_str(text) {
            Ok(Line::Head(head)) if head.format != FORMAT => {
                return Err(wrong("has a format that this release can't read"));
            }
            Ok(Line::Head(head)) => {
                let head = head.read().ok_or_else(|| wrong("has a damaged signature"))?;
                streams.push(Exported { head, records: Vec::new() });
            }
            Ok(Line::Entry(entry)) => {
                let record = entry.read().ok_or_else(|| wrong("has a damaged time or salt"))?;
                let stream = streams.last_mut().ok_or_else(|| wrong("stands before any head"))?;
                stream.records.push(record);
            }
            Err(_) => return Err(wrong("is neither a head nor an entry")),
        }
    }
    if streams.is_empty() {
        return Err(NotAnExport { line: 1, what: "is missing: there is no head" });
    }
    Ok(streams)
}

impl HeadLine {
    fn read(self) -> Option<SignedHead> {
        Some(SignedHead {
            stream: self.stream,
            head: Head { seq: self.seq, hash: self.hash },
            key: from_hex::<32>(&self.key)?.to_vec(),
            signature: from_hex::<64>(&self.signature)?.to_vec(),
        })
    }
}

impl EntryLine {
    fn read(self) -> Option<Record> {
        let content = match (self.salt, self.body) {
            (Some(salt), Some(text)) => Some(Content { salt: from_hex(&salt)?, text }),
            (None, None) => None,
            _ => return None,
        };
        Some(Record {
            stream: self.stream,
            seq: self.seq,
            id: self.id,
            kind: self.kind,
            actor: self.actor,
            occurred_at: time(&self.occurred)?,
            recorded_at: time(&self.recorded)?,
            body_digest: self.digest,
            previous_hash: self.previous,
            hash: self.hash,
            content,
        })
    }
}

fn time_text(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(TIME).unwrap_or_default()
}

fn time(text: &str) -> Option<OffsetDateTime> {
    PrimitiveDateTime::parse(text, TIME).ok().map(PrimitiveDateTime::assume_utc)
}

fn json(line: &Line) -> String {
    serde_json::to_string(line).unwrap_or_default()
}
