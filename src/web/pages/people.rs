//! `/people`: who is on the roster, how they are reached, and links that let them in.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::actions::people::Card;
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, accounts, people};
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
    link: Option<String>,
    rights: Option<Field>,
    rights_action: String,
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
    draw(frame, &card, None)
}

/// `POST /people/{id}/link`: an invitation, or a reset where there is an account.
pub(in crate::web) async fn link(
    State(state): State<AppState>,
    Path(id): Path<String>,
    (caller, headers): (Caller, HeaderMap),
    frame: Frame,
) -> Result<Response, PageError> {
    let card = find(&state, &id).await?;
    let token = make(&state, &frame.who, &card).await?;
    let path = links::invitation(&token.expose());
    draw(frame, &card, Some(origin(&caller, &headers) + &path))
}

/// `POST /people/{id}/rights`
pub(in crate::web) async fn set_rights(
    State(state): State<AppState>,
    Path(id): Path<String>,
    frame: Frame,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let card = find(&state, &id).await?;
    let names = typed.iter().filter(|pair| pair.0 == "rights").map(|pair| &pair.1);
    let rights = Rights::from_names(names).map_err(ActionError::refused)?;
    let AppState { db, ring, clock, .. } = &state;
    accounts::set_rights(db, ring, &frame.who, card.person.id, &rights, clock.now()).await?;
    Ok(Redirect::to(&links::person(card.person.id)).into_response())
}

/// The address under which the owner sees Muster; the guard has checked the name.
fn origin(caller: &Caller, headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let scheme = if caller.is_https() { "https" } else { "http" };
    host.map(|host| format!("{scheme}://{host}")).unwrap_or_default()
}

async fn make(state: &AppState, fresh: &SignedIn, card: &Card) -> Result<Token, ActionError> {
    let (db, now) = (&state.db, state.clock.now());
    match card.account {
        Some(_) => accounts::reset(db, fresh, card.person.id, now).await,
        None => accounts::invite(db, fresh, card.person.id, now).await,
    }
}

async fn find(state: &AppState, id: &str) -> Result<Card, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NotFound)?;
    Ok(people::card(&state.db, id).await?)
}

fn draw(frame: Frame, card: &Card, link: Option<String>) -> Result<Response, PageError> {
    let owns = frame.who.rights.allow(Right::Own);
    let button = if card.account.is_some() { "Make a link for a new password" } else { "Invite" };
    let html = PersonPage {
        page: frame.page.titled(card.person.name.clone()).at(Tab::People),
        heading: card.person.name.clone(),
        account: format!("{}. {}.", reach(card), account(card)),
        action: links::person_link(card.person.id),
        button: owns.then_some(button),
        link,
        rights: card.account.as_ref().filter(|_| owns).map(|account| rights_field(&account.rights)),
        rights_action: links::person_rights(card.person.id),
    }
    .render()?;
    Ok(Html(html).into_response())
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
