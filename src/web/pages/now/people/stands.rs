//! How one person stands, in words and as a piece of the meter.

use time::Duration;

use super::holder;
use crate::domain::civil;
use crate::store::responders::Responder;
use crate::web::pages::incident::Scene;
use crate::web::parts::reach::Answer;
use crate::web::parts::state::State;

/// How long an answer is awaited where the plan says nothing.
const PATIENCE: Duration = Duration::minutes(5);

/// Where in the list, which piece of the meter, and in words.
pub(in crate::web::pages) struct Stands {
    pub(in crate::web::pages) order: u8,
    pub(in crate::web::pages) answer: Answer,
    pub(in crate::web::pages) state: State,
}

/// As it stands at the moment the page is drawn.
pub(in crate::web::pages) fn stands(scene: &Scene, responder: &Responder) -> Stands {
    let says = if responder.person == scene.frame.who.person { "you" } else { "has it" };
    let at = responder.answered_at.map(|at| scene.frame.zone.bare_clock(at)).unwrap_or_default();
    let (order, answer, state) = match responder.answer.as_deref() {
        Some("have") => (4, Answer::Has, State::good(format!("{says}, {at}"))),
        Some("cannot") => (2, Answer::Cannot, State::warn(format!("can’t, {at}"))),
        Some(_) => (1, Answer::Cannot, State::warn(format!("wants a call, {at}"))),
        None => return unanswered(scene, responder),
    };
    Stands { order, answer, state }
}

fn unanswered(scene: &Scene, responder: &Responder) -> Stands {
    let (seen, now) = (&scene.seen, scene.now());
    let called = responder.called_at.map(|at| scene.frame.zone.bare_clock(at)).unwrap_or_default();
    match responder.call_outcome.as_deref() {
        Some("reached") => return waits(format!("reached by phone, {called}")),
        Some("no-answer") => return bad(format!("no answer by phone, {called}")),
        Some(_) => return bad(format!("wrong number, {called}")),
        None => {}
    }
    if responder.paged_at > now {
        return waits("page is held".to_owned());
    }
    if seen.unreached.contains(&responder.person) {
        return bad("nothing could be sent".to_owned());
    }
    let waited = now - responder.paged_at;
    let patience = seen.plan.escalate(seen.incident.level).map(|row| row.next_after.duration());
    let roles = responder.roles.iter().filter_map(|key| seen.plan.role(key));
    let wanted = roles.clone().any(|role| holder(scene, role).is_none());
    if wanted && waited >= patience.unwrap_or(PATIENCE) && seen.incident.is_open() {
        return bad(format!("no answer, {}", civil::span(waited)));
    }
    waits(format!("paged {}", civil::ago(responder.paged_at, now)))
}

fn bad(words: String) -> Stands {
    Stands { order: 0, answer: Answer::Silent, state: State::bad(words) }
}

fn waits(words: String) -> Stands {
    Stands { order: 3, answer: Answer::Waits, state: State::waiting(words) }
}
