//! One outage declared twice: an incident is merged into another, and that can be undone.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Affected, Incident, Outage, Phase, Refusal};
use crate::domain::id::{IncidentId, PersonId};

/// What an incident says of itself that a merge into it may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// Its level.
    pub level: u8,
    /// What the public calls it.
    pub public_title: String,
    /// When it began to hurt.
    pub impact_start: OffsetDateTime,
    /// Whether somebody has said so.
    pub impact_confirmed: bool,
    /// When it was noticed.
    pub detected_at: Option<OffsetDateTime>,
    /// Who commands, and since when.
    pub commander: Option<(PersonId, OffsetDateTime)>,
}

impl Stand {
    /// As an incident stands.
    #[must_use]
    pub fn of(incident: &Incident) -> Stand {
        Stand {
            level: incident.level,
            public_title: incident.public_title.clone(),
            impact_start: incident.impact_start,
            impact_confirmed: incident.impact_confirmed,
            detected_at: incident.detected_at,
            commander: incident.commander.zip(incident.commander_since),
        }
    }
}

impl Incident {
    /// Whether it may be merged into that one: of the same kind, and both go on.
    ///
    /// # Errors
    /// A [`Refusal`] in words.
    pub fn mergeable(&self, into: &Incident, now: OffsetDateTime) -> Result<(), Refusal> {
        if self.id == into.id {
            return Err(Refusal::WithItself);
        }
        if self.kind != into.kind {
            return Err(Refusal::OtherKind);
        }
        self.going_on()?;
        if !into.is_open() {
            return Err(Refusal::OtherOver);
        }
        match self.is_held(now) || into.is_held(now) {
            true => Err(Refusal::StillHeld),
            false => Ok(()),
        }
    }

    /// It is the same as the other, which goes on for both.
    pub fn merge(&mut self, into: IncidentId, now: OffsetDateTime) {
        self.end(Phase::Merged, now);
        self.merged_into = Some(into);
    }

    /// It was another incident after all: it goes on as it stood.
    ///
    /// # Errors
    /// [`Refusal::NotMerged`] when it was not merged.
    pub fn unmerge(&mut self, phase: Phase, since: OffsetDateTime) -> Result<(), Refusal> {
        self.merged_into.take().ok_or(Refusal::NotMerged)?;
        self.ended_at = None;
        self.enter(phase, since);
        Ok(())
    }

    /// What it becomes by taking another on: the higher level, the earlier start, and a commander
    /// and public title where it has none.
    pub fn take_on(&mut self, other: &Incident) {
        self.level = self.level.max(other.level);
        if other.impact_start < self.impact_start {
            self.impact_start = other.impact_start;
            self.impact_confirmed = other.impact_confirmed;
        }
        self.detected_at = self.detected_at.into_iter().chain(other.detected_at).min();
        self.answered_at = self.answered_at.into_iter().chain(other.answered_at).min();
        if self.public_title.is_empty() {
            self.public_title.clone_from(&other.public_title);
        }
        if self.commander.is_none() {
            (self.commander, self.commander_since) = (other.commander, other.commander_since);
        }
        self.raised_from = None;
    }

    /// The other goes on alone again: what the merge made of this one, and nobody changed since, is
    /// as it was before.
    pub fn give_back(&mut self, before: &Stand, after: &Stand) {
        let now = Stand::of(self);
        if now.level == after.level {
            self.level = before.level;
        }
        if now.public_title == after.public_title {
            self.public_title.clone_from(&before.public_title);
        }
        let start = |stand: &Stand| (stand.impact_start, stand.impact_confirmed);
        if start(&now) == start(after) {
            (self.impact_start, self.impact_confirmed) = start(before);
        }
        if now.detected_at == after.detected_at {
            self.detected_at = before.detected_at;
        }
        if now.commander == after.commander {
            (self.commander, self.commander_since) = before.commander.unzip();
        }
        self.raised_from = None;
    }
}

impl Affected {
    /// The same thing, as two incidents say of it: down if it is for either, and since the earlier.
    #[must_use]
    pub fn joined(&self, other: &Affected) -> Affected {
        let outage = match (self.outage, other.outage) {
            (Outage::Slow, Outage::Slow) => Outage::Slow,
            _ => Outage::Down,
        };
        let restored_at = self.restored_at.zip(other.restored_at).map(|(a, b)| a.max(b));
        Affected { key: self.key.clone(), outage, since: self.since.min(other.since), restored_at }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    use super::*;
    use crate::domain::incident::{Draft, Kind};

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

    fn incident(kind: Kind, level: u8) -> Incident {
        let (id, by) = (IncidentId::new(NOW), PersonId::new(NOW));
        let title = "Booking is down".to_owned();
        Incident::declared(Draft { id, kind, level, revision: 1, title, by }, NOW)
    }

    #[test]
    fn only_two_of_one_kind_that_go_on_and_are_not_held_are_merged() {
        let (real, drill) = (incident(Kind::Real, 2), incident(Kind::Drill, 2));
        let other = incident(Kind::Real, 1);
        assert_eq!(real.mergeable(&other, NOW), Ok(()));
        assert_eq!(real.mergeable(&real, NOW), Err(Refusal::WithItself));
        assert_eq!(real.mergeable(&drill, NOW), Err(Refusal::OtherKind));
        let held = incident(Kind::Real, 3);
        assert_eq!(real.mergeable(&held, NOW), Err(Refusal::StillHeld));
        assert_eq!(held.mergeable(&real, NOW), Err(Refusal::StillHeld));
        let mut merged = other.clone();
        merged.merge(real.id, NOW);
        assert_eq!(real.mergeable(&merged, NOW), Err(Refusal::OtherOver));
        assert_eq!(merged.mergeable(&real, NOW), Err(Refusal::Merged));
        assert_eq!(merged.reopen(merged.declared_by, NOW), Err(Refusal::Merged));
    }

    #[test]
    fn an_undo_gives_back_what_nobody_changed_since() {
        let (mut target, mut other) = (incident(Kind::Real, 1), incident(Kind::Real, 4));
        other.impact_start = NOW - Duration::minutes(9);
        (other.commander, other.commander_since) = (Some(other.declared_by), Some(NOW));
        let before = Stand::of(&target);
        target.take_on(&other);
        let after = Stand::of(&target);
        assert_eq!((target.level, target.commander), (4, other.commander));
        assert_eq!(target.impact_start, other.impact_start);

        target.level = 3;
        target.give_back(&before, &after);
        assert_eq!((target.level, target.commander, target.impact_start), (3, None, NOW));
    }

    #[test]
    fn what_is_down_for_either_is_down_since_the_earlier() {
        let thing = |outage, minutes, restored_at| Affected {
            key: "function.a".to_owned(),
            outage,
            since: NOW + Duration::minutes(minutes),
            restored_at,
        };
        let joined = thing(Outage::Slow, 5, Some(NOW)).joined(&thing(Outage::Down, 2, None));
        assert_eq!(joined, thing(Outage::Down, 2, None));
        let both = thing(Outage::Slow, 0, Some(NOW)).joined(&thing(
            Outage::Slow,
            1,
            Some(NOW + Duration::minutes(8)),
        ));
        assert_eq!(both.restored_at, Some(NOW + Duration::minutes(8)));
    }
}
