//! What the time of the last worker's turn says about this one: whether nobody worked for long, or
//! the clock was set.

use time::{Duration, OffsetDateTime};

/// After so long without a worker, what waits is told in one mail a person.
pub const AWAY: Duration = Duration::hours(1);
/// A turn is noted when the last noted one is so old.
const NOTED: Duration = Duration::seconds(5);
/// Servers read the same clock, but not at once: a last turn that is so much ahead is no step.
const UNSURE: Duration = Duration::seconds(2);
/// A clock that is set forward by less moves nothing: it comes that much too early.
const FORWARD: Duration = Duration::MINUTE;

/// What a turn finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// A turn just now.
    Noted,
    /// One a moment ago, or none ever: this one is to be noted.
    ToNote,
    /// Nobody has worked since then.
    Away(OffsetDateTime),
    /// The clock was set by so much since.
    Set(Duration),
}

/// What this process knows of the time that has passed, by a clock that nobody sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// It has itself worked within [`AWAY`]: nobody was away.
    pub worked: bool,
    /// By how much the database's clock has just jumped.
    pub jump: Option<Duration>,
}

/// Judges the last turn. Of a clock that was set forward only who saw it jump can tell, and another
/// server that saw it too may have noted so since. One that was set back is known by a last turn that
/// is still to come.
#[must_use]
pub fn judge(last: Option<OffsetDateTime>, known: Known, now: OffsetDateTime) -> Turn {
    let Some(last) = last else { return Turn::ToNote };
    let passed = now - last;
    let forward = known.jump.filter(|jump| *jump >= FORWARD && passed >= *jump - UNSURE);
    match forward {
        _ if passed < -UNSURE => Turn::Set(known.jump.map_or(passed, |jump| jump.min(passed))),
        Some(jump) => Turn::Set(jump),
        None if passed >= AWAY && !known.worked => Turn::Away(last),
        None if passed >= NOTED => Turn::ToNote,
        None => Turn::Noted,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    #[test]
    fn an_hour_without_a_turn_is_an_absence_unless_this_process_knows_better() {
        let (minute, hour) = (Duration::minutes(1), Duration::hours(1));
        for (passed, worked, jump, wanted) in [
            (Duration::ZERO, true, None, Turn::Noted),
            (Duration::seconds(5), true, None, Turn::ToNote),
            (hour - minute, false, None, Turn::ToNote),
            (hour, false, None, Turn::Away(NOON)),
            (hour, true, None, Turn::ToNote),
            (Duration::seconds(-1), false, None, Turn::Noted),
            (-hour, true, None, Turn::Set(-hour)),
            (minute - hour, true, Some(-hour), Turn::Set(-hour)), // the turn was a minute before
            (Duration::days(-1), false, Some(-hour), Turn::Set(Duration::days(-1))),
            (hour + minute, true, Some(hour), Turn::Set(hour)),
            (Duration::ZERO, true, Some(hour), Turn::Noted), // another server has seen to it
            (minute, true, Some(Duration::seconds(59)), Turn::ToNote),
        ] {
            let known = Known { worked, jump };
            assert_eq!(judge(Some(NOON), known, NOON + passed), wanted, "{passed}, {known:?}");
        }
        let known = Known { worked: false, jump: None };
        assert_eq!(judge(None, known, NOON), Turn::ToNote, "nobody ever worked");
    }
}
