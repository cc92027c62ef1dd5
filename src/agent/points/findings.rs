//! What is wrong with what lies in a repository, each with the way to mend it.

use super::{Overview, Proof};
use crate::agent::Protected;
use crate::agent::settings::Size;
use crate::domain::finding::Finding;
use crate::domain::recovery::shrunk::{Shrunk, shrunk};
use crate::domain::recovery::{Gap, Point, SegmentSize};

impl Overview {
    /// What is wrong with what lies in the repository.
    #[must_use]
    pub fn findings(&self, of: &Protected<'_>) -> Vec<Finding> {
        let Some(last) = self.points.last() else {
            let mend = format!("run: {}", of.by_hand("backup"));
            return vec![Finding::bad(of.named("backups"), "there is none yet", mend)];
        };
        let mut found = Vec::new();
        found.extend(last.chain.gap.map(|gap| gapped(of, gap, self.size)));
        if last.point.damaged {
            let mend =
                "the live database has them too: restore from an older point, or from a standby";
            let words = "broken pages were found while the newest backup was made";
            found.push(Finding::bad(of.named("checksums"), words, mend));
        }
        found.extend(shrunk(self.points.iter().map(|entry| &entry.point)).map(|it| less(of, it)));
        found.extend(unproved(of, self.points.iter().rev().find_map(|entry| entry.proof)));
        found
    }
}

fn gapped(of: &Protected<'_>, gap: Gap, size: SegmentSize) -> Finding {
    let words = format!(
        "{} segments of the log are missing from {} on: nothing later can be restored",
        gap.missing,
        gap.first.name(size)
    );
    let mend = format!("a new backup begins a new chain: {} --full", of.by_hand("backup"));
    Finding::bad(of.named("gap"), words, mend)
}

fn unproved(of: &Protected<'_>, last: Option<Proof>) -> Option<Finding> {
    let mend = format!("run: {}", of.by_hand("prove"));
    let check = of.named("proof");
    match last {
        Some(proof) if proof.held => None,
        Some(_) => Some(Finding::bad(check, "the last restore of a backup did not hold", mend)),
        None => Some(Finding::warn(check, "no backup was ever restored to prove it", mend)),
    }
}

fn less(of: &Protected<'_>, (point, found): (&Point, Shrunk)) -> Finding {
    let (does, fall) = match found {
        Shrunk::Size(fall) => ("restores to", fall),
        Shrunk::Stored(fall) => ("takes", fall),
    };
    let (label, is, usual) = (&point.label, Size(fall.is), Size(fall.usual));
    let words = format!("the full backup {label} {does} {is}, less than half of the usual {usual}");
    let mend = "look whether a database, a large table or a tablespace was dropped; older backups have it still: hold \
                them on the database's page until you know. If it was meant, the next full backups make it the usual";
    Finding::warn(of.named("size"), words, mend)
}
