//! `/incidents/{id}/calls`: whom to call by telephone, in order.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;

use crate::actions::calls::{self, Outcome};
use crate::actions::reach::{self, Asked, Reach};
use crate::actions::{ActionError, ActionResult};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::civil::ago;
use crate::domain::id::{IncidentId, PersonId};
use crate::store::responders::Responder;
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::links;
use crate::web::pages::incident::{self, Visible, framed};
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::person::Person;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::{Icon, State as Stand};
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// What came of a call to whom.
#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    person: String,
    #[serde(default)]
    outcome: String,
}

#[derive(Template)]
#[template(path = "incidents/calls.html")]
struct CallsPage {
    page: Page,
    situation: Situation,
    heading: String,
    hotline: String,
    action: String,
    may_call: bool,
    rows: Vec<Row>,
}

struct Row {
    id: PersonId,
    name: String,
    person: Person,
    phones: Vec<String>,
}

/// `GET /incidents/{id}/calls`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let reach = reach::read(&db, id).await?;
    let Frame { page, who, now, .. } = frame;
    let zone = zone_of(&reach, &who.zone);
    let waiting = |asked: &&Asked| {
        let answer = asked.responder.answer.as_deref();
        asked.responder.paged_at <= now && (answer.is_none() || answer == Some("call"))
    };
    let mut unreached: Vec<_> = reach.asked.iter().filter(waiting).collect();
    unreached.sort_by_key(|asked| (asked.responder.answer.is_none(), asked.responder.paged_at));
    let rows = unreached.into_iter().map(|asked| Row {
        id: asked.responder.person,
        name: asked.name.clone(),
        person: Person::new(asked.name.clone(), reach.roles(&asked.responder)).state(stand(
            &asked.responder,
            &zone,
            now,
        )),
        phones: asked.phones.clone(),
    });
    let rows: Vec<_> = rows.collect();
    let heading = match rows.len() {
        0 => "Nobody is left to call".to_owned(),
        1 => "1 person to call".to_owned(),
        count => format!("{count} people to call"),
    };
    let html = CallsPage {
        may_call: page.may_respond() && reach.incident.is_open(),
        page: framed(page, &reach.incident, &reach.plan, IncidentTab::CallList, "Call list"),
        situation: situation(&reach, &zone),
        heading,
        hotline: reach.plan.document.hotline.clone(),
        action: links::calls(reach.incident.id),
        rows,
    };
    Ok(Html(html.render()?))
}

/// `POST /incidents/{id}/calls`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    Who(who): Who,
    Form(typed): Form<Typed>,
) -> Result<Redirect, PageError> {
    record(&state, id, who.person, &typed).await?;
    Ok(Redirect::to(&links::calls(id)))
}

async fn record(state: &AppState, id: IncidentId, by: PersonId, typed: &Typed) -> ActionResult<()> {
    let person = typed.person.parse().map_err(|_| ActionError::NotFound("paged person"))?;
    let unknown = || ActionError::wrong("outcome", "say what came of the call");
    let outcome = Outcome::named(&typed.outcome).ok_or_else(unknown)?;
    calls::record(&state.db, id, person, outcome, by, state.clock.now()).await
}

/// The reader's own zone; the plan's where they have none.
pub(super) fn zone_of(reach: &Reach, own: &str) -> Zone {
    let plans = || Zone::parse(&reach.plan.document.zone);
    Zone::parse(own).or_else(|_| plans()).unwrap_or_else(|_| Zone::utc())
}

/// The head of a page of an incident.
pub(super) fn situation(reach: &Reach, zone: &Zone) -> Situation {
    let incident = &reach.incident;
    Situation {
        level: incident::level(incident, &reach.plan),
        phase: Words::from(incident::phase(incident, &zone.clock(incident.phase_since))),
        heading: incident::title(incident),
        clocks: Vec::new(),
        wide: false,
    }
}

fn stand(responder: &Responder, zone: &Zone, now: time::OffsetDateTime) -> Stand {
    let outcome = responder.call_outcome.as_deref().and_then(Outcome::named);
    if let (Some(outcome), Some(at)) = (outcome, responder.called_at) {
        let words = format!("{} by telephone, {}", outcome.words(), zone.bare_clock(at));
        let reached = outcome == Outcome::Reached;
        return if reached { Stand::good(words) } else { Stand::bad(words) };
    }
    match (responder.answer.is_some(), responder.answered_at) {
        (true, Some(at)) => Stand::warn(format!("asks to be called, {}", zone.bare_clock(at))),
        _ => Stand::bad(format!("no answer, paged {}", ago(responder.paged_at, now))),
    }
}
