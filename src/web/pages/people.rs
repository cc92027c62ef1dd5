//! `/people`: who is on the roster, how they are reached, and links that let them in.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::actions::people::Card;
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, accounts, people, sessions};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::domain::rights::{Right, Rights};
use crate::secrets::Token;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::guard::Caller;
use crate::web::links;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// What is typed.
#[derive(Deserialize, Default)]
pub(in crate::web) struct Typed {
    #[serde(default)]
    your_password: String,
}

#[derive(Template)]
#[template(path = "people/index.html")]
struct PeoplePage {
    page: Page,
    heading: String,
    table: Table,
}

#[derive(Template)]
#[template(path = "people/show.html")]
struct PersonPage {
    page: Page,
    heading: String,
    account: String,
    action: String,
    button: Option<&'static str>,
    password: Field,
    link: Option<String>,
    rights: Option<Field>,
    rights_action: String,
    password_for_rights: Field,
}

/// `GET /people`
pub(in crate::web) async fn index(
    State(db): State<Db>,
    frame: Frame,
) -> Result<Html<String>, PageError> {
    let cards = people::roster(&db).await?;
    let mut table = Table::new("people").column("Name").column("Reached by").column("Account");
    for card in &cards {
        let path = links::person(card.person.id);
        let name = Words::new().link(path, card.person.name.clone());
        table = table.row([name, Words::from(reach(card)), Words::from(account(card))]);
    }
    let heading = format!("{} on the roster", cards.len());
    let page = frame.page.titled("People").at(Tab::People);
    Ok(Html(PeoplePage { page, heading, table }.render()?))
}

/// `GET /people/{id}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    let card = find(&state, &id).await?;
    draw(frame, &card, None, None)
}

/// `POST /people/{id}/link`: an invitation, or a reset where there is an account.
pub(in crate::web) async fn link(
    State(state): State<AppState>,
    Path(id): Path<String>,
    (caller, headers): (Caller, HeaderMap),
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let card = find(&state, &id).await?;
    match make(&state, &frame.who, &card, &typed.your_password).await {
        Ok(token) => {
            let path = links::invitation(&token.expose());
            draw(frame, &card, Some(origin(&caller, &headers) + &path), None)
        }
        Err(ActionError::Invalid(wrong)) => {
            draw(frame, &card, None, wrong.into_iter().next().map(|wrong| wrong.words))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /people/{id}/rights`
pub(in crate::web) async fn set_rights(
    State(state): State<AppState>,
    Path(id): Path<String>,
    frame: Frame,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let card = find(&state, &id).await?;
    let named = |field| move |pair: &&(String, String)| pair.0 == field;
    let password = typed.iter().find(named("rights_password")).map_or("", |pair| &pair.1);
    let names = typed.iter().filter(named("rights")).map(|pair| &pair.1);
    let rights = Rights::from_names(names).map_err(ActionError::refused)?;
    let done = async {
        let who = fresh(&state, &frame.who, password).await?;
        let AppState { db, ring, clock, .. } = &state;
        accounts::set_rights(db, ring, &who, card.person.id, &rights, clock.now()).await
    };
    match done.await {
        Ok(()) => Ok(Redirect::to(&links::person(card.person.id)).into_response()),
        Err(ActionError::Invalid(wrong)) => {
            draw(frame, &card, None, wrong.into_iter().next().map(|wrong| wrong.words))
        }
        Err(error) => Err(error.into()),
    }
}

/// The owner, with the password taken again where it must be.
async fn fresh(state: &AppState, who: &SignedIn, password: &str) -> Result<SignedIn, ActionError> {
    let AppState { db, passwords, clock, .. } = state;
    let now = clock.now();
    if who.is_fresh(now) || password.is_empty() {
        return Ok(who.clone());
    }
    sessions::step_up(db, passwords, who, password, now).await
}

/// The address under which the owner sees Muster; the guard has checked the name.
fn origin(caller: &Caller, headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let scheme = if caller.is_https() { "https" } else { "http" };
    host.map(|host| format!("{scheme}://{host}")).unwrap_or_default()
}

async fn make(
    state: &AppState,
    who: &SignedIn,
    card: &Card,
    password: &str,
) -> Result<Token, ActionError> {
    let fresh = fresh(state, who, password).await?;
    let (db, now) = (&state.db, state.clock.now());
    match card.account {
        Some(_) => accounts::reset(db, &fresh, card.person.id, now).await,
        None => accounts::invite(db, &fresh, card.person.id, now).await,
    }
}

async fn find(state: &AppState, id: &str) -> Result<Card, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NotFound)?;
    Ok(people::card(&state.db, id).await?)
}

fn draw(
    frame: Frame,
    card: &Card,
    link: Option<String>,
    wrong: Option<String>,
) -> Result<Response, PageError> {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let owns = frame.who.rights.allow(Right::Own);
    let button = if card.account.is_some() { "Make a link for a new password" } else { "Invite" };
    let html = PersonPage {
        page: frame.page.titled(card.person.name.clone()).at(Tab::People),
        heading: card.person.name.clone(),
        account: format!("{}. {}.", reach(card), account(card)),
        action: links::person_link(card.person.id),
        button: owns.then_some(button),
        password: Field::password("your_password", "Your own password")
            .hint("Asked for when you last typed it more than ten minutes ago.")
            .autocomplete("current-password")
            .error(wrong),
        link,
        rights: card.account.as_ref().filter(|_| owns).map(|account| rights_field(&account.rights)),
        rights_action: links::person_rights(card.person.id),
        password_for_rights: Field::password("rights_password", "Your own password")
            .hint("Asked for when you last typed it more than ten minutes ago.")
            .autocomplete("current-password"),
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}

fn rights_field(rights: &Rights) -> Field {
    let choice = |right: Right| {
        let words = format!("{}: {}", right.name(), right.allows());
        Choice::new(right.name(), words, rights.iter().any(|held| held == right))
    };
    Field::checkboxes("rights", "May", Right::ALL.into_iter().map(choice).collect())
}

fn reach(card: &Card) -> String {
    let methods = card.methods.iter().map(|method| {
        let state = match (method.failing_since, method.verified_at) {
            (Some(_), _) => "failing",
            (None, Some(_)) => "verified",
            (None, None) => "given",
        };
        format!("{} {} ({state})", method.channel, method.address)
    });
    let methods: Vec<_> = methods.collect();
    if methods.is_empty() { "Nobody can reach them".to_owned() } else { methods.join(", ") }
}

fn account(card: &Card) -> String {
    match &card.account {
        None => "No account".to_owned(),
        Some(account) if account.disabled_at.is_some() => "Disabled".to_owned(),
        Some(account) => match &card.grant {
            Some(grant) => format!("{} (grant {})", account.rights, grant.fingerprint()),
            None => account.rights.to_string(),
        },
    }
}
