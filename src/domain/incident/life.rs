//! The steps of an incident's life, each of which may be refused in words for the person.

use time::{Duration, OffsetDateTime};

use super::{Incident, Phase};
use crate::domain::id::PersonId;

/// How long sending is held after a press that can be undone.
pub const HOLD: Duration = Duration::seconds(10);

/// How long the declarer acts as commander before pages say NO COMMANDER.
pub const ACTING: Duration = Duration::minutes(5);

/// How long one person commands before handing over is offered.
pub const WATCH: Duration = Duration::hours(8);

/// Why a step is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The incident has ended.
    #[error("this incident is over; reopen it first")]
    Over,
    /// The hold has passed, or there was none.
    #[error("it is too late to undo this; lower the level, or call it a false alarm")]
    TooLate,
    /// Another press is still held.
    #[error("the last press is still held; undo it, or wait until its 10 s have passed")]
    StillHeld,
    /// Not above the present level.
    #[error("it is at level {0} already; choose a higher one to raise it")]
    NotHigher(u8),
    /// Not below the present level.
    #[error("it is at level {0}; choose a lower one to lower it")]
    NotLower(u8),
    /// Levels go from 1 to 4.
    #[error("levels go from 1 to 4")]
    NoSuchLevel,
    /// Lowering needs a reason.
    #[error("say why the level is lowered")]
    NoReason,
    /// The person commands already.
    #[error("{0} command this incident already")]
    CommandsAlready(&'static str),
    /// Only who has command hands it over.
    #[error("somebody else commands; take command first, then hand it over")]
    NotYours,
    /// The phase holds already.
    #[error("it is {0} already")]
    AlreadyThere(&'static str),
    /// Something is still down.
    #[error("not all is restored; press “restored” on what works again first")]
    NotRestored,
    /// Closing comes after stable.
    #[error("it is not stable yet; press “It is stable” first")]
    NotStable,
    /// The plan's checklist is not gone through.
    #[error("{}; tick or waive them on the Command page first", open_items(*.0))]
    ItemsOpen(usize),
    /// The incident was merged into another.
    #[error("it was merged into another incident; do it there, or undo the merge first")]
    Merged,
    /// Only what was merged is unmerged.
    #[error("it is not merged into another incident any more")]
    NotMerged,
    /// An incident is not merged into itself.
    #[error("this is the incident itself; choose another one")]
    WithItself,
    /// Exercises stay apart.
    #[error("a drill and a real incident are never merged")]
    OtherKind,
    /// The other one has ended.
    #[error("the other incident is over; choose one that goes on, or reopen it first")]
    OtherOver,
    /// Only what is over is reopened.
    #[error("this incident goes on; there is nothing to reopen")]
    NotOver,
}

/// `7 items of the checklist are open`.
#[must_use]
pub fn open_items(count: usize) -> String {
    match count {
        1 => "1 item of the checklist is open".to_owned(),
        count => format!("{count} items of the checklist are open"),
    }
}

/// What an Undo took back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// The declaration: a false alarm of which nobody is told.
    Declaration,
    /// A raise from that level.
    Raise {
        /// The level that was left again.
        from: u8,
    },
}

/// Until when a declaration at this level is held, if it is.
#[must_use]
pub fn held_until(level: u8, now: OffsetDateTime) -> Option<OffsetDateTime> {
    (level >= 3).then(|| now + HOLD)
}

impl Incident {
    /// Whether pages must say NO COMMANDER: nobody took command while the declarer was acting. A
    /// clock that was set back since does not let them act for so much longer.
    #[must_use]
    pub fn lacks_commander(&self, now: OffsetDateTime) -> bool {
        let apart = (now - self.acting_since()).abs();
        self.is_open() && self.commander.is_none() && apart >= ACTING
    }

    /// Until when whoever declared or reopened it acts as commander.
    #[must_use]
    pub fn acting_until(&self) -> OffsetDateTime {
        self.acting_since() + ACTING
    }

    fn acting_since(&self) -> OffsetDateTime {
        self.reopened_at.unwrap_or(self.declared_at)
    }

    /// Since when somebody has commanded too long to go on without being asked.
    #[must_use]
    pub fn watch_is_long(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.commander_since.filter(|since| self.is_open() && now - *since >= WATCH)
    }

    /// Takes back the last press, while it is held.
    ///
    /// # Errors
    /// [`Refusal::TooLate`] when nothing is held.
    pub fn undo(&mut self, now: OffsetDateTime) -> Result<Undone, Refusal> {
        if !self.is_held(now) {
            return Err(Refusal::TooLate);
        }
        self.held_until = None;
        match self.raised_from.take() {
            Some(old) => {
                let from = std::mem::replace(&mut self.level, old);
                Ok(Undone::Raise { from })
            }
            None => {
                self.end(Phase::FalseAlarm, now);
                Ok(Undone::Declaration)
            }
        }
    }

