//! What `pg_controldata` says of a data folder that does not run.

use std::path::Path;

use super::tool::Tool;
use super::{Error, Result};
use crate::domain::recovery::SegmentSize;

/// The parts of a control file that a scratch is started by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Which cluster it is, or is a copy of.
    pub system_identifier: String,
    /// The size of its segments.
    pub segment: SegmentSize,
    /// The timeline of its last checkpoint.
    pub timeline: u32,
    /// Whether pages bear checksums.
    pub checksums: bool,
    /// What a server that replays its log must have at least: name and value.
    pub least: Vec<(&'static str, u64)>,
}

/// The control file's line, and the setting that must not be lower.
const SETTINGS: [(&str, &str); 5] = [
    ("max_connections setting", "max_connections"),
    ("max_worker_processes setting", "max_worker_processes"),
    ("max_wal_senders setting", "max_wal_senders"),
    ("max_prepared_xacts setting", "max_prepared_transactions"),
    ("max_locks_per_xact setting", "max_locks_per_transaction"),
];

impl Control {
    /// Reads it.
    ///
    /// # Errors
    /// When the folder holds no control file, or one of another major version.
    pub async fn of(controldata: &Path, cluster: &Path) -> Result<Control> {
        const DOING: &str = "reading the control file";
        let answer = Tool::new(controldata).arg("--pgdata").arg(cluster).run().await?;
        if !answer.ended_well {
            return Err(Error::Engine { doing: DOING, said: answer.complaint() });
        }
        Control::read(&answer.out).ok_or(Error::Unreadable { doing: DOING })
    }

    fn read(text: &str) -> Option<Control> {
        let value = |name: &str| {
            text.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
        };
        let least =
            SETTINGS.iter().map(|(line, setting)| Some((*setting, value(line)?.parse().ok()?)));
        Some(Control {
            system_identifier: value("Database system identifier")?.to_owned(),
            segment: SegmentSize::of(value("Bytes per WAL segment")?.parse().ok()?)?,
            timeline: value("Latest checkpoint's TimeLineID")?.parse().ok()?,
            checksums: value("Data page checksum version")? != "0",
            least: least.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_file_says_what_the_scratch_must_have() {
        let text = "Database system identifier:           7712747184669395575\n\
                    max_connections setting:              100\nmax_worker_processes setting:         8\n\
                    max_wal_senders setting:              10\nmax_prepared_xacts setting:           0\n\
                    max_locks_per_xact setting:           64\nBytes per WAL segment:                1048576\n\
                    Latest checkpoint's TimeLineID:       3\nData page checksum version:           1\n";

        let control = Control::read(text).unwrap();

        assert_eq!(control.system_identifier, "7712747184669395575");
        assert_eq!((control.segment.bytes(), control.timeline), (1 << 20, 3));
        assert!(control.checksums);
        assert_eq!(control.least[0], ("max_connections", 100));
        assert_eq!(control.least[4], ("max_locks_per_transaction", 64));
        assert_eq!(Control::read("nonsense"), None);
    }
}
