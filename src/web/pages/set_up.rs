//! `/set-up/{token}`: makes the first owner, once.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::actions::{self, ActionError, Wrong, accounts::Newcomer};
use crate::domain::rights::Rights;
use crate::secrets::Token;
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
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

#[derive(Template)]
#[template(path = "account/set_up.html")]
struct SetUpPage {
    page: Bare,
    action: String,
    fields: Vec<Field>,
}

/// `GET /set-up/{token}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
    token_of_form: Csrf,
) -> Result<Response, PageError> {
    let link: Token = token.parse().map_err(|_| spent())?;
    if !actions::accounts::set_up_link_is_good(&state.db, &link, state.clock.now()).await? {
        return Err(spent().into());
    }
    draw(&state, &token, token_of_form, &Typed::default(), &[])
}

/// `POST /set-up/{token}`
pub(in crate::web) async fn create(
    State(state): State<AppState>,
    Path(token): Path<String>,
    caller: Caller,
    token_of_form: Csrf,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let link: Token = token.parse().map_err(|_| spent())?;
    if typed.password != typed.again {
        let wrong =
            Wrong { field: "again", words: "These two differ. Type both again.".to_owned() };
        return draw(&state, &token, token_of_form, &typed, &[wrong]);
    }
    let owner = Newcomer {
        name: &typed.name,
        email: &typed.email,
        password: &typed.password,
        key: None,
        rights: Rights::all(),
    };
    let AppParts { db, ring, passwords, clock, .. } = &*state;
    match actions::accounts::set_up(db, ring, passwords, &link, &owner, clock.now()).await {
        Ok(session) => {
            let cookies = cookies(ring, &typed.email, &session, &caller)?;
            Ok((cookies, Redirect::to(links::FRONT)).into_response())
        }
        Err(ActionError::Invalid(wrong)) => draw(&state, &token, token_of_form, &typed, &wrong),
        Err(error) => Err(error.into()),
    }
}

fn spent() -> ActionError {
    ActionError::refused(
        "this set-up link is spent or older than an hour. On the server, “muster user setup-link” \
         makes a new one; once there is an owner, sign in instead",
    )
}

fn draw(
    state: &AppState,
    token: &str,
    Csrf(csrf): Csrf,
    typed: &Typed,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let mut page = Bare::new("Set up Muster", state.clock.now()).csrf(csrf::Csrf::new(csrf));
    let mut status = StatusCode::OK;
    if !wrong.is_empty() {
        (page, status) = (page.refused(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let fields = fields(typed, wrong);
    let html = SetUpPage { page, action: links::set_up(token), fields }.render()?;
    Ok((status, Html(html)).into_response())
}

fn fields(typed: &Typed, wrong: &[Wrong]) -> Vec<Field> {
    let error = |field: &str| wrong.iter().find(|w| w.field == field).map(|w| w.words.clone());
    vec![
        Field::text("name", "Your name", &typed.name)
            .required()
            .autocomplete("name")
            .error(error("name")),
        Field::email("email", "Mail address", &typed.email)
            .hint("You sign in with it, and pages go there.")
            .required()
            .autocomplete("username")
            .error(error("email")),
        Field::password("password", "Password")
            .hint("12 characters at least; three or four words do well.")
            .required()
            .autocomplete("new-password")
            .error(error("password")),
        Field::password("again", "The same password again")
            .required()
            .autocomplete("new-password")
            .error(error("again")),
    ]
}
