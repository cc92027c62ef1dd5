//! Whether an agent is heard of, and whom a silence is told.

use time::{Duration, OffsetDateTime};

use crate::domain::id::SiteId;

/// How long an agent may hold its breath; it asks twice within it.
pub const SILENT_AFTER: Duration = Duration::MINUTE;
/// After so long a silence somebody is told.
pub const TOLD_AFTER: Duration = Duration::minutes(3);
/// Sites that fall silent within so long of each other fell silent together.
const TOGETHER: Duration = Duration::MINUTE;

/// Whether an agent is heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// No agent has joined.
    Vacant,
    /// It asked a moment ago.
    Live,
    /// Nothing was heard since then.
    Silent(OffsetDateTime),
}

/// A site with an agent, as it was last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Which.
    pub site: SiteId,
    /// Its name.
    pub name: String,
    /// When its agent last asked.
    pub seen_at: OffsetDateTime,
    /// Whether its silence was told.
    pub told: bool,
}

/// Silences to tell of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// Of these sites, each by itself.
    Sites(Vec<Heard>),
    /// Of all there are, at once: more likely Muster's own network.
    Everybody(Vec<Heard>),
}

impl Presence {
    /// Of an agent that was last heard of at `seen_at`. `since` is from when on somebody has listened
    /// without a break: a Muster that was away itself has heard nobody, and a clock that was set back
    /// leaves times that are still to come.
    #[must_use]
    pub fn of(
        seen_at: Option<OffsetDateTime>,
        since: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Presence {
        let Some(seen_at) = seen_at else { return Presence::Vacant };
        match now - counted_from(seen_at, since, now) >= SILENT_AFTER {
            true => Presence::Silent(seen_at.min(now)),
            false => Presence::Live,
        }
    }
}

/// From when a silence counts.
fn counted_from(
    seen_at: OffsetDateTime,
    since: OffsetDateTime,
    now: OffsetDateTime,
) -> OffsetDateTime {
    if seen_at > now { since } else { seen_at.max(since) }
}

/// Which silences are to be told now; none where there are none.
#[must_use]
pub fn to_tell(heard: &[Heard], since: OffsetDateTime, now: OffsetDateTime) -> Option<Silence> {
    let silent_for = |one: &Heard| now - counted_from(one.seen_at, since, now);
    let due: Vec<_> =
        heard.iter().filter(|one| !one.told && silent_for(one) >= TOLD_AFTER).cloned().collect();
    if due.is_empty() {
        return None;
    }
    let all_silent = heard.len() > 1 && heard.iter().all(|one| silent_for(one) >= SILENT_AFTER);
    let seen = || heard.iter().map(|one| counted_from(one.seen_at, since, now));
    let spread = seen().max().zip(seen().min()).map(|(last, first)| last - first);
    if all_silent && spread.is_some_and(|spread| spread <= TOGETHER) {
        return Some(Silence::Everybody(heard.iter().filter(|one| !one.told).cloned().collect()));
    }
    Some(Silence::Sites(due))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn heard(name: &str, ago: i64, told: bool) -> Heard {
        let seen_at = NOON - Duration::seconds(ago);
        Heard { site: SiteId::new(NOON), name: name.to_owned(), seen_at, told }
    }

    fn told(heard: &[Heard], since: OffsetDateTime) -> Option<(bool, Vec<String>)> {
        let names = |all: Vec<Heard>| all.into_iter().map(|one| one.name).collect();
        to_tell(heard, since, NOON).map(|silence| match silence {
            Silence::Sites(sites) => (false, names(sites)),
            Silence::Everybody(sites) => (true, names(sites)),
        })
    }

    #[test]
    fn a_minute_of_silence_counts_from_when_somebody_listened() {
        let long_ago = NOON - Duration::DAY;
        for (seen, since, wanted) in [
            (59, long_ago, Presence::Live),
            (60, long_ago, Presence::Silent(NOON - Duration::MINUTE)),
            (900, NOON - Duration::seconds(59), Presence::Live),
            (900, NOON - Duration::MINUTE, Presence::Silent(NOON - Duration::seconds(900))),
            (-3600, NOON - Duration::seconds(59), Presence::Live),
            (-3600, NOON - Duration::MINUTE, Presence::Silent(NOON)),
        ] {
            let seen_at = Some(NOON - Duration::seconds(seen));
            assert_eq!(Presence::of(seen_at, since, NOON), wanted, "{seen} {since}");
        }
        assert_eq!(Presence::of(None, long_ago, NOON), Presence::Vacant);
    }

    #[test]
    fn three_minutes_of_silence_are_told_once() {
        let long_ago = NOON - Duration::DAY;
        let one = |ago, told| [heard("db1", ago, told), heard("db2", 5, false)];

        assert_eq!(told(&one(179, false), long_ago), None);
        assert_eq!(told(&one(180, false), long_ago), Some((false, vec!["db1".to_owned()])));
        assert_eq!(told(&one(180, true), long_ago), None);
        assert_eq!(told(&one(900, false), NOON - Duration::seconds(179)), None);
    }

    #[test]
    fn when_all_fall_silent_together_one_message_tells_of_all() {
        let long_ago = NOON - Duration::DAY;
        let all = [heard("db1", 180, false), heard("db2", 121, false), heard("db3", 150, false)];
        assert_eq!(told(&all, long_ago).map(|(all, names)| (all, names.len())), Some((true, 3)));

        let apart = [heard("db1", 240, false), heard("db2", 179, false)];
        assert_eq!(told(&apart, long_ago), Some((false, vec!["db1".to_owned()])));
        let alone = [heard("db1", 240, false)];
        assert_eq!(told(&alone, long_ago), Some((false, vec!["db1".to_owned()])));
    }
}
