//! `/incidents/{id}/briefing`: what whoever takes command must know, to be read in a minute or printed.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use super::affected::named;
use super::entry_view::{stands, worded};
use super::incident::{Scene, Visible};
use super::now;
use crate::actions::record;
use crate::db::Db;
use crate::domain::clocks::{Clock as Timer, Kind};
use crate::domain::incident::{
    Affected, Incident, Place, Progress as Far, Rto, RtoState, of_function, proposal,
};
use crate::domain::timeline::Kind as EntryKind;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::ticking::far;
use crate::web::parts::entry::Entry;
use crate::web::parts::facts::Facts;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::person::Person;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Mark;
use crate::web::parts::words::Words;

/// Decisions that the page shows, newest first.
const DECISIONS: usize = 5;

#[derive(Template)]
#[template(path = "incidents/briefing.html")]
struct BriefingPage {
    page: Page,
    situation: Situation,
    state: Facts,
    down: Vec<Words>,
    decisions: Vec<Entry>,
    people: Vec<Person>,
    tasks: Vec<Words>,
    runbooks: Vec<Words>,
    next: Vec<Words>,
    at: String,
}

/// `GET /incidents/{id}/briefing`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Response, PageError> {
    let scene = Scene::read(&db, id, frame).await?;
    let decided = record::of_kind(&db, id, EntryKind::Decision).await?;
    let standing = decided.records.iter().rev();
    let standing = standing.filter(|record| !decided.corrected.contains_key(&record.seq));
    let (zone, now) = (&scene.frame.zone, scene.now());
    let word = |record| worded(record, &decided, zone, now, false);
    let html = BriefingPage {
        page: scene.page(IncidentTab::Command, "Briefing", "/briefing"),
        situation: Situation { clocks: now::clocks(&scene), ..scene.situation("Briefing") },
        state: state(&scene),
        down: down(&scene),
        decisions: standing.take(DECISIONS).map(word).collect(),
        people: now::faces(&scene),
        tasks: tasks(&scene),
        runbooks: runbooks(&scene),
        next: next(&scene),
        at: zone.moment(now),
    };
    Ok(Html(html.render()?).into_response())
}

/// Level, phase, since when, who commands, how the plan aims to be back.
fn state(scene: &Scene) -> Facts {
    let seen = &scene.seen;
    let incident = &seen.incident;
    let impact = seen.plan.level(incident.level).map(|level| level.impact.clone());
    let confirmed = if incident.impact_confirmed { "" } else { ", unconfirmed" };
    let commander = match (incident.commander, incident.commander_since) {
        (Some(person), Some(since)) => {
            format!("{}, since {}", seen.name(person), scene.when(since))
        }
        _ => format!("nobody; {}, who declared it, acts", seen.name(incident.declared_by)),
    };
    let facts = Facts::new()
        .fact("Stands", scene.phase())
        .fact("Level means", impact.unwrap_or_default())
        .fact("Impact", format!("since {}{confirmed}", scene.when(incident.impact_start)))
        .fact("In command", commander);
    match seen.joined.is_empty() {
        true => facts,
        false => facts.fact("Merged into it", Words::lines(seen.joined.iter().map(joined))),
    }
}

/// An incident that is the same, and when it was declared.
fn joined(other: &Incident) -> Words {
    Words::new().link(links::incident(other.id), other.title.clone())
}

/// What is down, each with when it is to be back.
fn down(scene: &Scene) -> Vec<Words> {
    let going = scene.seen.affected.iter().filter(|affected| affected.goes_on());
    going.map(|affected| outage(scene, affected)).collect()
}

fn outage(scene: &Scene, affected: &Affected) -> Words {
    let plan = &scene.seen.plan;
    let since = scene.when(affected.since);
    let words = Words::new()
        .bold(named(plan, &affected.key))
        .plain(format!(": {} since {since}", affected.outage));
    let function = affected.key.strip_prefix("function.").and_then(|key| plan.function(key));
    let Some(function) = function else { return words };
    let Rto { target, maximum, state, .. } = of_function(plan, function, affected, scene.now());
    let words = words.plain(", ");
    match state {
        RtoState::ToTarget => words.plain(format!("to be back by {}", scene.when(target))),
        RtoState::ToMaximum => {
            words.state(Mark::bad(format!("target missed, at most until {}", scene.when(maximum))))
        }
        _ => words.state(Mark::bad(format!("had to be back by {}", scene.when(maximum)))),
    }
}

fn tasks(scene: &Scene) -> Vec<Words> {
    let (entries, zone, now) = (&scene.seen.entries, &scene.frame.zone, scene.now());
    let task = |task: &&crate::store::tasks::Task| {
        let who = task.person.map_or("Anybody", |person| scene.seen.name(person));
        let stands = stands(task, None, entries, zone, now);
        Words::new().bold(who).plain(format!(": {} ", task.words)).state(stands)
    };
    scene.seen.open_tasks().iter().map(task).collect()
}

/// Runbooks that are under way.
fn runbooks(scene: &Scene) -> Vec<Words> {
    let row = |runbook: &crate::domain::plan::document::Runbook| {
        let progress = Far::of(Place::steps(runbook), &scene.seen.ticks);
        let under_way = progress.settled > 0 && progress.open() > 0;
        let href = links::followed(scene.seen.incident.id, &runbook.key);
        under_way.then(|| {
            let link = Words::new().link(href, runbook.name.clone());
            link.plain(format!(": {}", far(progress, "step", "skipped")))
        })
    };
    scene.seen.plan.runbook.iter().filter_map(row).collect()
}

/// Who is to be told by when, and whether the level is still right.
fn next(scene: &Scene) -> Vec<Words> {
    let seen = &scene.seen;
    let telling = seen.clocks.iter().filter(|timer| timer.kind == Kind::Tell);
    let row = |timer: &Timer| {
        let audience = seen.plan.audience(&timer.key);
        let name = audience.map_or("the public", |audience| &audience.name);
        let at = scene.when(timer.due_at);
        match timer.due_at <= scene.now() {
            true => Words::new().state(Mark::bad(format!("overdue since {at}: tell {name}"))),
            false => Words::new().bold(at).plain(format!(": tell {name}")),
        }
    };
    let proposed = proposal(&seen.plan, &seen.incident, &seen.clocks, scene.now());
    let raise = proposed.map(|proposed| {
        Words::new().state(Mark::bad(format!(
            "raise to level {}? Impact has outlasted the usual {}",
            proposed.level, proposed.usual
        )))
    });
    raise.into_iter().chain(telling.map(row)).collect()
}
