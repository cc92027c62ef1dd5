//! The next level, when the impact outlasts what the present one usually takes.

use time::OffsetDateTime;

use super::Incident;
use crate::domain::clocks::{Clock, Kind};
use crate::domain::plan::document::Plan;
use crate::domain::span::Span;

/// A level that is proposed, until it is raised or somebody says why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// The next level of the plan.
    pub level: u8,
    /// What the present level usually takes.
    pub usual: Span,
}

/// The proposal that stands; `clocks` are those that have not ended.
#[must_use]
pub fn proposal(
    plan: &Plan,
    incident: &Incident,
    clocks: &[Clock],
    now: OffsetDateTime,
) -> Option<Proposal> {
    let key = incident.level.to_string();
    let ran_out = clocks
        .iter()
        .any(|clock| clock.kind == Kind::Outlast && clock.key == key && clock.due_at <= now);
    if !ran_out || !incident.is_open() || incident.recovered_at.is_some() {
        return None;
    }
    let higher = plan.level.iter().map(|level| level.number).filter(|n| *n > incident.level);
    Some(Proposal { level: higher.min()?, usual: plan.level(incident.level)?.usual_downtime? })
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;
    use crate::domain::id::{IncidentId, PersonId};
    use crate::domain::incident::{Draft, Kind as IncidentKind};
    use crate::domain::plan;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);
    const LABITORY: &str = include_str!("../../../plans/labitory.toml");

    fn incident(level: u8) -> Incident {
        let (id, by) = (IncidentId::new(NOW), PersonId::new(NOW));
        let (kind, title) = (IncidentKind::Real, "Unnamed".to_owned());
        Incident::declared(Draft { id, kind, level, revision: 1, title, by }, NOW)
    }

    #[test]
    fn it_stands_from_when_the_levels_clock_ran_out_until_the_service_is_back() {
        let plan = plan::parse(LABITORY).unwrap().0.plan;
        let mut incident = incident(2);
        let usual = plan.level(2).unwrap().usual_downtime.unwrap();
        let clock = |key: &str| Clock {
            incident: incident.id,
            kind: Kind::Outlast,
            key: key.to_owned(),
            generation: 0,
            due_at: NOW + usual.duration(),
        };
        let (own, other) = ([clock("2")], [clock("1")]);
        let due = NOW + usual.duration();
        let stands = Some(Proposal { level: 3, usual });

        assert_eq!(proposal(&plan, &incident, &own, due), stands);
        assert_eq!(proposal(&plan, &incident, &own, due - Duration::SECOND), None);
        assert_eq!(proposal(&plan, &incident, &other, due), None, "another level's clock");
        assert_eq!(proposal(&plan, &incident, &[], due), None, "it was answered");
        incident.recovered_at = Some(due);
        assert_eq!(proposal(&plan, &incident, &own, due), None, "the impact is over");
    }

    #[test]
    fn above_the_highest_level_there_is_none() {
        let mut plan = plan::parse(LABITORY).unwrap().0.plan;
        plan.level[3].usual_downtime = Some(Span::hours(8));
        let (incident, kind) = (incident(4), Kind::Outlast);
        let clock =
            Clock { incident: incident.id, kind, key: "4".to_owned(), generation: 0, due_at: NOW };

        assert_eq!(proposal(&plan, &incident, &[clock], NOW), None);
    }
}
