//! How far a repository has come that is added alone: in each database of its host.

use super::draft::facts;
use super::steps::{Stand, allowed, listed, taken_up};
use super::within::Within;
use crate::actions::databases::Standing;
use crate::actions::drafts::Whole;
use crate::domain::agent::draft::Repository;
use crate::domain::agent::schedule::Doing;
use crate::domain::agent::watched::Watched;
use crate::domain::finding::Finding;
use crate::domain::recovery::Exposure;
use crate::web::frame::Frame;
use crate::web::parts::steps::Steps;

/// The repository, and those who are to keep something in it.
pub(super) struct Adding<'a> {
    whole: &'a Whole,
    name: &'a str,
    /// Whether `agent.toml` names another one so.
    taken: bool,
}

impl<'a> Adding<'a> {
    /// Of a draft that adds one alone.
    pub(super) fn of(whole: &'a Whole) -> Option<Adding<'a>> {
        let draft = &whole.kept.draft;
        let new: &Repository = draft.repository.as_ref().filter(|_| draft.database.is_none())?;
        let mut known = facts(whole).into_iter().flat_map(|facts| &facts.repositories);
        let place = new.place();
        let taken = known.any(|it| it.name == new.name && !place.starts_with(&it.place));
        Some(Adding { whole, name: &new.name, taken })
    }

    /// All steps; the first that is not done is the current one.
    pub(super) fn steps(&self, frame: &Frame) -> Steps {
        let all = &self.whole.standings;
        let everywhere = !all.is_empty() && all.iter().all(|one| self.is_in(&one.seen));
        listed([
            ("The host’s owner allows it", allowed(self.whole, self.stands(), frame)),
            ("Its agent takes it up", taken_up(self.whole, everywhere, frame)),
            ("Its key and its places are made", self.together(|seen| self.within(seen).placed())),
            ("First backup into it", self.together(|seen| self.within(seen).backed_up(frame))),
            ("The log is copied on into it", self.together(|seen| self.copied(seen, frame))),
            (
                "First proof from it: restored, opened, read whole",
                self.together(|seen| self.within(seen).proved(frame)),
            ),
        ])
    }

    /// Whether `agent.toml` names it by now.
    pub(super) fn stands(&self) -> bool {
        self.whole.standings.iter().any(|one| self.is_in(&one.seen))
    }

    /// What it is called, with what is done to it now.
    pub(super) fn heading(&self) -> String {
        let all = &self.whole.standings;
        let verified =
            |one: &Standing| self.is_in(&one.seen) && one.seen.verified_in(self.name).is_some();
        if !all.is_empty() && all.iter().all(verified) {
            return format!("The repository {} is in use and verified", self.name);
        }
        format!("Add the repository {}", self.name)
    }

    /// A database whose agent is at work in it, with what that does.
    pub(super) fn doing(&self) -> Option<(&'a Standing, &'a Doing)> {
        let mut all = self.whole.standings.iter();
        all.find_map(|one| Some((one, self.within(&one.seen).doing(|_| true)?)))
    }

    /// What is not as it should be with it.
    pub(super) fn troubles(&self) -> Option<Watched> {
        let mut all = self.whole.standings.iter().filter(|one| self.is_in(&one.seen));
        let first = all.next()?.seen.clone();
        let more = all.flat_map(|one| one.seen.findings.clone());
        let findings = first.findings.iter().cloned().chain(more);
        let findings = findings.filter(|it| self.is_about(it)).collect();
        Some(Watched { findings, ..first })
    }

    fn is_about(&self, finding: &Finding) -> bool {
        let check = finding.check.as_ref();
        check.ends_with(&format!(" in {}", self.name)) || check.ends_with(": copying onward")
    }

    fn is_in(&self, seen: &Watched) -> bool {
        !self.taken && seen.repositories.iter().any(|shelf| shelf.repository == self.name)
    }

    /// The first database's that is not done; which one it is, is said where there are several.
    fn together(&self, step: impl Fn(&'a Watched) -> Stand) -> Stand {
        let all = &self.whole.standings;
        let mut last = Stand::Later;
        for seen in all.iter().map(|one| &one.seen) {
            let stand = if self.is_in(seen) { step(seen) } else { Stand::Later };
            match stand {
                Stand::Done(_) => last = stand,
                other if all.len() > 1 => return other.of(&seen.name),
                other => return other,
            }
        }
        last
    }

    fn copied(&self, seen: &Watched, frame: &Frame) -> Stand {
        let shelf = seen.repositories.iter().find(|shelf| shelf.repository == self.name);
        let onward = format!("{}: copying onward", seen.name);
        if let Some(bad) = seen.findings.iter().find(|it| it.check == onward) {
            return Stand::Wrong(bad.words.clone());
        }
        match shelf.map(|shelf| &shelf.exposure) {
            Some(Exposure::Nothing) => Stand::Done("it holds all".to_owned()),
            Some(Exposure::Since { oldest, .. }) => {
                Stand::Done(format!("it holds all until {}", frame.zone.when(*oldest, frame.now)))
            }
            Some(Exposure::Everything) => Stand::Now("with the backup".to_owned()),
            Some(Exposure::Unknown(why)) => Stand::Now(format!("not known: {why}")),
            None => Stand::Later,
        }
    }

    fn within(&self, seen: &'a Watched) -> Within<'a> {
        Within { seen, repository: Some(self.name) }
    }
}
