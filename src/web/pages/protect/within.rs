//! How far a database has come: in whichever repository came first, or in one of them.

use super::steps::Stand;
use crate::domain::agent::schedule::{Deed, Doing};
use crate::domain::agent::watched::Watched;
use crate::domain::finding::Health;
use crate::domain::recovery::Listed;
use crate::web::frame::Frame;

/// A database, and the repository that is meant; none: any of them.
pub(super) struct Within<'a> {
    pub(super) seen: &'a Watched,
    pub(super) repository: Option<&'a str>,
}

impl<'a> Within<'a> {
    pub(super) fn placed(&self) -> Stand {
        if self.is_copying() || self.points().next().is_some() {
            return Stand::Done("made".to_owned());
        }
        self.doing(is_backup).map_or(Stand::Later, |doing| Stand::Now(doing.at.clone()))
    }

    pub(super) fn backed_up(&self, frame: &Frame) -> Stand {
        if let Some(first) = self.points().next() {
            return Stand::Done(format!("made {}", frame.zone.when(first.stopped, frame.now)));
        }
        if let Some(doing) = self.doing(is_backup) {
            let percent = doing.percent.map(|percent| format!("{percent} %: "));
            return Stand::Now(format!("{}{}", percent.unwrap_or_default(), doing.at));
        }
        if frame.around.revision.is_none() {
            let words = "no plan is in force, so nothing is done by itself: bring one in, or press Back up now on its page";
            return Stand::Wrong(words.to_owned());
        }
        self.failed(Deed::Full).unwrap_or_else(begins)
    }

    pub(super) fn proved(&self, frame: &Frame) -> Stand {
        let verified = match self.repository {
            Some(repository) => self.seen.verified_in(repository),
            None => self.seen.newest_verified(),
        };
        if let Some(point) = verified {
            let at = point.proved_at.unwrap_or(point.stopped);
            return Stand::Done(format!("verified {}", frame.zone.when(at, frame.now)));
        }
        if self.points().any(|point| point.verified == Some(false)) {
            return Stand::Wrong("it did not hold; its recovery points say why".to_owned());
        }
        let at_it = self.doing(|deed| deed == Deed::Proof);
        let at_it = at_it.map(|doing| Stand::Now(doing.at.clone()));
        at_it.or_else(|| self.failed(Deed::Proof)).unwrap_or_else(begins)
    }

    /// What is done to it there, where that is one of these.
    pub(super) fn doing(&self, which: impl Fn(Deed) -> bool) -> Option<&'a Doing> {
        let there =
            |it: &&Doing| self.repository.is_none_or(|name| it.repository.as_deref() == Some(name));
        self.seen.doing.as_ref().filter(|it| there(it) && which(it.deed))
    }

    /// Whether a backup is far enough that there is a place for it.
    pub(super) fn is_copying(&self) -> bool {
        self.doing(is_backup).is_some_and(|doing| doing.percent.is_some())
    }

    fn points(&self) -> impl Iterator<Item = &'a Listed> {
        let meant = self.repository;
        self.seen.points.iter().filter(move |it| meant.is_none_or(|name| it.repository == name))
    }

    fn failed(&self, deed: Deed) -> Option<Stand> {
        let within = self.repository.map(|name| format!(" in {name}")).unwrap_or_default();
        let check = format!("{}: {}{within}", self.seen.name, deed.name());
        let mut findings = self.seen.findings.iter();
        let failed = findings.find(|it| it.check == check && it.health == Health::Bad)?;
        Some(Stand::Wrong(failed.words.clone()))
    }
}

pub(super) fn is_backup(deed: Deed) -> bool {
    matches!(deed, Deed::Full | Deed::Incremental)
}

fn begins() -> Stand {
    Stand::Now("begins by itself".to_owned())
}
