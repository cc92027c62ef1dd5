//! A protected database as its agent last saw it.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::ahead;
use super::schedule::{Deed, Doing};
use crate::domain::cut::cut;
use crate::domain::finding::{Finding, Health};
use crate::domain::id::OrderId;
use crate::domain::recovery::{Attached, Backlog, Copied, Dumps, Exposure, Listed, Retention};

/// Recovery points that are told of; of more the newest.
const MOST_POINTS: usize = 300;
/// Repositories that are told of.
const MOST_REPOSITORIES: usize = 8;
/// Copies that are told of, and orders about them.
const MOST_COPIES: usize = 50;
/// Findings that are told of.
const MOST_FINDINGS: usize = 50;
/// What has not begun so long after its time was missed.
const MISSED_AFTER: Duration = Duration::hours(2);
/// Letters that are kept of one text.
const LONGEST: usize = 2_000;

/// One database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// What `agent.toml` calls it.
    pub name: String,
    /// What `agent.toml` calls the repository that Postgres archives to.
    pub repository: String,
    /// Every repository, that one first; nothing where an older agent told of it.
    #[serde(default)]
    pub repositories: Vec<Shelf>,
    /// When it was looked at.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whether it answers.
    pub running: bool,
    /// The cluster's own identifier; none while it does not answer, and where an older agent told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// What would be lost now, by the repository that loses the least.
    pub exposure: Exposure,
    /// Its recovery points, the oldest first.
    #[serde(default)]
    pub points: Vec<Listed>,
    /// What of its log waits to be archived; none where nothing does.
    #[serde(default)]
    pub backlog: Option<Backlog>,
    /// How long its backups are kept.
    #[serde(default)]
    pub keeps: Option<Retention>,
    /// Its logical dumps, repository by repository; nothing where an older agent told of it.
    #[serde(default)]
    pub dumps: Vec<Dumps>,
    /// What is done to it just now.
    #[serde(default)]
    pub doing: Option<Doing>,
    /// What is done next by itself, and when.
    #[serde(default)]
    pub next: Option<Next>,
    /// What is not as it should be.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// What was restored beside it; none where an older agent told of it, which does so by hand alone.
    #[serde(default)]
    pub copies: Option<Vec<Copied>>,
    /// What hangs on it, as it was last seen; none where that never was, and where an older agent told of it.
    #[serde(default)]
    pub attached: Option<Attached>,
    /// What is done for orders about copies just now.
    #[serde(default)]
    pub underway: Vec<Underway>,
}

/// How far an agent is with an order about a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Underway {
    /// The order.
    pub order: OrderId,
    /// When it began with what it is at.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// What it is at.
    pub at: String,
    /// How far what it copies is, of 100.
    pub percent: Option<u8>,
    /// Bytes that were copied.
    pub copied: u64,
}

/// What would be lost now, had one repository alone been left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// What `agent.toml` calls it.
    pub repository: String,
    /// What would be lost.
    pub exposure: Exposure,
}

