//! What the public is told of components: by whoever marks what is down, or writes an update. The
//! latest press holds, if whoever pressed had seen how it stood.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::ActionResult;
use crate::domain::id::IncidentId;
use crate::domain::incident::Incident;
use crate::domain::plan::document::Plan;
use crate::publish::State;
use crate::store;

/// Sets all components to what is marked; of an incident that is over, to working.
pub(super) async fn follow_all(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let mut wanted = match incident.is_open() {
        true => marked(plan, &store::public::affected(conn, incident.id).await?),
        false => BTreeMap::new(),
    };
    for key in store::public::states(conn, incident.id).await?.into_keys() {
        wanted.entry(key).or_insert(State::Working);
    }
    choose(conn, incident, &wanted, now).await
}

/// Sets the components behind what was just marked.
pub(super) async fn follow(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    key: &str,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let marked = marked(plan, &store::public::affected(conn, incident.id).await?);
    let state = |component: &str| marked.get(component).copied().unwrap_or(State::Working);
    let touched = reached(plan, key);
    let wanted = touched.into_iter().map(|key| (key.to_owned(), state(key))).collect();
    choose(conn, incident, &wanted, now).await
}

/// Another incident is told of by this one from now on: each component is as bad as in the worse.
pub(super) async fn join(
    conn: &mut PgConnection,
    other: IncidentId,
    (incident, plan): (&Incident, &Plan),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let mut wanted = marked(plan, &store::public::affected(conn, incident.id).await?);
    for id in [incident.id, other] {
        for (key, state) in store::public::states(conn, id).await? {
            let state = State::named(&state).unwrap_or(State::Down);
            let worst = wanted.entry(key).or_insert(state);
            *worst = state.max(*worst);
        }
    }
    wanted.retain(|key, _| plan.component(key).is_some_and(|component| component.public));
    choose(conn, incident, &wanted, now).await
}

/// The other is told of on its own again: its components are here as they are marked here.
pub(super) async fn part(
    conn: &mut PgConnection,
    other: IncidentId,
    (incident, plan): (&Incident, &Plan),
    now: OffsetDateTime,
) -> ActionResult<()> {
    let marked = marked(plan, &store::public::affected(conn, incident.id).await?);
    let state = |key: &String| marked.get(key).copied().unwrap_or(State::Working);
    let theirs = store::public::states(conn, other).await?.into_keys();
    let wanted = theirs.map(|key| (key.clone(), state(&key))).collect();
    choose(conn, incident, &wanted, now).await
}

/// Sets these components.
pub(super) async fn choose(
    conn: &mut PgConnection,
    incident: &Incident,
    wanted: &BTreeMap<String, State>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    for (key, state) in wanted {
        let state = Some(state.name()).filter(|_| *state != State::Working);
        store::public::set_state(conn, incident.id, (key, state), now).await?;
    }
    Ok(())
}

/// The public components among what is marked, each with its worst state.
fn marked(plan: &Plan, affected: &[(String, String)]) -> BTreeMap<String, State> {
    let mut states = BTreeMap::new();
    for (key, state) in affected {
        let state = State::named(state).unwrap_or(State::Down);
        for component in reached(plan, key) {
            let worst = states.entry(component.to_owned()).or_insert(state);
            *worst = state.max(*worst);
        }
    }
    states
}

/// The public components behind `function.KEY` or `component.KEY`.
fn reached<'a>(plan: &'a Plan, key: &'a str) -> Vec<&'a str> {
    let components = match key.split_once('.') {
        Some(("component", key)) => vec![key],
        Some(("function", key)) => plan.function(key).map_or_else(Vec::new, |function| {
            function.components.iter().map(String::as_str).collect()
        }),
        _ => Vec::new(),
    };
    let public = |key: &&str| plan.component(key).is_some_and(|component| component.public);
    components.into_iter().filter(public).collect()
}
