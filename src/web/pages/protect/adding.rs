//! How far a repository has come that is added alone: in each database of its host.

use super::draft::facts;
use super::steps::{Stand, allowed, idle, is_backup, listed, taken_up, under_way};
use crate::actions::databases::Standing;
use crate::actions::drafts::Whole;
use crate::domain::agent::draft::Repository;
use crate::domain::agent::schedule::{Deed, Doing};
use crate::domain::agent::watched::Watched;
use crate::domain::finding::{Finding, Health};
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
            ("Its key and its places are made", self.together(|seen| self.placed(seen))),
            ("First backup into it", self.together(|seen| self.backed_up(seen, frame))),
            ("The log is copied on into it", self.together(|seen| self.copied(seen, frame))),
            (
                "First proof from it: restored, opened, read whole",
                self.together(|seen| self.proved(seen, frame)),
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
        all.find_map(|one| Some((one, self.doing_in(&one.seen)?)))
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
    fn together(&self, step: impl Fn(&Watched) -> Stand) -> Stand {
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

    fn placed(&self, seen: &Watched) -> Stand {
        let doing = self.doing_in(seen).filter(|it| is_backup(it.deed));
        match doing {
            _ if self.has_point(seen) => Stand::Done("made".to_owned()),
            Some(doing) if doing.percent.is_some() => Stand::Done("made".to_owned()),
            Some(doing) => Stand::Now(doing.at.clone()),
            None => Stand::Later,
        }
    }

    fn backed_up(&self, seen: &Watched, frame: &Frame) -> Stand {
        let mut points = seen.points.iter();
        if let Some(first) = points.find(|point| point.repository == self.name) {
            return Stand::Done(format!("made {}", frame.zone.when(first.stopped, frame.now)));
        }
        if let Some(doing) = self.doing_in(seen).filter(|it| is_backup(it.deed)) {
            return under_way(doing);
        }
        let failed = || self.failed(seen, Deed::Full);
        idle(frame).or_else(failed).unwrap_or_else(begins)
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

    fn proved(&self, seen: &Watched, frame: &Frame) -> Stand {
        if let Some(point) = seen.verified_in(self.name) {
            let at = point.proved_at.unwrap_or(point.stopped);
            return Stand::Done(format!("verified {}", frame.zone.when(at, frame.now)));
        }
        let mut points = seen.points.iter().filter(|point| point.repository == self.name);
        if points.any(|point| point.verified == Some(false)) {
            let words = "it did not hold; its recovery points say why";
            return Stand::Wrong(words.to_owned());
        }
        let doing = self.doing_in(seen).filter(|it| it.deed == Deed::Proof);
        let at_it = doing.map(|doing| Stand::Now(doing.at.clone()));
        at_it.or_else(|| self.failed(seen, Deed::Proof)).unwrap_or_else(begins)
    }

    fn has_point(&self, seen: &Watched) -> bool {
        seen.points.iter().any(|point| point.repository == self.name)
    }

    fn doing_in<'b>(&self, seen: &'b Watched) -> Option<&'b Doing> {
        seen.doing.as_ref().filter(|it| it.repository.as_deref() == Some(self.name))
    }

    fn failed(&self, seen: &Watched, deed: Deed) -> Option<Stand> {
        let check = format!("{}: {} in {}", seen.name, deed.name(), self.name);
        let failed =
            seen.findings.iter().find(|it| it.check == check && it.health == Health::Bad)?;
        Some(Stand::Wrong(failed.words.clone()))
    }
}

fn begins() -> Stand {
    Stand::Now("begins by itself".to_owned())
}
