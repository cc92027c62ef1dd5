//! When an exposure is told to a person: over the target for five minutes, over the maximum at once,
//! and each once until it is back within.

use time::{Duration, OffsetDateTime};

use super::exposure::Grade;

/// So long it may be over the target, or unknown, before somebody is told.
pub const PATIENCE: Duration = Duration::minutes(5);

/// What was told of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Told {
    /// Nothing.
    #[default]
    Nothing,
    /// That it is over its target, or not known.
    OverTarget,
    /// That it is over what is accepted at most.
    OverMaximum,
}

/// How closely a database is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vigil {
    /// Since when it has been over its target without a break.
    pub over_since: Option<OffsetDateTime>,
    /// What was told since.
    pub told: Told,
}

impl Vigil {
    /// The same after one more look. What is told that was not told before is to be told now.
    #[must_use]
    pub fn after(self, grade: Grade, now: OffsetDateTime) -> Vigil {
        if grade <= Grade::Within {
            return Vigil::default();
        }
        let over_since = self.over_since.unwrap_or(now).min(now);
        let due = match grade {
            Grade::OverMaximum => Told::OverMaximum,
            _ if now - over_since >= PATIENCE => Told::OverTarget,
            _ => Told::Nothing,
        };
        Vigil { over_since: Some(over_since), told: self.told.max(due) }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    /// What is told after looks at these seconds.
    fn told(looks: &[(i64, Grade)]) -> Vec<Told> {
        let mut vigil = Vigil::default();
        let told = looks.iter().map(|(at, grade)| {
            vigil = vigil.after(*grade, NOON + Duration::seconds(*at));
            vigil.told
        });
        told.collect()
    }

    #[test]
    fn five_minutes_over_the_target_are_told_and_the_maximum_at_once() {
        use Grade::{Idle, OverMaximum, OverTarget, Unknown, Within};
        use Told::{Nothing, OverTarget as Target};

        assert_eq!(
            told(&[(0, OverTarget), (299, OverTarget), (300, OverTarget)]),
            [Nothing, Nothing, Target]
        );
        assert_eq!(told(&[(0, Unknown), (300, Unknown)]), [Nothing, Target]);
        assert_eq!(told(&[(0, OverMaximum)]), [Told::OverMaximum]);
        let back = [(0, OverTarget), (200, Within), (300, OverTarget), (599, OverTarget)];
        assert_eq!(told(&back), [Nothing; 4], "each break begins it anew");
        let eased = [(0, OverMaximum), (10, OverTarget), (20, Idle)];
        assert_eq!(told(&eased), [Told::OverMaximum, Told::OverMaximum, Nothing]);
    }

    #[test]
    fn a_clock_that_is_set_back_is_waited_for_no_longer_than_five_minutes() {
        let looks = [(3600, Grade::OverTarget), (0, Grade::OverTarget), (300, Grade::OverTarget)];
        assert_eq!(told(&looks)[2], Told::OverTarget);
    }
}
