//! What every page of one incident has around it and on top.

use crate::domain::civil::Zone;
use crate::domain::incident::Incident;
use crate::web::links;
use crate::web::parts::level::Level;
use crate::web::parts::nav::{IncidentNav, IncidentTab, Nav};
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;

/// The frame of an incident's page.
pub(super) fn framed(page: Page, incident: &Incident, tab: IncidentTab, title: &str) -> Page {
    let nav = IncidentNav {
        base: links::incident(incident.id),
        current: Some(tab),
        revision: incident.revision.into(),
        plan_href: links::plan_revision(incident.revision),
    };
    page.titled(format!("{title}: {}", incident.title))
        .nav(Nav::Incident(nav))
        .under(incident.level, incident.is_drill())
}

/// The head of an incident's page; `level` is the plan's name for it.
pub(super) fn situation(incident: &Incident, level: &str, zone: &Zone, heading: &str) -> Situation {
    let since = zone.clock(incident.phase_since);
    let drill = if incident.is_drill() { "DRILL: " } else { "" };
    Situation {
        level: Level::new(incident.level, level),
        phase: format!("{}; {} since {since}", incident.title, incident.phase).into(),
        heading: format!("{drill}{heading}"),
        clocks: Vec::new(),
        wide: true,
    }
}