    /// Raises the level; what is sent is held.
    ///
    /// # Errors
    /// A [`Refusal`] in words.
    pub fn raise(&mut self, level: u8, now: OffsetDateTime) -> Result<(), Refusal> {
        self.going_on()?;
        if self.is_held(now) {
            return Err(Refusal::StillHeld);
        }
        if !(1..=4).contains(&level) {
            return Err(Refusal::NoSuchLevel);
        }
        if level <= self.level {
            return Err(Refusal::NotHigher(self.level));
        }
        self.raised_from = Some(std::mem::replace(&mut self.level, level));
        self.held_until = Some(now + HOLD);
        Ok(())
    }

    /// Lowers the level for a reason.
    ///
    /// # Errors
    /// A [`Refusal`] in words.
    pub fn lower(&mut self, level: u8, reason: &str, now: OffsetDateTime) -> Result<(), Refusal> {
        self.going_on()?;
        if self.is_held(now) {
            return Err(Refusal::StillHeld);
        }
        if level == 0 {
            return Err(Refusal::NoSuchLevel);
        }
        if level >= self.level {
            return Err(Refusal::NotLower(self.level));
        }
        if reason.trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        self.level = level;
        self.raised_from = None;
        Ok(())
    }

    /// Gives command to a person: anybody takes it, and who has it, or acts, hands it over.
    ///
    /// # Errors
    /// A [`Refusal`] in words.
    pub fn command(
        &mut self,
        person: PersonId,
        by: PersonId,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        self.going_on()?;
        if self.commander == Some(person) {
            return Err(Refusal::CommandsAlready(if person == by { "you" } else { "they" }));
        }
        if person != by && self.commander.unwrap_or(self.declared_by) != by {
            return Err(Refusal::NotYours);
        }
        self.commander = Some(person);
        self.commander_since = Some(now);
        Ok(())
    }

    /// Somebody is at work on it; also back from stable.
    ///
    /// # Errors
    /// A [`Refusal`] in words.
    pub fn recover(&mut self, now: OffsetDateTime) -> Result<(), Refusal> {
        self.going_on()?;
        if self.phase == Phase::Recovering {
            return Err(Refusal::AlreadyThere("recovering"));
        }
        self.enter(Phase::Recovering, now);
        Ok(())
    }

    /// All is restored and it is being watched.
    ///
    /// # Errors
    /// A [`Refusal`] in words.
    pub fn settle(&mut self, all_restored: bool, now: OffsetDateTime) -> Result<(), Refusal> {
        self.going_on()?;
        if self.phase == Phase::Stable {
            return Err(Refusal::AlreadyThere("stable"));
        }
        if !all_restored {
            return Err(Refusal::NotRestored);
        }
        self.enter(Phase::Stable, now);
        Ok(())
    }

    /// It is over, and so many items of the checklist before closing are open.
    ///
    /// # Errors
    /// A [`Refusal`] in words.
    pub fn close(&mut self, open_items: usize, now: OffsetDateTime) -> Result<(), Refusal> {
        self.going_on()?;
        if self.phase != Phase::Stable {
            return Err(Refusal::NotStable);
        }
        if open_items > 0 {
            return Err(Refusal::ItemsOpen(open_items));
        }
        self.end(Phase::Closed, now);
        Ok(())
    }

    /// There was nothing.
    ///
    /// # Errors
    /// A [`Refusal`] in words.
    pub fn dismiss(&mut self, now: OffsetDateTime) -> Result<(), Refusal> {
        self.going_on()?;
        self.end(Phase::FalseAlarm, now);
        Ok(())
    }

    /// It goes on again, from its impact start. Whoever commanded was told that it is over: command
    /// is free, unless they reopen it themselves. Answers how long it was thought to be over.
    ///
    /// # Errors
    /// A [`Refusal`] in words.
    pub fn reopen(&mut self, by: PersonId, now: OffsetDateTime) -> Result<Duration, Refusal> {
        if self.merged_into.is_some() {
            return Err(Refusal::Merged);
        }
        let ended = self.ended_at.take().ok_or(Refusal::NotOver)?;
        if self.commander != Some(by) {
            (self.commander, self.commander_since) = (None, None);
        }
        self.reopened_at = Some(now);
        self.recovered_at = None;
        self.enter(Phase::Recovering, now);
        Ok(now - ended)
    }

    /// Whether deeds are still done on it.
    ///
    /// # Errors
    /// [`Refusal::Over`] when it has ended, [`Refusal::Merged`] when another goes on for it.
    pub fn going_on(&self) -> Result<(), Refusal> {
        match (self.is_open(), self.merged_into) {
            (true, _) => Ok(()),
            (false, Some(_)) => Err(Refusal::Merged),
            (false, None) => Err(Refusal::Over),
        }
    }

    pub(super) fn enter(&mut self, phase: Phase, now: OffsetDateTime) {
        self.phase = phase;
        self.phase_since = now;
    }

