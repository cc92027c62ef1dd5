//! What is pressed about the ways to reach a person, on their page or on one's own.

mod sheet;

pub(in crate::web::pages) use sheet::MethodsSheet;

use axum::extract::{Form, State};
use axum::response::Response;

use super::{Said, Subject, Typed};
use crate::actions::ActionError;
use crate::actions::letters::Mailed;
use crate::actions::people::{self, Addressed};
use crate::domain::id::MethodId;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::parts::state::State as Stand;
use crate::web::state::AppState;

const RANKS: &str = "Ranks go from 1, tried first, to 9.";

/// `POST …/methods`
pub(in crate::web) async fn add(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let typed = Typed::from(typed);
    let id = typed.get("method").parse().unwrap_or_else(|_| MethodId::new(frame.now));
    let new = Addressed { id, channel: typed.get("channel"), address: typed.get("address") };
    let done = people::add_method(&state.db, &frame.who, subject.person, &new, frame.now).await;
    subject.answer(&state, frame, typed, done).await
}

/// `POST …/methods/order`
pub(in crate::web) async fn order(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let typed = Typed::from(typed);
    let wrong = || ActionError::wrong("rank", RANKS);
    let ranks = typed.named("rank-").map(|(id, rank)| {
        Ok((id.parse().map_err(|_| wrong())?, rank.parse().map_err(|_| wrong())?))
    });
    let done = match ranks.collect::<Result<Vec<(MethodId, i16)>, ActionError>>() {
        Ok(ranks) => {
            let order = (typed.get("version").parse().unwrap_or(0), ranks.as_slice());
            people::order_methods(&state.db, &frame.who, subject.person, order, frame.now).await
        }
        Err(error) => Err(error),
    };
    subject.answer(&state, frame, typed, done).await
}

/// `POST …/methods/{method}/removal`: gone, with an Undo.
pub(in crate::web) async fn remove(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
) -> Result<Response, PageError> {
    let id = subject.method()?;
    let done = people::remove_method(&state.db, &frame.who, subject.person, id, frame.now).await;
    let next = format!("{}?removed={id}", subject.path());
    subject.answer_with(&state, frame, Typed::default(), done, &next).await
}

/// `POST …/methods/{method}/removal/undo`
pub(in crate::web) async fn restore(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
) -> Result<Response, PageError> {
    let id = subject.method()?;
    let done = people::restore_method(&state.db, &frame.who, subject.person, id, frame.now).await;
    subject.answer(&state, frame, Typed::default(), done).await
}

/// `POST …/methods/{method}/call`: somebody called, and they answered.
pub(in crate::web) async fn called(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
) -> Result<Response, PageError> {
    let id = subject.method()?;
    let done = people::called(&state.db, &frame.who, subject.person, id, frame.now).await;
    subject.answer(&state, frame, Typed::default(), done).await
}

/// `POST …/methods/{method}/verification`: a link is mailed now, and the page says what came of it.
pub(in crate::web) async fn verify(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
) -> Result<Response, PageError> {
    let (room, id) = (state.mailroom(), subject.method()?);
    let sent = people::mail_verification(&room, &frame.who, subject.person, id, frame.now).await;
    let said = match sent {
        Ok(mailed) => Said { notice: Some(came(&mailed)), ..Said::default() },
        Err(ActionError::Refused(words)) => Said { refused: Some(words), ..Said::default() },
        Err(error) => return Err(error.into()),
    };
    subject.draw(&state, frame, said).await
}

/// What came of a mail, in words.
pub(super) fn came(mailed: &Mailed) -> Stand {
    match mailed {
        Mailed::Taken { to, .. } => {
            Stand::good(format!("The mail server took the mail to {to}. They open its link."))
        }
        Mailed::NotTaken { to, why } => {
            Stand::bad(format!("The mail to {to} was not sent: {why}."))
        }
        Mailed::NoServer => Stand::warn(
            "No mail was sent: no mail server is set. An owner sets one under Settings.",
        ),
        Mailed::NoAddress => Stand::warn("No mail was sent: no mail address of theirs is known."),
    }
}
