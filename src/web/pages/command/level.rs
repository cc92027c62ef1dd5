//! Raising, lowering, and staying at a level that the impact has outlasted.

use axum::extract::{Form, State};
use axum::response::Response;
use serde::Deserialize;

use super::{Refused, again, allowed};
use crate::actions::entries::Written;
use crate::actions::incidents as deeds;
use crate::actions::{ActionError, Wrong};
use crate::domain::id::EntryId;
use crate::domain::incident::{HOLD, audiences, proposal};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::pages::incident::{self, Scene, Visible, back};
use crate::web::parts::act::Act;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::level::Level;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// A higher level, what raising to it does, and the button.
pub(super) struct Higher {
    pub(super) level: Level,
    pub(super) impact: String,
    pub(super) effect: String,
    pub(super) act: Act,
}

/// The form that lowers the level.
pub(super) struct Lower {
    pub(super) level: Field,
    pub(super) reason: Field,
}

/// The form that says why the level stays.
pub(super) struct Stay {
    pub(super) id: EntryId,
    pub(super) heading: String,
    pub(super) because: Field,
}

/// A new level, and why.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Leveled {
    way: String,
    level: String,
    reason: String,
}

/// Why it stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Staying {
    id: String,
    because: String,
}

/// `POST /incidents/{id}/level`
pub(in crate::web) async fn set(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Leveled>,
) -> Result<Response, PageError> {
    let (db, by, now) = (&state.db, frame.who.person, frame.now);
    let level: u8 = typed.level.parse().unwrap_or(0); // no level: refused by the rule, in words
    let done = match typed.way.as_str() {
        "raise" => deeds::raise(db, id, level, by, now).await,
        "lower" => deeds::lower(db, id, level, &typed.reason, by, now).await,
        _ => return Err(PageError::NotFound),
    };
    let refused = Refused { form: "lower", level, text: typed.reason, ..Refused::default() };
    match done {
        Ok(_) => Ok(back(id)),
        Err(error) => again(db, id, frame, error, refused).await,
    }
}

/// `POST /incidents/{id}/stay`
pub(in crate::web) async fn stay(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Staying>,
) -> Result<Response, PageError> {
    let (db, by, now) = (&state.db, frame.who.person, frame.now);
    let damaged = || ActionError::wrong("because", "the form was damaged; send it again");
    let done = match typed.id.parse() {
        Ok(entry) => {
            let because = Written { id: entry, text: typed.because.clone(), occurred_at: None };
            deeds::stay(db, id, because, by, now).await
        }
        Err(_) => Err(damaged()),
    };
    let refused = Refused { form: "stay", text: typed.because, ..Refused::default() };
    match done {
        Ok(()) => Ok(back(id)),
        Err(error) => again(db, id, frame, error, refused).await,
    }
}

/// The level as it is.
pub(super) fn stands(scene: &Scene) -> Words {
    let incident = &scene.seen.incident;
    Words::new().level(incident::level(incident, &scene.seen.plan))
}

/// Every higher level; while the last press is held none can be pressed.
pub(super) fn higher(scene: &Scene) -> Vec<Higher> {
    let (seen, now) = (&scene.seen, scene.now());
    let incident = &seen.incident;
    if !incident.is_open() {
        return Vec::new();
    }
    let mut levels: Vec<_> =
        seen.plan.level.iter().filter(|level| level.number > incident.level).collect();
    levels.sort_by_key(|level| level.number);
    let higher = levels.into_iter().map(|level| {
        let number = level.number;
        let act = scene.post(&format!("raise-{number}"), format!("Raise to {number}"), "level");
        let act = act.with("way", "raise").with("level", number.to_string());
        Higher {
            level: Level::new(number, level.name.clone()),
            impact: level.impact.clone(),
            effect: effect(scene, number),
            act: match incident.is_held(now) {
                true => act.disabled("the last press is held; wait, or undo it"),
                false => allowed(scene, act, Right::Command),
            },
        }
    });
    higher.collect()
}

/// `Pages 6 more people after 10 s with Undo. To be told, too: Management.`
fn effect(scene: &Scene, level: u8) -> String {
    let seen = &scene.seen;
    let pages = seen.plan.level(level).map(|level| level.pages.as_slice()).unwrap_or_default();
    let roles = pages.iter().filter(|key| !seen.chains.iter().any(|c| c.role_key == **key));
    let holders = roles.filter_map(|key| seen.plan.role(key)?.holders.first());
    let mut new: Vec<_> = seen
        .people
        .iter()
        .filter(|one| seen.on_call.contains(&one.id) && seen.responder(one.id).is_none())
        .filter(|person| holders.clone().any(|key| *key == person.key))
        .collect();
    new.dedup_by_key(|person| person.id);
    let seconds = HOLD.whole_seconds();
    let pages = match new.len() {
        0 => format!("Pages nobody new. Held {seconds} s, with Undo."),
        1 => format!("Pages 1 more person after {seconds} s, with Undo."),
        count => format!("Pages {count} more people after {seconds} s, with Undo."),
    };
    let told = |level: u8| audiences(&seen.plan, level).into_iter().map(|row| row.audience);
    let names: Vec<_> = told(level)
        .filter(|key| !told(seen.incident.level).any(|old| old == *key))
        .map(|key| seen.plan.audience(&key).map_or(key.clone(), |audience| audience.name.clone()))
        .collect();
    match names.is_empty() {
        true => pages,
        false => format!("{pages} To be told, too: {}.", names.join(", ")),
    }
}

/// The form that lowers it, with what was typed.
pub(super) fn lower(scene: &Scene, refused: &Refused) -> Option<Lower> {
    let incident = &scene.seen.incident;
    let mut levels: Vec<_> =
        scene.seen.plan.level.iter().filter(|level| level.number < incident.level).collect();
    levels.sort_by_key(|level| std::cmp::Reverse(level.number));
    if !incident.is_open() || levels.is_empty() || !scene.may(Right::Command) {
        return None;
    }
    let mine = refused.form == "lower";
    let words = |field: &str| Wrong::beside(field, &refused.wrong).filter(|_| mine);
    let choice = |level: &&crate::domain::plan::document::Level| {
        let chosen = mine && refused.level == level.number;
        Choice::new(level.number.to_string(), format!("{} {}", level.number, level.name), chosen)
    };
    let typed = if mine { refused.text.as_str() } else { "" };
    Some(Lower {
        level: Field::select("level", "Lower to", levels.iter().map(choice).collect())
            .error(words("level")),
        reason: Field::text("reason", "Why a lower level?", typed)
            .error(words("reason"))
            .required(),
    })
}

/// The form that answers the proposal of a higher level with "no".
pub(super) fn stay_form(scene: &Scene, refused: &Refused) -> Option<Stay> {
    let (seen, now) = (&scene.seen, scene.now());
    let mine = refused.form == "stay";
    let proposed = proposal(&seen.plan, &seen.incident, &seen.clocks, now);
    if (proposed.is_none() && !mine) || !scene.may(Right::Command) {
        return None;
    }
    let level = seen.incident.level;
    let heading = match proposed {
        Some(proposed) => {
            let (next, usual) = (proposed.level, proposed.usual);
            format!("Raise to level {next}? Impact has outlasted level {level}’s usual {usual}")
        }
        None => format!("It is at level {level}"),
    };
    let error = Wrong::beside("because", &refused.wrong).filter(|_| mine);
    let typed = if mine { refused.text.as_str() } else { "" };
    let label = format!("No, it stays at level {level}, because");
    Some(Stay {
        id: EntryId::new(now),
        heading,
        because: Field::text("because", label, typed).error(error).required(),
    })
}
