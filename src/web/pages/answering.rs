//! Answering a page while signed in, and joining unasked.

use axum::extract::{Form, State};
use axum::response::Response;
use serde::Deserialize;

use super::incident::{Scene, Visible, pressed};
use crate::actions::ActionError;
use crate::actions::answers::{self, Answer};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Who;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::due::Due;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// What may be answered, and what the buttons say.
const ANSWERS: [(Answer, &str); 3] = [
    (Answer::Have, "I have it"),
    (Answer::Cannot, "I can’t, page the next"),
    (Answer::Call, "Call me"),
];

/// The button that was pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    answer: String,
}

/// `POST /incidents/{id}/answer`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    Who(who): Who,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let (db, by, now) = (&state.db, who.person, state.clock.now());
    if typed.answer == "join" {
        return pressed(id, answers::join(db, id, by, now)).await;
    }
    let unknown = || ActionError::wrong("answer", "press one of the three buttons");
    let answer = Answer::named(&typed.answer).ok_or_else(unknown)?;
    pressed(id, answers::answer_signed_in(db, id, answer, by, now)).await
}

/// The reader's own page, while it waits for their answer.
pub(super) fn due(scene: &Scene) -> Option<Due> {
    let mine = scene.seen.responder(scene.frame.who.person)?;
    if mine.answer.is_some() || mine.paged_at > scene.now() {
        return None;
    }
    let heading = Words::from("You are paged as ").bold(roles(scene, &mine.roles));
    Some(ANSWERS.into_iter().fold(Due::overdue(heading), |due, (answer, words)| {
        let look = if answer == Answer::Have { Look::PrimaryLarge } else { Look::Plain };
        scene.offer(due, Right::Respond, act(scene, answer, words).look(look))
    }))
}

/// What the reader may still say: in words how they stand, and the buttons.
pub(super) fn part(scene: &Scene) -> (String, Vec<Act>) {
    let join = || scene.post("answer-join", "Join", "answer").with("answer", "join");
    let Some(mine) = scene.seen.responder(scene.frame.who.person) else {
        return (
            "You were not paged. Join, and others see that you help.".to_owned(),
            vec![join()],
        );
    };
    let at = mine.answered_at.map(|at| scene.when(at)).unwrap_or_default();
    let as_roles = match mine.roles.is_empty() {
        true => String::new(),
        false => format!(" as {}", roles(scene, &mine.roles)),
    };
    let words = match mine.answer.as_deref() {
        Some("have") => format!("You have it{as_roles}, since {at}."),
        Some("cannot") => format!("You said at {at} that you can’t{as_roles}."),
        Some(_) => format!("You asked at {at} to be called."),
        None => format!("You are paged{as_roles}, and have not answered."),
    };
    let left =
        ANSWERS.into_iter().filter(|(answer, _)| mine.answer.as_deref() != Some(answer.name()));
    (words, left.map(|(answer, words)| act(scene, answer, words)).collect())
}

fn act(scene: &Scene, answer: Answer, words: &str) -> Act {
    let form = format!("answer-{}", answer.name());
    scene.post(&form, words, "answer").with("answer", answer.name())
}

/// Names of the roles that somebody is paged for.
pub(super) fn roles(scene: &Scene, keys: &[String]) -> String {
    let name = |key: &String| {
        scene.seen.plan.role(key).map_or_else(|| key.clone(), |role| role.name.clone())
    };
    match keys.is_empty() {
        true => "a helper".to_owned(),
        false => keys.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}
