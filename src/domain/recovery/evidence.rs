//! What a proof leaves behind: what was asked, what was reached, what was found, and how long it took.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::wal::Lsn;
use crate::domain::cut::cut;
use crate::domain::id::SiteId;
use crate::domain::timeline::Digest;

/// Number of the document's form; it grows when what stands there changes its meaning.
pub const FORMAT: u32 = 1;

/// Stands before the bytes that an agent signs.
pub const PREFIX: &[u8] = b"muster evidence 1\n";

/// Checks that are told of.
const MOST_CHECKS: usize = 100;
/// Letters that are told of one text.
const LONGEST: usize = 400;

/// The evidence of one proof. What is signed of it are its bytes, behind [`PREFIX`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// [`FORMAT`] when it was written.
    pub format: u32,
    /// Its identity.
    pub id: Uuid,
    /// What was restored.
    #[serde(default, skip_serializing_if = "Subject::is_point")]
    pub subject: Subject,
    /// The incident for which it was made; none for a daily proof.
    pub incident: Option<Uuid>,
    /// Whether it was a drill.
    pub drill: bool,
    /// The site; none on a host that never joined one.
    pub site: Option<String>,
    /// The site whose database it is, where another one restored it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<SiteId>,
    /// The database's name in `agent.toml`.
    pub database: String,
    /// The cluster's own identifier.
    pub system_identifier: String,
    /// From which repository.
    pub repository: String,
    /// From which backup.
    pub label: String,
    /// What was asked.
    pub asked: Target,
    /// What was reached; none when it could not be opened.
    pub reached: Option<Target>,
    /// What did the work.
    pub engines: Engines,
    /// Who asked: whoever ordered it at Muster, else a user of the host.
    pub requester: String,
    /// Who approved; a proof needs nobody.
    pub approvals: Vec<String>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub began: OffsetDateTime,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// What was looked at, and what was found.
    pub checks: Vec<Check>,
    /// Bytes that were restored.
    pub bytes: u64,
    /// From the first step until the database answered.
    pub recovery_time_s: Option<f64>,
    /// What would have been lost by this restore: none when nothing, or when it is not known.
    pub data_loss: Option<DataLoss>,
    /// Whether it holds.
    pub holds: bool,
    /// The SHA-256 of the evidence that this host kept before, in hex; none where it is the first.
    pub previous_head: Option<String>,
}

/// What a proof restores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A recovery point: a backup, and the log behind it.
    #[default]
    Point,
    /// A logical dump.
    Dump,
    /// A recovery point, to be looked at and used: it proves nothing of the point.
    Restore,
}

impl Subject {
    /// Whether it is a recovery point, which all were that evidence of before speaks of.
    #[must_use]
    pub fn is_point(&self) -> bool {
        *self == Subject::Point
    }
}

/// What Muster signs of evidence that came: the digests of the bytes, of the agent's signature, and of its key.
#[must_use]
pub fn countersigned(document: &[u8], signature: &[u8], agent_key: &[u8]) -> [u8; 32] {
    Digest::of(&[b"muster evidence received 1", document, signature, agent_key]).0
}

impl Evidence {
    /// What kept it from holding, in words.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        let steps = self.steps.iter().filter(|step| !step.done);
        let steps = steps.map(|step| format!("{}: {}", step.name, step.outcome));
        let checks = self.checks.iter().filter(|check| !check.good);
        let checks =
            checks.map(|it| format!("{}: {} instead of {}", it.name, it.found, it.expected));
        steps.chain(checks).collect()
    }

    /// What the plan asked: its statements, then its actions, each in the plan's order.
    pub fn of_plan(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.plan.is_some())
    }

    /// The same for the wire, within bounds: what is wrong first, then what the plan asked, in short words.
    /// The whole stays on the host.
    #[must_use]
    pub fn abridged(mut self) -> Evidence {
        if self.checks.len() > MOST_CHECKS {
            self.checks.sort_by_key(|check| (check.good, check.plan.is_none()));
            self.checks.truncate(MOST_CHECKS);
        }
        for check in &mut self.checks {
            let texts = [&mut check.name, &mut check.expected, &mut check.found];
            let texts = texts.into_iter().chain(&mut check.plan).chain(&mut check.said);
            texts.for_each(|text| cut(text, LONGEST));
        }
        self
    }

    /// How long the restore took until the database answered, in seconds.
    #[must_use]
    pub fn lasted(&self) -> Option<time::Duration> {
        self.recovery_time_s.map(time::Duration::seconds_f64)
    }
}

