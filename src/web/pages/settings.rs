//! `/settings`: where mail is handed in, and whether it works.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::edit::instant;
use crate::actions::settings::{self, MailStands, MailTyped};
use crate::actions::{ActionError, Wrong};
use crate::domain::civil::Zone;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::field::Field;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::state::AppState;

/// What is typed, and how it stood when the form was drawn.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    smtp_url: String,
    mail_from: String,
    was_server: String,
    was_from: String,
}

impl Typed {
    fn seen(&self) -> MailStands {
        MailStands { server_set_at: instant(&self.was_server), from: self.was_from.clone() }
    }
}

/// What the page says besides how things stand.
#[derive(Default)]
struct Said {
    typed_from: Option<String>,
    wrong: Vec<Wrong>,
    came_of_test: Option<String>,
}

#[derive(Template)]
#[template(path = "settings/show.html")]
struct SettingsPage {
    page: Page,
    stands: String,
    is_set: bool,
    can_test: bool,
    came_of_test: Option<String>,
    was_server: String,
    was_from: String,
    server: Field,
    from: Field,
}

/// `GET /settings`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&state, frame, Said::default()).await
}

/// `POST /settings/mail`
pub(in crate::web) async fn set_mail(
    State(state): State<AppState>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let (url, from, seen) = (typed.smtp_url.trim(), typed.mail_from.trim(), typed.seen());
    let mail = MailTyped { url, from, seen };
    let done = settings::set_mail(&state.db, &state.mail, &mail, &frame.who, frame.now).await;
    match done {
        Ok(()) => Ok(Redirect::to(links::SETTINGS).into_response()),
        Err(ActionError::Invalid(wrong)) => {
            let left_alone = from == typed.was_from; // then what stands now is shown
            let typed_from = (!left_alone).then_some(typed.mail_from);
            let said = Said { typed_from, wrong, came_of_test: None };
            draw(&state, frame, said).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /settings/mail/remove`
pub(in crate::web) async fn remove_mail(
    State(state): State<AppState>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let seen = typed.seen().server_set_at;
    settings::remove_mail(&state.db, seen, &frame.who, frame.now).await?;
    Ok(Redirect::to(links::SETTINGS).into_response())
}

/// `POST /settings/mail/test`: sends, and says what the server answered.
pub(in crate::web) async fn test_mail(
    State(state): State<AppState>,
    frame: Frame,
) -> Result<Response, PageError> {
    let came = match settings::test_mail(&state.mailroom(), &frame.who, frame.now).await {
        Ok(words) => Said { came_of_test: Some(words), ..Said::default() },
        Err(ActionError::Refused(words)) => {
            let words = format!("The test message was not sent: {words}");
            Said { came_of_test: Some(words), ..Said::default() }
        }
        Err(ActionError::Invalid(wrong)) => Said { wrong, ..Said::default() },
        Err(error) => return Err(error.into()),
    };
    draw(&state, frame, came).await
}

async fn draw(state: &AppState, frame: Frame, said: Said) -> Result<Response, PageError> {
    let stands = settings::mail(&state.db).await?;
    let given = state.mail.is_given();
    let wrong = |field: &str| {
        said.wrong.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.clone())
    };
    let status =
        if said.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let set_at = stands.server_set_at.map(|at| at.unix_timestamp_nanos().to_string());
    let is_set = stands.server_set_at.is_some();
    let hint = if is_set {
        "Leave it empty to keep the one that is set. It is sealed and never shown."
    } else {
        "Such as smtps://name:password@mail.example.org. It is sealed and never shown."
    };
    let html = SettingsPage {
        stands: words(&stands, given, &frame.zone),
        page: frame.page.titled("Settings").at(Tab::Settings),
        is_set,
        can_test: is_set || given,
        was_server: set_at.unwrap_or_default(),
        was_from: stands.from.clone(),
        server: Field::password("smtp_url", "Mail server")
            .hint(hint)
            .autocomplete("off")
            .error(wrong("smtp_url")),
        from: Field::text("mail_from", "Sender", said.typed_from.as_ref().unwrap_or(&stands.from))
            .hint("Such as Muster <muster@example.org>.")
            .required()
            .error(wrong("mail_from")),
        came_of_test: said.came_of_test,
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}

fn words(stands: &MailStands, given: bool, zone: &Zone) -> String {
    match (given, stands.server_set_at) {
        (true, None) => "Mail leaves by the server that was given when Muster started.".to_owned(),
        (true, Some(_)) => "Mail leaves by the server that was given when Muster started; the one \
                            set here waits until Muster starts without it."
            .to_owned(),
        (false, Some(at)) => format!("A mail server was set on {}.", zone.date(at)),
        (false, None) => "No mail server is set: Muster can’t mail anybody.".to_owned(),
    }
}
