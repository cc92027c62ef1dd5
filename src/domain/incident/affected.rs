//! What an incident has taken down, and since when.

use std::fmt;
use std::str::FromStr;

use time::OffsetDateTime;

use super::Unknown;

/// The key of the incident itself, where no function or component was chosen.
pub const WHOLE: &str = "incident";

/// Something that is or was down: `function.KEY`, `component.KEY`, or [`WHOLE`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// What.
    pub key: String,
    /// How badly.
    pub outage: Outage,
    /// Since when.
    pub since: OffsetDateTime,
    /// Until when.
    pub restored_at: Option<OffsetDateTime>,
}

/// How badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// It can't be used.
    Down,
    /// It can, with patience.
    Slow,
}

impl Affected {
    /// Whether it still is.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        self.restored_at.is_none()
    }
}

impl Outage {
    /// Its name in the database and in forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Outage::Down => "down",
            Outage::Slow => "slow",
        }
    }
}

impl FromStr for Outage {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Outage, Unknown> {
        [Outage::Down, Outage::Slow]
            .into_iter()
            .find(|outage| outage.name() == name)
            .ok_or_else(|| Unknown(name.to_owned()))
    }
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// When the last of it was restored, if all is: so that “stable” is offered. With nothing chosen,
/// one “restored” on the incident itself says so.
#[must_use]
pub fn restored_at(affected: &[Affected]) -> Option<OffsetDateTime> {
    let chosen: Vec<_> = affected.iter().filter(|affected| affected.key != WHOLE).collect();
    let counts = if chosen.is_empty() { affected.iter().collect() } else { chosen };
    let ends: Option<Vec<_>> = counts.into_iter().map(|affected| affected.restored_at).collect();
    ends?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const START: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

    #[test]
    fn all_is_restored_only_once_each_chosen_thing_is() {
        let affected = |key: &str, minutes: Option<i64>| Affected {
            key: key.to_owned(),
            outage: Outage::Down,
            since: START,
            restored_at: minutes.map(|minutes| START + time::Duration::minutes(minutes)),
        };
        let at = |minutes| Some(START + time::Duration::minutes(minutes));
        assert_eq!(restored_at(&[]), None);
        assert_eq!(restored_at(&[affected(WHOLE, Some(1))]), at(1));
        assert_eq!(restored_at(&[affected(WHOLE, Some(1)), affected("function.a", None)]), None);
        let both = [affected("function.a", Some(9)), affected("component.b", Some(4))];
        assert_eq!(restored_at(&both), at(9));
    }
}
