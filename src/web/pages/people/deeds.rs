//! What owners press about people: adding, changing, letting in, shutting out.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::account::{ACCOUNT_VERSION, LinkSheet, RIGHTS};
use super::{Said, Subject, Typed, words};
use crate::actions::people::{self, Addition, Edit};
use crate::actions::{ActionError, accounts};
use crate::domain::id::PersonId;
use crate::domain::rights::Rights;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::guard::Caller;
use crate::web::links;
use crate::web::parts::field::Field;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Stand;
use crate::web::state::{AppParts, AppState};

type Fields = Form<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "people/new.html")]
struct NewPersonPage {
    page: Page,
    said: Option<Stand>,
    id: PersonId,
    fields: Vec<Field>,
}

/// `GET /people/new`
pub(in crate::web) async fn new(frame: Frame) -> Result<Response, PageError> {
    draw(frame, &Said::default())
}

/// `POST /people`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    frame: Frame,
    Form(typed): Fields,
) -> Result<Response, PageError> {
    let typed = Typed::from(typed);
    let new = Addition {
        id: typed.get("id").parse().unwrap_or_else(|_| PersonId::new(frame.now)),
        name: typed.get("name"),
        title: typed.get("title"),
        zone: typed.get("zone"),
        mail: typed.get("mail"),
        phone: typed.get("phone"),
    };
    let said = match people::add(&state.db, &frame.who, &new, frame.now).await {
        Ok(()) => return Ok(Redirect::to(&links::person(new.id)).into_response()),
        Err(ActionError::Invalid(wrong)) => (wrong, None),
        Err(ActionError::Refused(words)) => (Vec::new(), Some(words)),
        Err(error) => return Err(error.into()),
    };
    let (wrong, refused) = said;
    draw(frame, &Said { typed, wrong, refused, ..Said::default() })
}

fn draw(frame: Frame, said: &Said) -> Result<Response, PageError> {
    let (typed, status): (_, StatusCode) = (&said.typed, said.status());
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let zones = words::zone_choices(typed.get("zone"), plan);
    let fields = vec![
        Field::text("name", "Name", typed.get("name")).required().error(said.error("name")),
        Field::text("title", "Title", typed.get("title"))
            .hint("What they are in the organisation.")
            .error(said.error("title")),
        Field::email("mail", "Mail address", typed.get("mail"))
            .hint("Pages go there. More ways to reach them can be added afterwards.")
            .error(said.error("mail")),
        Field::tel("phone", "Telephone", typed.get("phone")).error(said.error("phone")),
        Field::select("zone", "Time zone", zones).error(said.error("zone")),
    ];
    let html = NewPersonPage {
        id: typed.get("id").parse().unwrap_or_else(|_| PersonId::new(frame.now)),
        said: said.line(),
        page: said.mark(frame.page.titled("Add a person").at(Tab::People)),
        fields,
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}

/// `POST /people/{id}`: name, title, zone.
pub(in crate::web) async fn edit(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
    Form(typed): Fields,
) -> Result<Response, PageError> {
    let typed = Typed::from(typed);
    let edit = Edit {
        version: typed.get("version").parse().unwrap_or(0),
        name: typed.get("name"),
        title: Some(typed.get("title")),
        zone: typed.get("zone"),
    };
    let done = people::edit(&state.db, &frame.who, subject.person, &edit, frame.now).await;
    subject.answer(&state, frame, typed, done).await
}

/// `POST /people/{id}/link`: an invitation, or a reset where there is an account; mailed now, and
/// shown this once.
pub(in crate::web) async fn link(
    State(state): State<AppState>,
    subject: Subject,
    caller: Caller,
    frame: Frame,
) -> Result<Response, PageError> {
    let room = state.mailroom();
    let said = match accounts::send_link(&room, &frame.who, subject.person, frame.now).await {
        Ok((made, mailed)) => {
            // under the address by which the owner sees Muster; the guard knows it
            let path = links::invitation(&made.token.expose());
            let link = caller.origin.map_or(path.clone(), |origin| origin.link(&path));
            let link = LinkSheet::new(&made, &mailed, link, &frame);
            Said { link: Some(link), ..Said::default() }
        }
        Err(ActionError::Refused(words)) => Said { refused: Some(words), ..Said::default() },
        Err(error) => return Err(error.into()),
    };
    subject.draw(&state, frame, said).await
}

/// `POST /people/{id}/rights`
pub(in crate::web) async fn set_rights(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
    Form(typed): Fields,
) -> Result<Response, PageError> {
    let typed = Typed::from(typed);
    let rights = Rights::from_names(typed.all(RIGHTS)).map_err(ActionError::refused)?;
    let seen = (typed.get(ACCOUNT_VERSION).parse().unwrap_or(0), &rights);
    let AppParts { db, ring, .. } = &*state;
    let done = accounts::set_rights(db, ring, &frame.who, subject.person, seen, frame.now).await;
    subject.answer(&state, frame, typed, done).await
}

/// `POST /people/{id}/suspension`: the account can't be used any more.
pub(in crate::web) async fn suspend(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
) -> Result<Response, PageError> {
    let AppParts { db, ring, .. } = &*state;
    let done = accounts::disable(db, ring, &frame.who, subject.person, frame.now).await;
    subject.answer(&state, frame, Typed::default(), done).await
}

/// `POST /people/{id}/suspension/end`
pub(in crate::web) async fn enable(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
) -> Result<Response, PageError> {
    let AppParts { db, ring, .. } = &*state;
    let done = accounts::enable(db, ring, &frame.who, subject.person, frame.now).await;
    subject.answer(&state, frame, Typed::default(), done).await
}

/// `POST /people/{id}/absence`: off the roster.
pub(in crate::web) async fn take_off(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
) -> Result<Response, PageError> {
    let AppParts { db, ring, .. } = &*state;
    let done = people::take_off(db, ring, &frame.who, subject.person, frame.now).await;
    subject.answer(&state, frame, Typed::default(), done).await
}

/// `POST /people/{id}/absence/end`: back on the roster.
pub(in crate::web) async fn put_back(
    State(state): State<AppState>,
    subject: Subject,
    frame: Frame,
) -> Result<Response, PageError> {
    let done = people::put_back(&state.db, &frame.who, subject.person, frame.now).await;
    subject.answer(&state, frame, Typed::default(), done).await
}
