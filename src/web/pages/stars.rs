//! `POST /incidents/{id}/stars`: an entry belongs into the report, or not after all.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::incident::Visible;
use crate::actions::stars;
use crate::web::error::PageError;
use crate::web::frame::Who;
use crate::web::links;
use crate::web::state::AppState;

/// The number of the entry, under the name of what is to be done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Pressed {
    star: String,
    unstar: String,
    before: String,
}

/// `POST /incidents/{id}/stars`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Visible(id): Visible,
    Who(who): Who,
    Form(pressed): Form<Pressed>,
) -> Result<Response, PageError> {
    let starred = pressed.unstar.is_empty();
    let seq = if starred { &pressed.star } else { &pressed.unstar };
    let seq: i64 = seq.parse().map_err(|_| PageError::NotFound)?;
    stars::set(&state.db, id, (seq, starred), who.person, state.clock.now()).await?;
    let page = match pressed.before.parse::<i64>() {
        Ok(before) => format!("?before={before}"),
        Err(_) => String::new(),
    };
    let href = format!("{}/timeline{page}#entry-{seq}", links::incident(id));
    Ok(Redirect::to(&href).into_response())
}
