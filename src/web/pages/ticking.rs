//! How a step or item stands, and the forms that tick it, pass it over, or take that back.

use askama::Template;
use askama::filters::HtmlSafe;
use serde::Deserialize;

use super::incident::Scene;
use crate::actions::ticks::{Deed, Press};
use crate::actions::{ActionError, ActionResult, Wrong};
use crate::domain::id::EntryId;
use crate::domain::incident::{Place, Progress, Tick};
use crate::domain::rights::Right;
use crate::web::parts::csrf::Csrf;
use crate::web::parts::field::Field;
use crate::web::parts::state::State;

/// What the buttons send.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Pressed {
    id: String,
    press: String,
    number: String,
    of: String,
    reason: String,
}

/// A form that is refused: what it sent, and what of it is wrong.
pub(super) type Refused<'a> = Option<(&'a Pressed, &'a [Wrong])>;

/// The line below a step or item.
#[derive(Template)]
#[template(path = "incidents/_ticking.html")]
pub(super) struct Ticking {
    at: String,
    what: String,
    listed: bool,
    stands: State,
    next: bool,
    form: Option<Form>,
}

impl HtmlSafe for Ticking {}

struct Form {
    action: String,
    csrf: Csrf,
    id: EntryId,
    number: usize,
    of: Option<EntryId>,
    pass: &'static str,
    reason: Field,
    refused: bool,
}

impl Pressed {
    /// The number of what was pressed; 0 where there is none.
    pub(super) fn number(&self) -> usize {
        self.number.parse().unwrap_or(0)
    }

    /// What is to be done.
    pub(super) fn read(&self) -> ActionResult<Press> {
        let damaged = |_| ActionError::refused("the form was damaged; load the page again");
        let id = self.id.parse().map_err(damaged)?;
        let deed = match self.press.as_str() {
            "done" => Deed::Done,
            "pass" => Deed::Pass(self.reason.clone()),
            "undo" => Deed::Undo(self.of.parse().map_err(damaged)?),
            _ => return Err(ActionError::refused("press one of the buttons")),
        };
        Ok(Press { id, deed })
    }
}

impl Ticking {
    /// Of one step or item; its forms post to `action`, and it is named `at` on the page.
    pub(super) fn new(
        scene: &Scene,
        place: &Place,
        at: String,
        action: &str,
        refused: Refused<'_>,
    ) -> Ticking {
        let key = place.to_string();
        let tick = scene.seen.ticks.iter().find(|tick| tick.key == key);
        let refused = refused.filter(|(pressed, _)| pressed.number() == place.number());
        let may = scene.seen.incident.is_open() && scene.may(Right::Respond);
        let pass = if place.passed() == "skipped" { "Skip it" } else { "Waive it" };
        let reason = refused.map_or("", |(pressed, _)| &pressed.reason);
        let error = refused.and_then(|(_, wrong)| Wrong::beside("reason", wrong));
        Ticking {
            what: place.words(&scene.seen.plan).unwrap_or_default().to_owned(),
            stands: stands(scene, place, tick),
            listed: false,
            next: false,
            form: may.then(|| Form {
                action: action.to_owned(),
                csrf: scene.frame.page.csrf.clone(),
                id: EntryId::new(scene.now()),
                number: place.number(),
                of: tick.map(|tick| tick.id),
                pass,
                reason: Field::text("reason", "Why?", reason)
                    .id(format!("{at}-reason"))
                    .error(error)
                    .required(),
                refused: refused.is_some(),
            }),
            at,
        }
    }

    /// Its words stand in the line, too: it is one of a list.
    pub(super) fn listed(self) -> Ticking {
        Ticking { listed: true, ..self }
    }

    /// It is the next thing to do.
    pub(super) fn next(self, next: bool) -> Ticking {
        Ticking { next, ..self }
    }
}

/// `done 03:20 CET by Priya Raghunathan`, `skipped 03:22 CET by Ada Lovelace: there is no replica`.
fn stands(scene: &Scene, place: &Place, tick: Option<&Tick>) -> State {
    let Some(tick) = tick else { return State::waiting("open") };
    let (at, who) = (scene.when(tick.at), scene.seen.name(tick.person));
    match &tick.passed {
        None => State::good(format!("done {at} by {who}")),
        Some(reason) => State::warn(format!("{} {at} by {who}: {reason}", place.passed())),
    }
}

/// `4 of 9 steps, 1 of them skipped`.
pub(super) fn far(progress: Progress, noun: &str, passed: &str) -> String {
    let Progress { all, settled, passed: over } = progress;
    let noun = if all == 1 { noun.to_owned() } else { format!("{noun}s") };
    match over {
        0 => format!("{settled} of {all} {noun}"),
        over => format!("{settled} of {all} {noun}, {over} of them {passed}"),
    }
}
