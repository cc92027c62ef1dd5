//! The clock of the recovery time objective: one a function, the worst one on top.

use time::OffsetDateTime;

use super::{Affected, Incident, WHOLE};
use crate::domain::plan::document::{Amount, Function, Plan, Tier};
use crate::domain::span::Span;

/// What one clock counts, and where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rto {
    /// Name of the function, or of the objective when nothing was chosen.
    pub name: String,
    /// Whether nothing was chosen and the tightest objective is assumed.
    pub assumed: bool,
    /// Since when it counts.
    pub since: OffsetDateTime,
    /// When the target is reached.
    pub target: OffsetDateTime,
    /// When the maximum is reached.
    pub maximum: OffsetDateTime,
    /// How it stands.
    pub state: RtoState,
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RtoState {
    /// It counts to the target.
    ToTarget,
    /// The target has passed; it counts to the maximum.
    ToMaximum,
    /// The maximum has passed.
    Missed,
    /// It stopped at that instant.
    Recovered(OffsetDateTime),
    /// Its times contradict each other.
    Invalid,
}

/// The clock of one function that is affected.
#[must_use]
pub fn of_function(
    plan: &Plan,
    function: &Function,
    affected: &Affected,
    now: OffsetDateTime,
) -> Rto {
    let spans = (function.tier.within(), maximum(plan, function.tier));
    let count = (affected.since, affected.restored_at);
    clock(function.name.clone(), spans, count, now)
}

/// The clock that the incident shows: that of the worst affected function; with none chosen, the
/// tightest objective is assumed. None where the plan has neither functions nor an RTO.
#[must_use]
pub fn worst(
    plan: &Plan,
    incident: &Incident,
    affected: &[Affected],
    now: OffsetDateTime,
) -> Option<Rto> {
    let chosen = affected.iter().filter_map(|affected| {
        let function = plan.function(affected.key.strip_prefix("function.")?)?;
        Some(of_function(plan, function, affected, now))
    });
    chosen.min_by_key(rank).or_else(|| assumed(plan, incident, affected, now))
}

fn assumed(
    plan: &Plan,
    incident: &Incident,
    affected: &[Affected],
    now: OffsetDateTime,
) -> Option<Rto> {
    let tightest = plan.function.iter().map(|function| function.tier).min_by_key(|t| t.within());
    let (target, maximum) = match tightest {
        Some(tier) => (tier.within(), maximum(plan, tier)),
        None => objective(plan)?,
    };
    let restored = affected.iter().find(|affected| affected.key == WHOLE);
    let count = (incident.impact_start, restored.and_then(|affected| affected.restored_at));
    let name = "tightest objective".to_owned();
    Some(Rto { assumed: true, ..clock(name, (target, maximum), count, now) })
}

fn clock(
    name: String,
    (target, maximum): (Span, Span),
    (since, restored): (OffsetDateTime, Option<OffsetDateTime>),
    now: OffsetDateTime,
) -> Rto {
    let (target_at, maximum_at) = (since + target.duration(), since + maximum.duration());
    let state = match restored {
        _ if since > now || maximum < target => RtoState::Invalid,
        Some(at) if at < since || at > now => RtoState::Invalid,
        Some(at) => RtoState::Recovered(at),
        None if now < target_at => RtoState::ToTarget,
        None if now < maximum_at => RtoState::ToMaximum,
        None => RtoState::Missed,
    };
    Rto { name, assumed: false, since, target: target_at, maximum: maximum_at, state }
}

/// What runs comes before what has stopped; then what is due first.
fn rank(rto: &Rto) -> (u8, OffsetDateTime) {
    let order = match rto.state {
        RtoState::Invalid => 0,
        RtoState::ToTarget | RtoState::ToMaximum | RtoState::Missed => 1,
        RtoState::Recovered(_) => 2,
    };
    (order, rto.target)
}

fn maximum(plan: &Plan, tier: Tier) -> Span {
    match (tier, objective(plan)) {
        (Tier::Critical, Some((_, maximum))) => maximum,
        _ => tier.within(),
    }
}

fn objective(plan: &Plan) -> Option<(Span, Span)> {
    let rto = plan.objective.iter().find(|objective| objective.key == "rto")?;
    match (rto.target, rto.maximum) {
        (Amount::Span(target), Amount::Span(maximum)) => Some((target, maximum)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

    fn stands(restored: Option<i64>, minutes: i64) -> RtoState {
        let restored = restored.map(|minutes| START + Duration::minutes(minutes));
        let spans = (Span::hours(2), Span::hours(4));
        let now = START + Duration::minutes(minutes);
        clock("Booking".to_owned(), spans, (START, restored), now).state
    }

    #[test]
    fn a_clock_counts_to_its_target_then_to_its_maximum() {
        assert_eq!(stands(None, 119), RtoState::ToTarget);
        assert_eq!(stands(None, 120), RtoState::ToMaximum);
        assert_eq!(stands(None, 240), RtoState::Missed);
        let at = START + Duration::minutes(50);
        assert_eq!(stands(Some(50), 300), RtoState::Recovered(at));
    }

    #[test]
    fn times_that_contradict_each_other_make_it_invalid() {
        assert_eq!(stands(None, -1), RtoState::Invalid);
        assert_eq!(stands(Some(-1), 10), RtoState::Invalid);
        assert_eq!(stands(Some(20), 10), RtoState::Invalid);
        let spans = (Span::hours(2), Span::hours(1));
        let state = clock(String::new(), spans, (START, None), START).state;
        assert_eq!(state, RtoState::Invalid);
    }
}
