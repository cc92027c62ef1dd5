//! What every page of an incident has around it: its identity, navigation, head and stream.

use std::future::Future;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use time::OffsetDateTime;

use crate::actions::overview::{self, Overview};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::IncidentId;
use crate::domain::incident::{Incident, Phase, WATCH};
use crate::domain::plan::document::{Mark, Plan};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::entry_view::instant;
use crate::web::parts::act::Act;
use crate::web::parts::due::Due;
use crate::web::parts::level::Level;
use crate::web::parts::nav::{IncidentNav, IncidentTab, Nav};
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::top::Live;
use crate::web::parts::words::Words;

/// A page on which nothing happens is drawn anew after so many milliseconds: spans are words.
const MINUTE: i128 = 60_000;

/// The incident that the path names.
pub(in crate::web) struct Visible(pub(in crate::web) IncidentId);

impl<S: Send + Sync> FromRequestParts<S> for Visible {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Visible, PageError> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| PageError::NotFound)?;
        let id = params.iter().find(|(name, _)| *name == "id").map(|(_, id)| id);
        id.and_then(|id| id.parse().ok()).map(Visible).ok_or(PageError::NotFound)
    }
}

/// What the parts of an incident's page are drawn from.
pub(super) struct Scene {
    /// The incident with all that stands on it.
    pub(super) seen: Overview,
    /// Who reads it, and when.
    pub(super) frame: Frame,
    /// The incident's own address.
    pub(super) base: String,
}

impl Scene {
    pub(super) async fn read(db: &Db, id: IncidentId, frame: Frame) -> Result<Scene, PageError> {
        let seen = overview::incident(db, id).await?;
        Ok(Scene { seen, frame, base: links::incident(id) })
    }

    /// The page around it, kept fresh by the incident's stream; `path` is its own address below
    /// the incident's.
    pub(super) fn page(&self, tab: IncidentTab, title: &str, path: &str) -> Page {
        let page = self.framed(tab, title);
        let since = self.seen.entries.records.first().map_or(0, |record| record.seq);
        let live = live(&self.seen.incident, &self.frame.zone, path, since, self.now());
        page.live(Live { changes_in: Some(self.changes_in()), ..live })
    }

    /// In how many milliseconds a page reads another way, though nothing has happened.
    fn changes_in(&self) -> i128 {
        let incident = &self.seen.incident;
        let acting = incident.commander.is_none().then_some(incident.acting_until());
        let watch = incident.commander_since.map(|since| since + WATCH);
        let clocks = self.seen.clocks.iter().map(|clock| clock.due_at);
        let tasks = self.seen.open_tasks().into_iter().map(|task| task.due_at);
        let instants = clocks.chain(tasks).chain(acting).chain(watch).chain(incident.held_until);
        let left = instants.map(|at| (at - self.now()).whole_milliseconds());
        left.filter(|left| *left > 0).min().unwrap_or(MINUTE).min(MINUTE)
    }

    /// The page around it, as it is drawn once.
    pub(super) fn framed(&self, tab: IncidentTab, title: &str) -> Page {
        framed(self.frame.page.clone(), &self.seen.incident, &self.seen.plan, tab, title)
    }

    /// The head of a page other than the incident's own.
    pub(super) fn situation(&self, heading: &str) -> Situation {
        situation(&self.seen.incident, &self.seen.plan, &self.phase(), heading)
    }

    /// `Recovering since 03:16 CET`, `Merged into “Booking is down” 03:20 CET`.
    pub(super) fn phase(&self) -> String {
        if let Some(merged) = &self.seen.merged {
            let since = self.when(self.seen.incident.phase_since);
            return format!("Merged into “{}” {since}", merged.target.title);
        }
        phase(&self.seen.incident, &self.when(self.seen.incident.phase_since))
    }

    pub(super) fn may(&self, right: Right) -> bool {
        self.frame.who.rights.allow(right)
    }

    /// Whether the reader may speak to the public: who commands, or holds the role for words.
    pub(super) fn may_publish(&self) -> bool {
        let role = self.seen.plan.marked(Mark::Words).map(|role| role.key.as_str());
        let mut own = self.seen.duties.iter().filter(|d| d.person == self.frame.who.person);
        self.may(Right::Command) || own.any(|duty| Some(duty.role_key.as_str()) == role)
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.frame.now
    }

