//! What can be recovered: write-ahead log, recovery points, chains, and the evidence of a proof.
//!
//! No engine notices a hole in the write-ahead log, so whether a chain holds is counted here, from
//! the names of what lies in a repository.

pub mod attached;
pub mod backlog;
pub mod chain;
pub mod copy;
pub mod coverage;
pub mod dump;
pub mod evidence;
pub mod expected;
pub mod exposure;
pub mod history;
pub mod hold;
pub mod listed;
pub mod point;
mod retention;
pub mod shrunk;
pub mod target;
pub mod vigil;
pub mod wal;

pub use attached::Attached;
pub use backlog::{Backlog, Forecast, Nearness};
pub use chain::{Archive, Chain, Gap};
pub use copy::{Beyond, Changes, Copied, Difference, Rows, Stands, Suspect, Suspects};
pub use dump::{Dump, Dumps, Manifest};
pub use evidence::{Check, Evidence, Step};
pub use expected::Expected;
pub use exposure::{Exposure, Grade, Limit};
pub use history::History;
pub use hold::{Cause, Hold};
pub use listed::{Listed, ListedGap};
pub use point::{Kind, Point};
pub use retention::{Going, Retention, needed_between};
pub use target::{Wanted, Xid};
pub use vigil::{Told, Vigil};
pub use wal::{Lsn, Segment, SegmentSize};
