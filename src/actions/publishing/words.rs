//! The plan's first words, filled with what is fit for the public.

use time::OffsetDateTime;

use crate::domain::civil::Zone;
use crate::domain::incident::Incident;
use crate::domain::plan;
use crate::domain::plan::document::{Every, Plan, Template};

/// What goes out first.
pub(super) struct First {
    /// What the public calls the incident; never its private title.
    pub(super) title: String,
    /// The level's words.
    pub(super) words: String,
    /// When the plan promises the next.
    pub(super) next_by: Option<OffsetDateTime>,
}

/// The level's template for the public, where the plan has one.
pub(super) fn template<'p>(incident: &Incident, plan: &'p Plan) -> Option<&'p Template> {
    let key = plan.level(incident.level)?.public_template.as_deref()?;
    plan.template(key)
}

/// The level's first words, as they go out at `now`.
pub(super) fn first(incident: &Incident, plan: &Plan, now: OffsetDateTime) -> Option<First> {
    let template = template(incident, plan)?;
    let next_by = next_by(incident.level, plan, now);
    let title = title(incident, plan);
    let words = filled(&template.body, incident, plan, next_by, &title);
    Some(First { words: words.trim().to_owned(), title, next_by })
}

/// What the public calls it: the public title, else the level's own words.
pub(super) fn title(incident: &Incident, plan: &Plan) -> String {
    let level = plan.level(incident.level).map_or("Incident", |level| &level.name);
    match (incident.public_title.trim(), template(incident, plan)) {
        ("", Some(template)) => filled(&template.subject, incident, plan, None, level),
        ("", None) => level.to_owned(),
        (title, _) => title.to_owned(),
    }
}

fn filled(
    text: &str,
    incident: &Incident,
    plan: &Plan,
    next_by: Option<OffsetDateTime>,
    title: &str,
) -> String {
    let zone = Zone::parse(&plan.document.zone).unwrap_or_else(|_| Zone::utc());
    let document = &plan.document;
    plan::fill(text, |name| {
        Some(match name {
            "hotline" => document.hotline.clone(),
            "level" => incident.level.to_string(),
            "level_name" => plan.level(incident.level)?.name.clone(),
            "next_update" => next_by.map_or("when there is news".to_owned(), |at| zone.clock(at)),
            "organisation" => document.organisation.clone(),
            "resolution" => "not known yet".to_owned(),
            "service" => document.service.clone(),
            "since" => zone.clock(incident.impact_start),
            "status" => "we are looking into it".to_owned(),
            "status_page" => document.status_page.clone(),
            "title" => title.to_owned(),
            _ => return None,
        })
    })
}

/// The soonest that a public audience of this level is promised the next word.
fn next_by(level: u8, plan: &Plan, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let public = |key: &str| plan.audience(key).is_some_and(|audience| audience.public);
    let rows = plan.notify.iter().filter(|row| row.level <= level && public(&row.audience));
    let spans = rows.filter_map(|row| match row.every {
        Every::Span(span) => Some(span.duration()),
        Every::OnChange | Every::None => None,
    });
    spans.min().map(|span| now + span)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::id::{IncidentId, PersonId};
    use crate::domain::incident::{Kind, Phase};

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);
    const LABITORY: &str = include_str!("../../../plans/labitory.toml");

    fn incident(level: u8, public_title: &str) -> Incident {
        Incident {
            id: IncidentId(Uuid::nil()),
            kind: Kind::Real,
            level,
            phase: Phase::Declared,
            revision: 1,
            title: "PRIVATE-MARKER".to_owned(),
            public_title: public_title.to_owned(),
            impact_start: NOW,
            impact_confirmed: false,
            detected_at: None,
            declared_at: NOW,
            declared_by: PersonId(Uuid::nil()),
            answered_at: None,
            recovered_at: None,
            phase_since: NOW,
            ended_at: None,
            reopened_at: None,
            commander: None,
            commander_since: None,
            held_until: None,
            raised_from: None,
            version: 1,
        }
    }

    #[test]
    fn the_first_words_are_the_plans_own_and_hold_nothing_private() {
        let plan = plan::parse(LABITORY).unwrap().0.plan;

        for level in 2..=4 {
            let first = first(&incident(level, ""), &plan, NOW).unwrap();
            let all = format!("{} {}", first.title, first.words);
            assert!(!all.contains("PRIVATE-MARKER"), "{all}");
            assert!(!all.contains("{{"), "{all}");
            assert!(!first.title.is_empty(), "{all}");
            // At level 2 the plan's matrix has no row for users, so nothing is promised.
            assert_eq!(first.next_by.is_some(), level > 2, "{all}");
        }
        assert_eq!(first(&incident(3, "Sign-in"), &plan, NOW).unwrap().title, "Sign-in");
    }

    #[test]
    fn of_level_1_the_public_is_told_nothing() {
        let plan = plan::parse(LABITORY).unwrap().0.plan;

        assert!(first(&incident(1, "Sign-in"), &plan, NOW).is_none());
    }
}