    /// A button that posts below the incident's address.
    pub(super) fn post(&self, form: &str, words: impl Into<String>, path: &str) -> Act {
        Act::post(form, words, format!("{}/{path}", self.base), &self.frame.page.csrf)
    }

    /// Gives a bar a button, for who may press it.
    pub(super) fn offer(&self, due: Due, right: Right, act: Act) -> Due {
        if self.may(right) { due.act(act) } else { due }
    }

    /// A clock of this day, or with its day.
    pub(super) fn when(&self, at: OffsetDateTime) -> String {
        self.frame.zone.when(at, self.now())
    }
}

/// Dresses a page as one of an incident: its navigation, level and drill band.
pub(super) fn framed(
    mut page: Page,
    incident: &Incident,
    plan: &Plan,
    tab: IncidentTab,
    title: &str,
) -> Page {
    page.footing.revision = format!("By plan revision {}, which it pins.", incident.revision);
    let nav = IncidentNav {
        base: links::incident(incident.id),
        current: Some(tab),
        revision: incident.revision.into(),
        plan_href: links::plan_revision(incident.revision),
        meeting: plan.document.meeting.clone(),
    };
    page.titled(format!("{title}: {}", incident.title))
        .nav(Nav::Incident(nav))
        .under(incident.level, incident.is_drill())
}

/// What keeps a page of an incident fresh.
pub(super) fn live(
    incident: &Incident,
    zone: &Zone,
    path: &str,
    since: i64,
    now: OffsetDateTime,
) -> Live {
    let page = format!("{}{path}", links::incident(incident.id));
    followed(incident, zone, page, since, now)
}

/// What keeps any page fresh that is made of an incident.
pub(super) fn followed(
    incident: &Incident,
    zone: &Zone,
    page: String,
    since: i64,
    now: OffsetDateTime,
) -> Live {
    Live {
        href: format!("{}/live", links::incident(incident.id)),
        page,
        changes_in: None,
        since,
        iso: instant(now),
        time: zone.clock_with_seconds(now),
    }
}

/// The head of a page of an incident: what the page is, and of what.
pub(super) fn situation(incident: &Incident, plan: &Plan, phase: &str, heading: &str) -> Situation {
    let phase = format!("{} · {phase}", incident.title);
    Situation {
        level: level(incident, plan),
        phase: Words::from(phase),
        heading: drill_first(incident, heading),
        clocks: Vec::new(),
        wide: true,
    }
}

/// The same head, where the reader's zone and moment are at hand.
pub(super) fn headed(
    incident: &Incident,
    plan: &Plan,
    (zone, now): (&Zone, OffsetDateTime),
    heading: &str,
) -> Situation {
    situation(incident, plan, &phase(incident, &zone.when(incident.phase_since, now)), heading)
}

/// Number and name of its level.
pub(super) fn level(incident: &Incident, plan: &Plan) -> Level {
    let name = plan.level(incident.level).map(|level| level.name.clone());
    Level::new(incident.level, name.unwrap_or_else(|| format!("Level {}", incident.level)))
}

/// `Recovering since 03:16 CET`, of a clock in words.
pub(super) fn phase(incident: &Incident, since: &str) -> String {
    match incident.phase {
        Phase::Declared => format!("{} {since}", incident.phase),
        _ => format!("{} since {since}", incident.phase),
    }
}

/// What pages call it; a drill's begins with DRILL.
pub(super) fn title(incident: &Incident) -> String {
    drill_first(incident, &incident.title)
}

fn drill_first(incident: &Incident, words: &str) -> String {
    let drill = if incident.is_drill() { "DRILL: " } else { "" };
    format!("{drill}{words}")
}

/// Back to the incident's own page.
pub(super) fn back(id: IncidentId) -> Response {
    Redirect::to(&links::incident(id)).into_response()
}

/// Does a deed, and goes back to the incident's page.
pub(super) async fn pressed<T>(
    id: IncidentId,
    deed: impl Future<Output = crate::actions::ActionResult<T>>,
) -> Result<Response, PageError> {
    deed.await?;
    Ok(back(id))
}
