//! What would be lost now, and how grave that is against the plan's objective.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// What would be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// Nothing: all that was committed is in the repository.
    Nothing,
    /// What was committed since then.
    Since {
        /// The oldest commit that would be lost.
        #[serde(with = "time::serde::rfc3339")]
        oldest: OffsetDateTime,
        /// Whether that is the commit itself, not one shortly before it.
        exact: bool,
    },
    /// Everything: nothing can be restored.
    Everything,
    /// It can't be known.
    Unknown(String),
}

/// What may be lost: the plan's recovery point objective, for one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is aimed at.
    pub target: Duration,
    /// What is accepted at most.
    pub maximum: Duration,
}

/// How an exposure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Nothing would be lost: nothing was written since.
    Idle,
    /// Within the target, or without one.
    Within,
    /// Over the target.
    OverTarget,
    /// It is not known, so it may be anything.
    Unknown,
    /// Over what is accepted at most, or everything.
    OverMaximum,
}

impl Exposure {
    /// How old the oldest commit is that would be lost; none where there is none, or no knowing.
    #[must_use]
    pub fn age(&self, now: OffsetDateTime) -> Option<Duration> {
        match self {
            Exposure::Nothing => Some(Duration::ZERO),
            Exposure::Since { oldest, .. } => Some((now - *oldest).max(Duration::ZERO)),
            Exposure::Everything | Exposure::Unknown(_) => None,
        }
    }

    /// How that stands against the objective; where the plan has none, nothing is over it.
    #[must_use]
    pub fn grade(&self, limit: Option<Limit>, now: OffsetDateTime) -> Grade {
        match (self, self.age(now), limit) {
            (Exposure::Unknown(_), ..) => Grade::Unknown,
            (Exposure::Everything, ..) => Grade::OverMaximum,
            (Exposure::Nothing, ..) => Grade::Idle,
            (_, Some(age), Some(limit)) if age > limit.maximum => Grade::OverMaximum,
            (_, Some(age), Some(limit)) if age > limit.target => Grade::OverTarget,
            _ => Grade::Within,
        }
    }

    /// What would be lost where the one repository or the other can be restored from: the less.
    #[must_use]
    pub fn least(self, other: Exposure) -> Exposure {
        let rank = |it: &Exposure| match it {
            Exposure::Nothing => (0, Duration::ZERO),
            Exposure::Since { oldest, .. } => (1, OffsetDateTime::UNIX_EPOCH - *oldest),
            Exposure::Unknown(_) => (2, Duration::ZERO),
            Exposure::Everything => (3, Duration::ZERO),
        };
        if rank(&other) < rank(&self) { other } else { self }
    }

    /// The same by a clock that is ahead of this one by so much.
    #[must_use]
    pub fn shifted(self, by: Duration) -> Exposure {
        match self {
            Exposure::Since { oldest, exact } => Exposure::Since { oldest: oldest + by, exact },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn since(minutes: i64) -> Exposure {
        Exposure::Since { oldest: NOON - Duration::minutes(minutes), exact: true }
    }

    #[test]
    fn it_is_judged_by_the_age_of_the_oldest_commit() {
        let limit = Some(Limit { target: Duration::minutes(15), maximum: Duration::HOUR });
        for (exposure, wanted) in [
            (Exposure::Nothing, Grade::Idle),
            (since(15), Grade::Within),
            (since(16), Grade::OverTarget),
            (since(60), Grade::OverTarget),
            (since(61), Grade::OverMaximum),
            (since(-5), Grade::Within),
            (Exposure::Everything, Grade::OverMaximum),
            (Exposure::Unknown("why".to_owned()), Grade::Unknown),
        ] {
            assert_eq!(exposure.grade(limit, NOON), wanted, "{exposure:?}");
        }
        assert_eq!(since(900).grade(None, NOON), Grade::Within, "without an objective");
    }

    #[test]
    fn of_two_repositories_the_one_that_loses_less_counts() {
        let unknown = || Exposure::Unknown("why".to_owned());
        let order = [Exposure::Nothing, since(3), since(9), unknown(), Exposure::Everything];
        for (at, less) in order.iter().enumerate() {
            for more in &order[at..] {
                assert_eq!(less.clone().least(more.clone()), *less, "{less:?} {more:?}");
                assert_eq!(more.clone().least(less.clone()), *less, "{more:?} {less:?}");
            }
        }
    }

    #[test]
    fn it_reads_as_it_was_written() {
        for exposure in [Exposure::Nothing, since(3), Exposure::Unknown("why".to_owned())] {
            let text = serde_json::to_string(&exposure).unwrap();
            assert_eq!(serde_json::from_str::<Exposure>(&text).unwrap(), exposure, "{text}");
        }
    }
}