/// A place to recover to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The timeline; none while it is not known.
    pub timeline: Option<u32>,
    /// The position.
    pub lsn: Lsn,
    /// The last commit's time, where one was replayed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub time: Option<OffsetDateTime>,
}

/// The versions of what did the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engines {
    /// Muster's.
    pub muster: String,
    /// pgBackRest's.
    pub pgbackrest: String,
    /// The server's.
    pub postgres: String,
    /// restic's, where it brought anything back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restic: Option<String>,
}

/// From when to when something would be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataLoss {
    /// The oldest commit that would be lost.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// When that was said.
    #[serde(with = "time::serde::rfc3339")]
    pub to: OffsetDateTime,
    /// Between them, in seconds.
    pub s: i64,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What.
    pub name: String,
    /// From when.
    #[serde(with = "time::serde::rfc3339")]
    pub start: OffsetDateTime,
    /// Until when.
    #[serde(with = "time::serde::rfc3339")]
    pub end: OffsetDateTime,
    /// How it ended, in words.
    pub outcome: String,
    /// Whether it ended well.
    pub done: bool,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What.
    pub name: String,
    /// What there should be.
    pub expected: String,
    /// What there is.
    pub found: String,
    /// Whether the proof can hold with it.
    pub good: bool,
    /// The plan's key of it, where the plan asks for it; what every proof looks at has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// It was not looked at, for the reason that was found; the proof can hold without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
    /// What the program said that looked; none where it was no program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &str, good: bool) -> Check {
        let (name, expected) = ("rows".to_owned(), "4".to_owned());
        Check {
            name,
            expected,
            found: found.to_owned(),
            good,
            plan: None,
            skipped: false,
            said: None,
        }
    }

    #[test]
    fn evidence_of_a_thousand_faults_fits_on_the_wire_with_what_is_wrong_in_it() {
        let good = (0..500).map(|_| check("4", true));
        let bad = (0..1_000).map(|_| check(&"ü".repeat(9_000), false));
        let checks = good.chain(bad).collect();
        let at = time::macros::datetime!(2026-11-14 02:00 UTC);
        let target = Target { timeline: None, lsn: Lsn(1), time: None };
        let engines = Engines {
            muster: "0".to_owned(),
            pgbackrest: "2".to_owned(),
            postgres: "15".to_owned(),
            restic: None,
        };
        let evidence = Evidence {
            format: FORMAT,
            id: Uuid::nil(),
            subject: Subject::Point,
            incident: None,
            drill: false,
            site: None,
            of: None,
            database: "main".to_owned(),
            system_identifier: "1".to_owned(),
            repository: "disk".to_owned(),
            label: "20261114-020000F".to_owned(),
            asked: target,
            reached: None,
            engines,
            requester: "postgres".to_owned(),
            approvals: Vec::new(),
            began: at,
            steps: Vec::new(),
            checks,
            bytes: 1,
            recovery_time_s: None,
            data_loss: None,
            holds: false,
            previous_head: None,
        };

        let told = evidence.abridged();

        assert!(told.checks.iter().all(|check| !check.good));
        let bytes = serde_json::to_vec(&told).unwrap().len();
        assert!(bytes < 200_000, "{bytes}");
    }
}
