//! `/incidents/{id}`: all of one incident on one screen.

mod acts;
mod due;
mod functions;
mod people;
mod telling;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use super::databases::words::list;
use super::entries::status;
use super::entry_view::worded;
use super::incident::{self, Scene, Visible};
use super::note_box::{NoteBox, On, Typed};
use crate::actions::{Wrong, databases, messages};
use crate::db::Db;
use crate::domain::civil;
use crate::domain::id::IncidentId;
use crate::domain::incident::{Phase, Rto, RtoState, worst};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::parts::act::Act;
use crate::web::parts::clock::{Clock, Tick};
use crate::web::parts::due::Due;
use crate::web::parts::entry::Entry;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::person::Person;
use crate::web::parts::reach::Reach;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::Tone;
use crate::web::parts::unsent::Unsent;
use crate::web::parts::words::Words;
pub(super) use due::unmerge;
use functions::Down;
pub(super) use people::stands::stands;

/// How much of what could not be sent the page shows; the rest stands on Messages.
const UNSENT: usize = 2;

#[derive(Template)]
#[template(path = "incidents/now.html")]
struct NowPage {
    page: Page,
    base: String,
    situation: Situation,
    due: Due,
    unsent: Unsent,
    reach: Reach,
    people: Vec<Person>,
    count: i64,
    note: Option<NoteBox>,
    entries: Vec<Entry>,
    down: Down,
    databases: Vec<Words>,
    acts: Vec<Act>,
}

/// `GET /incidents/{id}`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&db, id, frame, &Typed::nothing(On::Now), &[]).await
}

/// The page, with what was typed into its note box and what of it is wrong.
pub(super) async fn draw(
    db: &Db,
    id: IncidentId,
    frame: Frame,
    typed: &Typed,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let scene = Scene::read(db, id, frame).await?;
    let title = format!("Level {}: {}", scene.seen.incident.level, scene.seen.incident.title);
    let page = scene.page(IncidentTab::Now, "Now", "").titled(title);
    let (people, reach) = people::of(&scene);
    let entries = &scene.seen.entries;
    let word = |record| worded(record, entries, &scene.frame.zone, scene.now(), false);
    let now = NowPage {
        page: if wrong.is_empty() { page } else { page.refused() },
        base: scene.base.clone(),
        situation: situation(&scene),
        due: due::of(&scene),
        unsent: Unsent::new(id, &messages::unsent(db, id).await?, UNSENT),
        reach,
        people,
        count: entries.records.first().map_or(0, |record| record.seq),
        note: NoteBox::new(&scene, On::Now, typed, wrong),
        entries: entries.records.iter().map(word).collect(),
        down: functions::of(&scene),
        databases: databases(db, &scene).await?,
        acts: acts::of(&scene),
    };
    Ok((status(wrong), Html(now.render()?)).into_response())
}

/// What would be lost of the databases that the incident touches, while it goes on.
async fn databases(db: &Db, scene: &Scene) -> Result<Vec<Words>, PageError> {
    let seen = &scene.seen;
    if !seen.incident.is_open() {
        return Ok(Vec::new());
    }
    let touched = databases::touched(db, (&seen.plan, &seen.affected), scene.now()).await?;
    Ok(list(&touched, &scene.frame))
}

/// The roles with their people, as far as they are known.
pub(super) fn faces(scene: &Scene) -> Vec<Person> {
    people::of(scene).0
}

/// How long it lasts, and the clock of the worst function.
pub(super) fn clocks(scene: &Scene) -> Vec<Clock> {
    situation(scene).clocks
}

fn situation(scene: &Scene) -> Situation {
    let (incident, plan, now) = (&scene.seen.incident, &scene.seen.plan, scene.now());
    let mut said = scene.when(incident.impact_start);
    if !incident.impact_confirmed {
        said += ", unconfirmed";
    }
    let impact = match incident.recovered_at.or(incident.ended_at) {
        Some(end) => {
            let lasted = civil::running(end - incident.impact_start);
            Clock::fixed("Impact lasted", lasted)
        }
        None => Clock::since("Since impact", incident.impact_start, now),
    };
    let rto = worst(plan, incident, &scene.seen.affected, now);
    let rto = rto.filter(|_| scene.seen.merged.is_none()).map(|rto| rto_clock(scene, &rto));
    let mut phase = Words::from(phase(scene));
    if scene.may(Right::Respond) {
        phase = phase.plain(" · ").link(format!("{}/edit", scene.base), "Edit");
    }
    Situation {
        level: incident::level(incident, plan),
        phase,
        heading: incident::title(incident),
        clocks: std::iter::once(impact.detail(said)).chain(rto).collect(),
        wide: false,
    }
}

/// `Recovering since 03:16 CET`; at first who declared it, and so acts as commander.
fn phase(scene: &Scene) -> String {
    let incident = &scene.seen.incident;
    match incident.phase {
        Phase::Declared => {
            let by = scene.seen.name(incident.declared_by);
            format!("Declared {} by {by}", scene.when(incident.declared_at))
        }
        _ => scene.phase(),
    }
}

/// The clock of the worst function: to its target, then to its maximum.
fn rto_clock(scene: &Scene, rto: &Rto) -> Clock {
    let now = scene.now();
    let name = if rto.assumed { "assumed, tightest" } else { rto.name.as_str() };
    let label = format!("RTO: {name}");
    let (target, most) =
        (civil::span(rto.target - rto.since), civil::span(rto.maximum - rto.since));
    match rto.state {
        RtoState::ToTarget => {
            let more = if target == most { String::new() } else { format!("; {most} at most") };
            Clock::until(label, rto.target, now)
                .tone(Tone::Good)
                .detail(format!("of {target}{more}"))
        }
        RtoState::ToMaximum => {
            Clock::until(format!("{label}, target missed"), rto.target, now).tone(Tone::Bad).detail(
                Words::from(format!("{most} at most, "))
                    .tick(Tick::until(rto.maximum, now))
                    .plain(" left"),
            )
        }
        RtoState::Missed => Clock::until(format!("{label}, missed"), rto.maximum, now)
            .tone(Tone::Bad)
            .detail(format!("{most} ended {}", scene.when(rto.maximum))),
        RtoState::Recovered(at) => {
            let within = at < rto.target;
            let tone = if within { Tone::Good } else { Tone::Bad };
            let met = if within { "target met" } else { "target missed" };
            Clock::fixed(label, civil::running(at - rto.since))
                .tone(tone)
                .detail(format!("restored {}, {met}", scene.when(at)))
        }
        RtoState::Invalid => {
            Clock::fixed(label, "invalid").tone(Tone::Bad).detail("its times contradict")
        }
    }
}
