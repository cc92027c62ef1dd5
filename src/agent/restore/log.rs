//! The log behind a recovery point, segment by segment: as it lies in the repository, and what the cluster here still
//! has and no repository yet, or no more.

use std::path::{Path, PathBuf};

use super::super::desk::Desk;
use super::super::news::{News, Tell};
use super::super::points::{Entry, Overview};
use super::super::{Protected, Result};
use crate::domain::recovery::{Lsn, Segment};
use crate::recovery::{self, Commit, Progress, Read, Stretch};

/// One chain's.
pub(super) struct Log<'a> {
    protected: &'a Protected<'a>,
    overview: &'a Overview,
    entry: &'a Entry,
    waldump: PathBuf,
    desk: Desk,
    tell: Option<Tell<'a>>,
}

impl<'a> Log<'a> {
    /// That of a point.
    ///
    /// # Errors
    /// When there is nothing to read it by.
    pub(super) fn of(
        protected: &'a Protected<'a>,
        overview: &'a Overview,
        entry: &'a Entry,
    ) -> Result<Log<'a>> {
        let desk = Desk::of(protected);
        let desk = desk.map_err(recovery::Error::io("write", &protected.folder()))?;
        let waldump = protected.program("pg_waldump")?;
        Ok(Log { protected, overview, entry, waldump, desk, tell: None })
    }

    /// The same, and whoever waits is told how far it was read.
    pub(super) fn telling(self, tell: Tell<'a>) -> Log<'a> {
        Log { tell: Some(tell), ..self }
    }

    /// Goes through its commits from a position on, until `more` says that it is enough.
    ///
    /// # Errors
    /// When it can't be read.
    pub(super) async fn commits(
        &self,
        from: Lsn,
        mut more: impl FnMut(Commit) -> bool,
    ) -> Result<()> {
        let mut at = from;
        while let Some(stretch) = self.stretch(at).await? {
            if stretch.commits(&mut more).await? != Read::Through {
                return Ok(());
            }
            at = self.after(stretch.number);
        }
        Ok(())
    }

    /// Where its last whole record begins that is not before `from`; `from` where there is none.
    ///
    /// # Errors
    /// When it can't be read.
    pub(super) async fn end(&self, from: Lsn) -> Result<Lsn> {
        let first = self.number_of(from);
        let last = self.last(first);
        for number in (first..=last).rev() {
            let start = if number == first { from } else { self.after(number - 1) };
            let Some(stretch) = self.stretch(start).await? else { continue };
            if let Some(lsn) = stretch.last_record().await? {
                return Ok(lsn.max(from));
            }
        }
        Ok(from)
    }

    /// The last segment that there is, not before `first`.
    fn last(&self, first: u64) -> u64 {
        let mut last = self.entry.chain.last.map_or(first, |last| last.number.max(first));
        while self.here(last + 1).is_some() {
            last += 1;
        }
        last
    }

    fn tell_of(&self, number: u64) {
        let Some(tell) = self.tell else { return };
        let first = self.number_of(self.entry.point.stop);
        let all = self.last(first) + 1 - first;
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        let percent = number.saturating_sub(first) as f64 * 100.0 / all as f64;
        tell(News::Copied(Progress { percent, bytes: self.overview.size.bytes() }));
    }

    /// From a position to the end of its segment; none where that segment is nowhere.
    pub(super) async fn stretch(&self, from: Lsn) -> Result<Option<Stretch>> {
        let number = self.number_of(from);
        self.keep_only(number);
        if !self.bring(number).await? {
            return Ok(None);
        }
        self.tell_of(number);
        Ok(Some(Stretch {
            waldump: self.waldump.clone(),
            folder: self.desk.path().to_owned(),
            timeline: self.entry.chain.timeline,
            from,
            number,
            size: self.overview.size,
            goes_on: self.bring(number + 1).await?,
        }))
    }

    /// Where the segment behind that one begins.
    pub(super) fn after(&self, number: u64) -> Lsn {
        Lsn((number + 1) * self.overview.size.bytes())
    }

    /// Lays into a restored cluster what its repository will not give it on the way to a position.
    ///
    /// # Errors
    /// When it can't be copied.
    pub(super) fn lay(&self, until: Lsn, cluster: &Path) -> Result<()> {
        for number in self.entry.point.first.number..=self.number_of(until) + 1 {
            let segment = self.overview.archive.along(&self.entry.chain, number);
            let Some(file) = self.here(number) else { continue };
            if self.overview.archive.has(segment) {
                continue;
            }
            let to = cluster.join("pg_wal").join(segment.name(self.overview.size));
            std::fs::copy(&file, &to).map_err(recovery::Error::io("write", &to))?;
        }
        Ok(())
    }

    /// On the desk files bear the chain's own timeline, whoever wrote them, so that one look reads over a fork.
    async fn bring(&self, number: u64) -> Result<bool> {
        let (size, timeline) = (self.overview.size, self.entry.chain.timeline);
        let wanted = self.desk.path().join(Segment { timeline, number }.name(size));
        if wanted.exists() {
            return Ok(true);
        }
        let segment = self.overview.archive.along(&self.entry.chain, number);
        let engine = &self.protected.engine;
        if let Some(file) = recovery::fetch(engine, segment, size, self.desk.path()).await? {
            std::fs::rename(&file, &wanted).map_err(recovery::Error::io("write", &wanted))?;
            return Ok(true);
        }
        let Some(file) = self.here(number) else { return Ok(false) };
        // Archived and used anew just now, it is looked for in the repository by whoever asks again.
        Ok(std::fs::copy(file, &wanted).is_ok())
    }

    /// A segment as the cluster here has it, where it writes this chain.
    fn here(&self, number: u64) -> Option<PathBuf> {
        let mine = self.protected.is_here() && self.entry.chain.timeline == self.overview.timeline;
        let segment = self.overview.archive.along(&self.entry.chain, number);
        let file = self.protected.database.data_dir.join("pg_wal");
        let file = file.join(segment.name(self.overview.size));
        (mine && file.is_file()).then_some(file)
    }

    /// Two segments at a time are enough, and a log may be longer than the disk.
    fn keep_only(&self, number: u64) {
        let (size, timeline) = (self.overview.size, self.entry.chain.timeline);
        let kept = [number, number + 1].map(|number| Segment { timeline, number }.name(size));
        for entry in std::fs::read_dir(self.desk.path()).into_iter().flatten().flatten() {
            if !kept.iter().any(|name| *entry.file_name() == **name) {
                let _ = std::fs::remove_file(entry.path()); // the desk is cleared anyway
            }
        }
    }

    fn number_of(&self, lsn: Lsn) -> u64 {
        lsn.0 / self.overview.size.bytes()
    }
}
