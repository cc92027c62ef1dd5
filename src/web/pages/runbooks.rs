//! `/incidents/{id}/runbooks`: what the pinned plan says to do, what is down first.

mod followed;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use super::incident::{Scene, Visible};
use super::ticking::far;
use crate::db::Db;
use crate::domain::incident::{Place, Progress};
use crate::domain::plan::document::Runbook;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Stand;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

pub(in crate::web) use followed::{press, show};

#[derive(Template)]
#[template(path = "incidents/runbooks.html")]
struct RunbooksPage {
    page: Page,
    situation: Situation,
    groups: Vec<Group>,
    empty: Option<Empty>,
}

struct Group {
    id: &'static str,
    heading: &'static str,
    table: Table,
}

/// `GET /incidents/{id}/runbooks`
pub(in crate::web) async fn index(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Response, PageError> {
    let scene = Scene::read(&db, id, frame).await?;
    let words = "The revision of the plan that this incident has holds none. One that is written \
                 now serves the next incident.";
    let empty = Empty::new("none", "No runbook", words);
    let html = RunbooksPage {
        page: scene.page(IncidentTab::Runbooks, "Runbooks", "/runbooks"),
        situation: scene.situation("Runbooks"),
        groups: groups(&scene),
        empty: scene.seen.plan.runbook.is_empty().then_some(empty),
    };
    Ok(Html(html.render()?).into_response())
}

/// Those under way, those for what is down, and the others.
fn groups(scene: &Scene) -> Vec<Group> {
    let down = down(scene);
    let all = &scene.seen.plan.runbook;
    let begun = |one: &&Runbook| {
        let far = progress(scene, one);
        far.settled > 0 && far.open() > 0
    };
    let mends = |one: &&Runbook| one.components.iter().any(|key| down.contains(&key.as_str()));
    let (under_way, rest): (Vec<_>, Vec<_>) = all.iter().partition(begun);
    let (proposed, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(mends);
    let alone = under_way.is_empty() && proposed.is_empty();
    let others_are = if alone { "All runbooks" } else { "Others" };
    [
        ("under-way", "Under way", under_way),
        ("proposed", "For what is down", proposed),
        ("others", others_are, others),
    ]
    .into_iter()
    .filter(|(_, _, runbooks)| !runbooks.is_empty())
    .map(|(id, heading, runbooks)| Group { id, heading, table: table(scene, id, &runbooks) })
    .collect()
}

/// The components that are down, and those that the functions stand on that are.
fn down(scene: &Scene) -> Vec<&str> {
    let (seen, mut keys) = (&scene.seen, Vec::new());
    for affected in seen.affected.iter().filter(|affected| affected.goes_on()) {
        match affected.key.split_once('.') {
            Some(("component", key)) => keys.push(key),
            Some(("function", key)) => {
                let function = seen.plan.function(key);
                let stands_on = function.into_iter().flat_map(|function| &function.components);
                keys.extend(stands_on.map(String::as_str));
            }
            _ => {}
        }
    }
    keys
}

fn table(scene: &Scene, id: &str, runbooks: &[&Runbook]) -> Table {
    let table = Table::new(id).column("Runbook").column("Stands");
    let table = table.column("When you see").column("Mends");
    runbooks.iter().fold(table, |table, runbook| {
        let name = Words::new()
            .link(links::followed(scene.seen.incident.id, &runbook.key), runbook.name.clone());
        let chapter = Words::new().small(runbook.section.clone());
        table.row([
            if runbook.section.is_empty() { name } else { name.line().all(chapter) },
            stands(progress(scene, runbook)).into(),
            runbook.symptoms.join(", ").into(),
            mends(scene, runbook).into(),
        ])
    })
}

fn stands(progress: Progress) -> Stand {
    match (progress.settled, progress.open()) {
        (0, 0) => Stand::waiting("no steps"),
        (0, 1) => Stand::waiting("1 step"),
        (0, open) => Stand::waiting(format!("{open} steps")),
        (_, 0) => Stand::good(far(progress, "step", "skipped")),
        (_, _) => Stand::warn(far(progress, "step", "skipped")),
    }
}

fn progress(scene: &Scene, runbook: &Runbook) -> Progress {
    Progress::of(Place::steps(runbook), &scene.seen.ticks)
}

fn mends(scene: &Scene, runbook: &Runbook) -> String {
    let name = |key: &String| {
        scene.seen.plan.component(key).map_or(key.clone(), |component| component.name.clone())
    };
    runbook.components.iter().map(name).collect::<Vec<_>>().join(", ")
}