    pub(super) fn end(&mut self, phase: Phase, now: OffsetDateTime) {
        self.enter(phase, now);
        self.ended_at = Some(now);
        self.held_until = None;
        self.raised_from = None;
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::id::IncidentId;
    use crate::domain::incident::{Draft, Kind};

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

    fn declared(level: u8) -> Incident {
        let draft = Draft {
            id: IncidentId::new(NOW),
            kind: Kind::Real,
            level,
            revision: 1,
            title: "Unnamed, 03:12".to_owned(),
            by: PersonId::new(NOW),
        };
        Incident::declared(draft, NOW)
    }

    #[test]
    fn a_grave_declaration_can_be_undone_for_ten_seconds_and_is_then_a_false_alarm() {
        let mut held = declared(3);
        assert_eq!(held.clone().undo(NOW + HOLD), Err(Refusal::TooLate));
        assert_eq!(declared(2).undo(NOW), Err(Refusal::TooLate));

        assert_eq!(held.undo(NOW + Duration::seconds(9)), Ok(Undone::Declaration));
        assert_eq!((held.phase, held.is_open()), (Phase::FalseAlarm, false));
    }

    #[test]
    fn a_raise_undone_is_the_old_level_and_the_incident_goes_on() {
        let mut incident = declared(2);
        incident.raise(4, NOW).unwrap();
        assert_eq!(incident.raise(4, NOW), Err(Refusal::StillHeld));

        assert_eq!(incident.undo(NOW), Ok(Undone::Raise { from: 4 }));
        assert_eq!((incident.level, incident.is_open()), (2, true));
    }

    #[test]
    fn a_level_goes_up_by_one_press_and_down_with_a_reason() {
        let mut incident = declared(2);
        assert_eq!(incident.raise(2, NOW), Err(Refusal::NotHigher(2)));
        assert_eq!(incident.raise(5, NOW), Err(Refusal::NoSuchLevel));
        assert_eq!(incident.lower(1, " ", NOW), Err(Refusal::NoReason));
        assert_eq!(incident.lower(2, "smaller", NOW), Err(Refusal::NotLower(2)));
        assert_eq!(incident.lower(0, "smaller", NOW), Err(Refusal::NoSuchLevel));

        incident.lower(1, "smaller", NOW).unwrap();
        assert_eq!(incident.level, 1);
    }

    #[test]
    fn the_phases_follow_one_another() {
        let mut incident = declared(1);
        assert_eq!(incident.close(0, NOW), Err(Refusal::NotStable));
        assert_eq!(incident.reopen(PersonId::new(NOW), NOW), Err(Refusal::NotOver));
        incident.recover(NOW).unwrap();
        assert_eq!(incident.recover(NOW), Err(Refusal::AlreadyThere("recovering")));
        assert_eq!(incident.settle(false, NOW), Err(Refusal::NotRestored));
        incident.settle(true, NOW).unwrap();
        assert_eq!(incident.close(2, NOW), Err(Refusal::ItemsOpen(2)));
        incident.close(0, NOW).unwrap();
        assert_eq!(incident.dismiss(NOW), Err(Refusal::Over));
        assert_eq!(incident.raise(4, NOW), Err(Refusal::Over));

        assert_eq!(
            incident.reopen(PersonId::new(NOW), NOW + Duration::hours(1)),
            Ok(Duration::hours(1))
        );
        assert_eq!((incident.phase, incident.impact_start), (Phase::Recovering, NOW));
    }

    #[test]
    fn five_minutes_without_anyone_in_command_lack_a_commander() {
        let mut incident = declared(1);
        assert!(!incident.lacks_commander(NOW + Duration::seconds(299)));
        assert!(incident.lacks_commander(NOW + ACTING));
        assert!(!incident.lacks_commander(NOW - Duration::seconds(2)), "another server's clock");
        assert!(incident.lacks_commander(NOW - Duration::hours(1)), "it was set back since");

        let person = incident.declared_by;
        incident.command(person, person, NOW).unwrap();
        assert!(!incident.lacks_commander(NOW + ACTING));
        let again = incident.command(person, person, NOW);
        assert_eq!(again, Err(Refusal::CommandsAlready("you")));
    }

    #[test]
    fn command_is_taken_by_anybody_and_handed_over_by_who_has_it() {
        let mut incident = declared(1);
        let (ada, ben, cem) = (incident.declared_by, PersonId::new(NOW), PersonId::new(NOW));
        assert_eq!(incident.command(cem, ben, NOW), Err(Refusal::NotYours));

        incident.command(ben, ada, NOW).unwrap();
        assert_eq!(incident.command(cem, ada, NOW), Err(Refusal::NotYours));
        incident.command(cem, ben, NOW).unwrap();
        incident.command(ada, ada, NOW).unwrap();
        assert_eq!(incident.commander, Some(ada));
    }
}