/// What an agent does next by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// Which.
    pub deed: Deed,
    /// When it begins.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Watched {
    /// The same within bounds, so that an agent can fill neither database nor page; and by Muster's
    /// clock, which the host's is ahead of by so much, and which is a finding where it is far off.
    #[must_use]
    pub fn received(mut self, ahead: Duration) -> Watched {
        let cut = |text: &mut String| cut(text, LONGEST);
        self.at -= ahead;
        self.exposure = self.exposure.shifted(-ahead);
        let points = self.points.len();
        self.points.drain(..points.saturating_sub(MOST_POINTS));
        self.findings.truncate(MOST_FINDINGS);
        if let Some(doing) = &mut self.doing {
            doing.since -= ahead;
            cut(&mut doing.at);
        }
        self.cluster.iter_mut().for_each(cut);
        self.dumps.truncate(MOST_REPOSITORIES);
        self.dumps.iter_mut().for_each(|dumps| dumps.receive(ahead));
        if let Some(next) = &mut self.next {
            next.at -= ahead;
        }
        self.repositories.truncate(MOST_REPOSITORIES);
        for shelf in &mut self.repositories {
            shelf.exposure = shelf.exposure.clone().shifted(-ahead);
            cut(&mut shelf.repository);
        }
        let exposures = self.repositories.iter_mut().map(|it| &mut it.exposure);
        for exposure in exposures.chain([&mut self.exposure]) {
            if let Exposure::Unknown(why) = exposure {
                cut(why);
            }
        }
        for point in &mut self.points {
            let times = point.last_commit.iter_mut().chain(&mut point.proved_at);
            times.chain([&mut point.stopped]).for_each(|at| *at -= ahead);
            let gap = point.gap.iter_mut().map(|gap| &mut gap.first);
            gap.chain([&mut point.label, &mut point.repository])
                .chain(&mut point.unbroken_until)
                .for_each(cut);
        }
        for finding in &mut self.findings {
            [&mut finding.words].into_iter().chain(&mut finding.mend).for_each(cut);
            cut(finding.check.to_mut());
        }
        self.copies.iter_mut().for_each(|copies| copies.truncate(MOST_COPIES));
        self.copies.iter_mut().flatten().for_each(|copy| copy.receive(ahead));
        self.attached.iter_mut().for_each(Attached::receive);
        self.underway.truncate(MOST_COPIES);
        for one in &mut self.underway {
            one.since -= ahead;
            cut(&mut one.at);
        }
        self.findings.extend(ahead::finding(ahead));
        [&mut self.name, &mut self.repository].into_iter().for_each(cut);
        self
    }

    /// From when on the next dump in a repository is reckoned: the newest there, else the oldest backup. None where
    /// none can be made.
    #[must_use]
    pub fn dumped_since(&self, repository: &str) -> Option<OffsetDateTime> {
        let there = self.dumps.iter().find(|dumps| dumps.repository == repository);
        let dumps = there.filter(|dumps| dumps.unable.is_none())?;
        let first = self.points.iter().find(|point| point.repository == repository);
        dumps.last().map(|dump| dump.at).or(first.map(|point| point.stopped))
    }

    /// What should have begun long ago: the host was down, the database was, or its agent hangs.
    #[must_use]
    pub fn missed(&self, now: OffsetDateTime) -> Option<Next> {
        self.next.filter(|next| self.doing.is_none() && now - next.at > MISSED_AFTER)
    }

    /// The newest recovery point that a proof held for.
    #[must_use]
    pub fn newest_verified(&self) -> Option<&Listed> {
        self.points.iter().rfind(|point| point.verified == Some(true))
    }

    /// The same in one repository.
    #[must_use]
    pub fn verified_in(&self, repository: &str) -> Option<&Listed> {
        let good = |it: &&Listed| it.verified == Some(true) && it.repository == repository;
        self.points.iter().rfind(good)
    }

    /// Nothing is known of what would be lost now, in any repository.
    pub fn not_looked_at(&mut self, why: &str) {
        let exposures = self.repositories.iter_mut().map(|it| &mut it.exposure);
        for exposure in exposures.chain([&mut self.exposure]) {
            *exposure = Exposure::Unknown(why.to_owned());
        }
    }

    /// What is wrong, the gravest first.
    pub fn troubles(&self) -> impl Iterator<Item = &Finding> {
        let of = |health| self.findings.iter().filter(move |it| it.health == health);
        of(Health::Bad).chain(of(Health::Warn))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn point(label: &str) -> Listed {
        Listed { label: label.to_owned(), ..Listed::sample() }
    }

    fn watched(points: Vec<Listed>, words: &str) -> Watched {
        Watched {
            name: "main".to_owned(),
            repository: "disk".to_owned(),
            repositories: Vec::new(),
            at: NOON,
            running: true,
            cluster: None,
            exposure: Exposure::Since { oldest: NOON - Duration::MINUTE, exact: true },
            points,
            backlog: None,
            keeps: None,
            dumps: Vec::new(),
            doing: None,
            next: None,
            findings: vec![Finding::bad("archiving", words, "mend it"); 90],
            copies: None,
            attached: None,
            underway: Vec::new(),
        }
    }

    #[test]
    fn of_many_points_the_newest_are_kept_and_long_words_are_cut() {
        let many = (0..400).map(|number| point(&number.to_string())).collect();

        let kept = watched(many, &"w\0".repeat(9_000)).received(Duration::ZERO);

        assert_eq!((kept.points.len(), kept.points[299].label.as_str()), (300, "399"));
        assert_eq!((kept.findings.len(), kept.findings[0].words.len()), (50, 2_000));
    }

    #[test]
    fn all_times_are_taken_over_by_musters_clock() {
        let hour = Duration::HOUR;
        let at = Some(NOON + hour);
        let of_host = Listed { stopped: NOON + hour, last_commit: at, proved_at: at, ..point("a") };
        let exposure = |oldest| Exposure::Since { oldest, exact: true };
        let repository = "disk".to_owned();
        let shelf = |oldest| Shelf { repository: repository.clone(), exposure: exposure(oldest) };
        let said = Watched {
            at: NOON + hour,
            exposure: exposure(NOON + hour),
            repositories: vec![shelf(NOON + hour)],
            next: Some(Next { deed: Deed::Full, at: NOON + hour }),
            ..watched(vec![of_host], "")
        };

        let heard = said.received(hour);

        let point = &heard.points[0];
        assert_eq!((heard.at, point.stopped, heard.next.unwrap().at), (NOON, NOON, NOON));
        assert_eq!((point.last_commit, point.proved_at), (Some(NOON), Some(NOON)));
        assert_eq!((heard.exposure, heard.repositories), (exposure(NOON), vec![shelf(NOON)]));
    }

    #[test]
    fn what_has_not_begun_two_hours_after_its_time_was_missed_unless_something_runs() {
        let next = Some(Next { deed: Deed::Full, at: NOON });
        let waits = Watched { next, ..watched(Vec::new(), "") };
        assert_eq!(waits.missed(NOON + Duration::hours(2)), None);
        let late = NOON + Duration::hours(2) + Duration::SECOND;
        assert_eq!(waits.missed(late), next);
        let doing = Doing {
            deed: Deed::Full,
            repository: None,
            since: NOON,
            at: "copying".to_owned(),
            percent: None,
            copied: 0,
            late_s: None,
        };
        assert_eq!(Watched { doing: Some(doing), ..waits }.missed(late), None);
    }

    #[test]
    fn an_hour_that_the_hosts_clock_is_ahead_makes_no_exposure_of_an_hour() {
        let kept = watched(Vec::new(), "").received(Duration::HOUR);

        assert_eq!(kept.findings.last(), ahead::finding(Duration::HOUR).as_ref());
        assert_eq!(kept.at, NOON - Duration::HOUR);
        assert_eq!(kept.exposure.age(NOON - Duration::HOUR), Some(Duration::MINUTE));
    }
}
