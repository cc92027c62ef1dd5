//! What the engine removes from a repository, or would: read from its words, for its exit code is 0 also
//! where it did nothing.

use super::super::{Error, Result};
use super::{Engine, finished};

const DOING: &str = "expiring a backup";

/// What is removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Removal {
    /// Names of backups.
    pub labels: Vec<String>,
    /// Ranges of the log: of which archive, and the names of the first and the last segment.
    pub log: Vec<(String, String, String)>,
}

impl Engine {
    /// What expiring a full backup would remove, where so many full ones are left after it.
    ///
    /// # Errors
    /// What the engine complains of, and words of it that this version does not know.
    pub async fn would_expire(&self, label: &str, left: usize) -> Result<Removal> {
        self.remove(label, left, &["--dry-run"]).await
    }

    /// Expires a full backup, all that builds on it, and the log before the oldest that is left.
    ///
    /// # Errors
    /// What the engine complains of.
    pub async fn expire(&self, label: &str, left: usize) -> Result<Removal> {
        self.remove(label, left, &[]).await
    }

    async fn remove(&self, label: &str, left: usize, more: &[&str]) -> Result<Removal> {
        let console = ["--log-level-console=info", "--log-level-stderr=off", "--repo=1"];
        let keep = ["--repo1-retention-full=9999999".to_owned()];
        let set = [format!("--set={label}"), format!("--repo1-retention-archive={left}")];
        let tool = self.tool().args(console).args(keep).args(set).args(more).arg("expire");
        let answer = self.bounded(DOING, tool).await?;
        finished(DOING, &answer)?;
        Removal::read(&answer.out).ok_or(Error::Unreadable { doing: DOING })
    }
}

impl Removal {
    fn read(text: &str) -> Option<Removal> {
        let mut removal = Removal::default();
        for line in text.lines() {
            let Some((_, said)) = line.split_once(" INFO: ") else { continue };
            let said = said.strip_prefix("[DRY-RUN] ").unwrap_or(said);
            let Some(said) = said.strip_prefix("repo1: ") else { continue };
            if let Some(label) = said.strip_prefix("remove expired backup ") {
                removal.labels.push(label.to_owned());
            } else if let Some((archive, range)) = said.split_once(" remove archive, start = ") {
                let (first, last) = range.split_once(", stop = ")?;
                removal.log.push((archive.to_owned(), first.to_owned(), last.to_owned()));
            } else if !said.starts_with("expire adhoc backup ")
                && !said.ends_with(" no archive to remove")
            {
                return None;
            }
        }
        Some(removal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRY: &str = "\
2026-11-27 14:56:06.149 P00   INFO: [DRY-RUN] expire command begin 2.45: --config=/c --dry-run
2026-11-27 14:56:06.150 P00   INFO: [DRY-RUN] repo1: expire adhoc backup set 1F, 1F_2I
2026-11-27 14:56:06.150 P00   INFO: [DRY-RUN] repo1: remove expired backup 1F_2I
2026-11-27 14:56:06.150 P00   INFO: [DRY-RUN] repo1: remove expired backup 1F
2026-11-27 14:56:06.150 P00   INFO: [DRY-RUN] repo1: 15-1 remove archive, start = 0008, stop = 000B
2026-11-27 14:56:06.151 P00   INFO: [DRY-RUN] expire command end: completed successfully (4ms)
";

    #[test]
    fn what_would_go_is_read_from_the_engines_words() {
        let read = Removal::read(DRY).unwrap();
        assert_eq!(read.labels, ["1F_2I", "1F"]);
        assert_eq!(read.log, [("15-1".to_owned(), "0008".to_owned(), "000B".to_owned())]);

        let real = DRY.replace("[DRY-RUN] ", "");
        assert_eq!(Removal::read(&real), Some(read));
    }

    #[test]
    fn words_that_are_not_known_are_not_taken_for_nothing() {
        for said in ["remove archive path 15-1", "15-1 remove archive, start = 0008"] {
            assert_eq!(Removal::read(&format!("P00   INFO: repo1: {said}")), None, "{said}");
        }
        let nothing =
            "P00   WARN: backup 1F does not exist\nP00   INFO: repo1: 15-1 no archive to remove\n";
        assert_eq!(Removal::read(nothing), Some(Removal::default()));
    }
}
