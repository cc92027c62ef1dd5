//! Making a report when its incident is closed, and saying when it is due.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::{ActionResult, incidents, paging, timeline};
use crate::domain::clocks::{Clock, Kind};
use crate::domain::incident::{Incident, Phase};
use crate::domain::plan::document::Plan;
use crate::domain::post_mortem::{self, Begun, Report, Starred, State, Witnessed};
use crate::domain::timeline::{Actor, Body, Kind as Entry, Record};
use crate::store;

/// The incident is closed: its report is due, and begun along the plan's outline where it was not. A
/// plan without an outline wants none. Answers when it is due.
pub(in crate::actions) async fn ended(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    now: OffsetDateTime,
) -> ActionResult<Option<OffsetDateTime>> {
    if plan.post_mortem.section.is_empty() {
        return Ok(None);
    }
    let due_at = post_mortem::due(plan, incident.recovered_at.unwrap_or(now));
    let report = Report {
        incident: incident.id,
        state: State::Draft,
        state_by: None,
        state_since: now,
        due_at,
    };
    if store::post_mortems::insert(conn, &report, now).await? {
        for (place, begun) in (1..).zip(begun(conn, incident, plan).await?) {
            store::post_mortems::add(conn, incident.id, place, &begun).await?;
        }
    } else {
        store::post_mortems::update(conn, &report).await?; // closed again: what was published is not
    }
    set_clock(conn, &report).await?;
    Ok(Some(due_at))
}

/// The incident was reopened: nothing is due until it is closed again.
pub(in crate::actions) async fn goes_on(
    conn: &mut PgConnection,
    incident: &Incident,
    now: OffsetDateTime,
) -> ActionResult<()> {
    Ok(store::clocks::finish_all(conn, incident.id, Kind::Report, now).await?)
}

/// Sets when it is due.
pub(super) async fn set_clock(conn: &mut PgConnection, report: &Report) -> ActionResult<()> {
    let (incident, kind, key) = (report.incident, Kind::Report, String::new());
    let clock = Clock { incident, kind, key, generation: 0, due_at: report.due_at };
    Ok(store::clocks::set(conn, &clock).await?)
}

/// It is due and was not published: who commanded hears of it.
pub(in crate::actions) async fn overdue(
    conn: &mut PgConnection,
    clock: &Clock,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let (incident, plan) = incidents::lock(conn, clock.incident).await?;
    let report = store::post_mortems::find(conn, clock.incident).await?;
    let wanted = |report: &Report| report.state != State::Published && !incident.is_open();
    let Some(report) = report.filter(wanted) else { return Ok(()) };
    paging::report_due(conn, &incident, &plan, report.due_at, now).await?;
    let words = "The post-mortem is due and is not published.";
    timeline::say(conn, &incident, Entry::Clock, Actor::System, Body::words(words), now).await?;
    Ok(())
}

async fn begun(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
) -> ActionResult<Vec<Begun>> {
    let affected = store::affected::of(conn, incident.id).await?;
    let starred = store::stars::of(conn, incident.id).await?;
    let starred = store::streams::these(conn, incident.stream(), &starred).await?;
    let phases = store::streams::of_kind(conn, incident.stream(), Entry::Phase).await?;
    let roster = store::people::all(conn).await?;
    let name = |record: &Record| {
        let person = record.actor.parse::<Actor>().ok().and_then(|actor| actor.person());
        let person = roster.iter().find(|one| Some(one.id) == person);
        person.map_or_else(|| "Muster".to_owned(), |person| person.name.clone())
    };
    let starred = starred.iter().filter_map(|record| {
        Some(Starred { at: record.occurred_at, who: name(record), text: body(record)?.text })
    });
    let joined = store::incidents::merged_into(conn, incident.id).await?.into_iter();
    let seen = Witnessed {
        incident,
        plan,
        joined: joined.map(|other| (other.title, other.declared_at)).collect(),
        affected: &affected,
        people: people(conn, incident, plan, &roster).await?,
        phases: phases.iter().filter_map(phase).collect(),
        starred: starred.collect(),
    };
    Ok(post_mortem::begin(&seen))
}

/// Who had it, and what they held.
async fn people(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    roster: &[store::people::Person],
) -> ActionResult<Vec<(String, String)>> {
    let responders = store::responders::of(conn, incident.id).await?;
    let duties = store::duties::of(conn, incident.id).await?;
    let there = responders.iter().filter(|one| {
        one.answer.as_deref() == Some("have") || incident.commander == Some(one.person)
    });
    let one = |responder: &store::responders::Responder| {
        let held = duties.iter().filter(|duty| duty.person == responder.person);
        let roles = held.filter_map(|duty| plan.role(&duty.role_key)).map(|role| &*role.name);
        let person = roster.iter().find(|one| one.id == responder.person)?;
        Some((person.name.clone(), roles.collect::<Vec<_>>().join(", ")))
    };
    Ok(there.filter_map(one).collect())
}

fn phase(record: &Record) -> Option<(Phase, OffsetDateTime)> {
    let name = body(record)?.about.get("phase")?.parse().ok()?;
    Some((name, record.occurred_at))
}

fn body(record: &Record) -> Option<Body> {
    Body::from_json(&record.content.as_ref()?.text).ok()
}
