//! What happened, as chains of entries that nobody can change unseen.
//!
//! Each entry carries the hash of the one before it. Its body lies apart under a salted digest, so
//! that a body may be erased by rule while the chain still verifies. `docs/TIMELINE-FORMAT.md` is
//! the written format; a second verifier is made from that text alone.

mod actor;
mod body;
mod chain;
mod digest;
mod entry;
pub mod export;
mod exported;
mod kind;
mod stream;

pub use actor::{Actor, NotAnActor};
pub use body::{Body, Content, NotABody, Task, body_digest};
pub use chain::{Broken, Expected, Verifier, Whole, verify};
pub use digest::{Digest, NotADigest};
pub use entry::{Entry, EntryFacts, Record, entry_hash, micros};
pub use exported::{Checked, ExportFault, SeenHeads, read_heads, verify_export};
pub use kind::{Kind, UnknownKind};
pub use stream::{Draft, Head, Stream, head_bytes};
