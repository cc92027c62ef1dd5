//! `/invitation/{token}`: a person of the roster chooses a password, by an invitation or a reset.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::actions::accounts::Linked;
use crate::actions::{ActionError, Wrong, accounts};
use crate::secrets::Token;
use crate::store::links::Purpose;
use crate::web::error::PageError;
use crate::web::guard::{Caller, Csrf};
use crate::web::links;
use crate::web::pages::sign_in::cookies;
use crate::web::parts::bare::Bare;
use crate::web::parts::csrf;
use crate::web::parts::field::Field;
use crate::web::state::{AppParts, AppState};

/// What is typed.
#[derive(Deserialize, Default)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

#[derive(Template)]
#[template(path = "account/invitation.html")]
struct InvitationPage {
    page: Bare,
    heading: String,
    action: String,
    fields: Vec<Field>,
}

/// `GET /invitation/{token}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
    csrf: Csrf,
) -> Result<Response, PageError> {
    let (_, linked) = read(&state, &token).await?;
    let typed = Typed { email: linked.address.clone(), ..Typed::default() };
    draw(&state, csrf, (&linked, &token), &typed, &[])
}

/// `POST /invitation/{token}`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Path(token): Path<String>,
    caller: Caller,
    csrf: Csrf,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let (link, linked) = read(&state, &token).await?;
    let form = (&linked, token.as_str());
    if typed.password != typed.again {
        let words = "These two differ. Type both again.".to_owned();
        return draw(&state, csrf, form, &typed, &[Wrong { field: "again", words }]);
    }
    let AppParts { db, ring, passwords, clock, .. } = &*state;
    let chosen = (typed.email.as_str(), typed.password.as_str());
    match accounts::accept(db, ring, passwords, &link, chosen, clock.now()).await {
        Ok(session) => {
            let cookies = cookies(ring, &typed.email, &session, &caller)?;
            Ok((cookies, Redirect::to(links::FRONT)).into_response())
        }
        Err(ActionError::Invalid(wrong)) => draw(&state, csrf, form, &typed, &wrong),
        Err(error) => Err(error.into()),
    }
}

async fn read(state: &AppState, text: &str) -> Result<(Token, Linked), PageError> {
    let spent = || ActionError::refused("this link is spent or too old; ask an owner for another");
    let link: Token = text.parse().map_err(|_| spent())?;
    let linked = accounts::linked(&state.db, &link, state.clock.now()).await?;
    Ok((link, linked.ok_or_else(spent)?))
}

fn draw(
    state: &AppState,
    Csrf(token): Csrf,
    (linked, link): (&Linked, &str),
    typed: &Typed,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let mut page = Bare::new("Choose a password", state.clock.now()).csrf(csrf::Csrf::new(token));
    let mut status = StatusCode::OK;
    if !wrong.is_empty() {
        (page, status) = (page.refused(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let heading = match linked.purpose {
        Purpose::Reset => format!("A new password for {}", linked.who.name),
        Purpose::Invite | Purpose::SetUp => {
            format!("{}, you are invited to Muster", linked.who.name)
        }
    };
    let (action, fields) = (links::invitation(link), fields(linked.purpose, typed, wrong));
    let html = InvitationPage { page, heading, action, fields }.render()?;
    Ok((status, Html(html)).into_response())
}

fn fields(purpose: Purpose, typed: &Typed, wrong: &[Wrong]) -> Vec<Field> {
    let error = |field: &str| wrong.iter().find(|w| w.field == field).map(|w| w.words.clone());
    let email = Field::email("email", "Mail address", &typed.email)
        .hint("You sign in with it, and pages go there.")
        .required()
        .autocomplete("username")
        .error(error("email"));
    let password = Field::password("password", "Password")
        .hint("12 characters at least; three or four words do well.")
        .required()
        .autocomplete("new-password")
        .error(error("password"));
    let again = Field::password("again", "The same password again")
        .required()
        .autocomplete("new-password")
        .error(error("again"));
    let email = (purpose == Purpose::Invite).then_some(email);
    email.into_iter().chain([password, again]).collect()
}
