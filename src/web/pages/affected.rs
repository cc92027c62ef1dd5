//! `/incidents/{id}/affected`: all functions and components, each marked by a press.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::entries::{past, status};
use super::incident::{Scene, Visible, back};
use crate::actions::incidents::{declare_down, restore, unmark};
use crate::actions::{ActionError, ActionResult, Wrong};
use crate::db::Db;
use crate::domain::id::IncidentId;
use crate::domain::incident::{Affected, Outage, WHOLE};
use crate::domain::plan::document::{Plan, Tier};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::field::Field;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Stand;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// What a button sends: `down function.sign-in`; and the time typed above.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    press: String,
    since: String,
    on: String,
}

/// The time that was typed for the press before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Before {
    since: String,
}

#[derive(Template)]
#[template(path = "incidents/affected.html")]
struct AffectedPage {
    page: Page,
    base: String,
    situation: Situation,
    since: Option<Field>,
    whole: Option<Row>,
    columns: [Vec<Group>; 2],
}

struct Group {
    id: &'static str,
    heading: String,
    rows: Vec<Row>,
}

struct Row {
    key: String,
    name: String,
    stands: Words,
    presses: Vec<(&'static str, &'static str)>,
}

/// `GET /incidents/{id}/affected`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    Query(Before { since }): Query<Before>,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&db, id, frame, &since, &[]).await
}

/// `POST /incidents/{id}/affected`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let Some((what, key)) = typed.press.split_once(' ') else {
        return Err(ActionError::wrong("press", "press one of the buttons").into());
    };
    match mark(&state.db, id, &frame, (what, key), &typed.since).await {
        Ok(()) if typed.on == "now" => Ok(back(id)),
        Ok(()) => {
            let since = links::encoded(typed.since.trim());
            let href = format!("{}/affected?since={since}#{key}", links::incident(id));
            Ok(Redirect::to(&href).into_response())
        }
        Err(ActionError::Invalid(wrong)) => draw(&state.db, id, frame, &typed.since, &wrong).await,
        Err(error) => Err(error.into()),
    }
}

async fn mark(
    db: &Db,
    id: IncidentId,
    frame: &Frame,
    (what, key): (&str, &str),
    since: &str,
) -> ActionResult<()> {
    let (by, now) = (frame.who.person, frame.now);
    match what {
        "restored" => restore(db, id, key, by, now).await,
        "never" => unmark(db, id, key, by, now).await,
        name => {
            let unknown = |_| ActionError::wrong("press", "press one of the buttons");
            let outage = name.parse().map_err(unknown)?;
            let since = past("since", since, frame)?;
            declare_down(db, id, (key, outage), since, by, now).await
        }
    }
}

async fn draw(
    db: &Db,
    id: IncidentId,
    frame: Frame,
    since: &str,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let scene = Scene::read(db, id, frame).await?;
    let page = scene.page(IncidentTab::Now, "What is down", "/affected");
    let html = AffectedPage {
        page: if wrong.is_empty() { page } else { page.refused() },
        base: scene.base.clone(),
        situation: scene.situation("What is down"),
        since: may(&scene).then(|| since_field(&scene, since, wrong)),
        whole: scene.seen.affected.iter().find(|one| one.key == WHOLE).map(|_| row(&scene, WHOLE)),
        columns: [functions(&scene), components(&scene)],
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

fn since_field(scene: &Scene, since: &str, wrong: &[Wrong]) -> Field {
    let zone = &scene.frame.zone;
    let began = scene.when(scene.seen.incident.impact_start);
    let error = wrong.first().map(|wrong| wrong.words.clone());
    Field::text("since", "Down or slow since", since)
        .hint(format!(
            "Empty: as it was marked before, else since the impact began, {began}. \
             03:12 or 2026-11-14 03:12, {}.",
            zone.name()
        ))
        .error(error)
}

fn functions(scene: &Scene) -> Vec<Group> {
    let plan = &scene.seen.plan;
    let tiers = [
        ("critical", Tier::Critical),
        ("important", Tier::Important),
        ("nice-to-have", Tier::NiceToHave),
    ];
    let mut groups: Vec<Group> = tiers
        .into_iter()
        .map(|(id, tier)| {
            let own = plan.function.iter().filter(|function| function.tier == tier);
            let rows = own.map(|function| row(scene, &format!("function.{}", function.key)));
            let heading = format!("{}: back within {}", tier.name(), tier.within());
            Group { id, heading, rows: rows.collect() }
        })
        .collect();
    groups.retain(|group| !group.rows.is_empty());
    groups
}

fn components(scene: &Scene) -> Vec<Group> {
    let parts = scene.seen.plan.component.iter();
    let rows = parts.map(|component| row(scene, &format!("component.{}", component.key)));
    let heading = "Components, as the status page shows them".to_owned();
    let group = Group { id: "components", heading, rows: rows.collect() };
    (!group.rows.is_empty()).then_some(group).into_iter().collect()
}

fn row(scene: &Scene, key: &str) -> Row {
    let old = scene.seen.affected.iter().find(|affected| affected.key == key);
    let presses = if may(scene) { presses(old) } else { Vec::new() };
    let name = named(&scene.seen.plan, key);
    Row { key: key.to_owned(), name, stands: stands(scene, old), presses }
}

fn presses(old: Option<&Affected>) -> Vec<(&'static str, &'static str)> {
    match old {
        None => vec![("down", "Down"), ("slow", "Slow")],
        Some(old) if !old.goes_on() => {
            vec![("down", "Down again"), ("slow", "Slow again"), ("never", "Marked by mistake")]
        }
        Some(old) => {
            let (other, words) = match old.outage {
                Outage::Down => ("slow", "Only slow"),
                Outage::Slow => ("down", "Down"),
            };
            let same = (old.outage.name(), "Change since");
            vec![("restored", "Restored"), (other, words), same, ("never", "Marked by mistake")]
        }
    }
}

fn stands(scene: &Scene, old: Option<&Affected>) -> Words {
    match old {
        None => Words::new().small("not marked"),
        Some(Affected { restored_at: Some(at), .. }) => {
            Stand::good(format!("restored {}", scene.when(*at))).into()
        }
        Some(old) => {
            let since = scene.when(old.since);
            match old.outage {
                Outage::Down => Stand::bad(format!("down since {since}")).into(),
                Outage::Slow => Stand::warn(format!("slow since {since}")).into(),
            }
        }
    }
}

fn may(scene: &Scene) -> bool {
    scene.seen.incident.is_open() && scene.may(Right::Respond)
}

/// What people call it.
pub(super) fn named(plan: &Plan, key: &str) -> String {
    let function = key.strip_prefix("function.").and_then(|key| plan.function(key));
    let component = key.strip_prefix("component.").and_then(|key| plan.component(key));
    let name = function.map(|f| &f.name).or(component.map(|c| &c.name));
    name.cloned().unwrap_or_else(|| "The service".to_owned())
}

/// One press on the incident's own page.
pub(super) fn press(scene: &Scene, form: &str, words: &str, what: &str, key: &str) -> Act {
    let act = scene.post(form, words, "affected");
    act.with("press", format!("{what} {key}")).with("on", "now")
}
