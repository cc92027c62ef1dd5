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
