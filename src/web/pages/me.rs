//! `/me`: one's own card: how one is reached, what one is called on for, how one signs in.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::actions::people::{self, Edit, Whole};
use crate::actions::{ActionError, Wrong, accounts, sessions};
use crate::domain::id::MethodId;
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::guard::Caller;
use crate::web::links;
use crate::web::pages::people::{
    MethodsSheet, Said, Subject, Typed, duties, grant_in_words, rights_in_words, roles_of,
    zone_choices,
};
use crate::web::pages::sign_in::cookie;
use crate::web::parts::facts::Facts;
use crate::web::parts::field::Field;
use crate::web::parts::nav::Nav;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Stand;
use crate::web::parts::words::Words;
use crate::web::state::{AppParts, AppState};

type Fields = Form<Vec<(String, String)>>;

/// What the address says.
#[derive(Deserialize, Default)]
pub(in crate::web) struct Way {
    #[serde(default)]
    removed: String,
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "me/show.html")]
struct MePage {
    page: Page,
    name: String,
    title: String,
    said: Option<Stand>,
    methods: MethodsSheet,
    version: i32,
    fields: Vec<Field>,
    duties: Vec<Words>,
    roles: Vec<Role>,
    rights: Facts,
    email: String,
    address: Field,
    address_open: bool,
    passwords: Vec<Field>,
    passwords_open: bool,
    sessions: String,
    elsewhere: bool,
}

/// A role by the plan, and what its holder does.
struct Role {
    name: String,
    duties: Vec<String>,
}

/// `GET /me`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Query(way): Query<Way>,
    frame: Frame,
) -> Result<Response, PageError> {
    let notice = match way.done.as_str() {
        "password" => Some("Your new password holds. You are signed out everywhere else."),
        "address" => Some("From now on you sign in with your new address."),
        "sessions" => Some("You are signed out everywhere else."),
        _ => None,
    };
    let removed: Option<MethodId> = way.removed.parse().ok();
    draw(&state, frame, Said { removed, notice: notice.map(Stand::good), ..Said::default() }).await
}

/// Draws one's own card.
pub(super) async fn draw(
    state: &AppState,
    frame: Frame,
    said: Said,
) -> Result<Response, PageError> {
    let whole = people::whole(&state.db, frame.who.person, said.removed, frame.now).await?;
    let person = &whole.card.person;
    let account = whole.card.account.as_ref();
    let email = account.map(|account| account.email.clone()).unwrap_or_default();
    let html = MePage {
        name: person.name.clone(),
        title: person.title.clone(),
        said: said.line(),
        methods: MethodsSheet::new(&whole, &frame, true, &said),
        version: person.version,
        fields: edit_fields(&whole, &frame, &said),
        duties: duties(&whole, &frame, "You have").collect(),
        roles: roles(&whole, &frame),
        rights: rights(&whole, &frame),
        address: Field::email("email", "New address to sign in with", said.typed.get("email"))
            .hint("Your right to approve, if you have it, is suspended until another owner grants it anew.")
            .required()
            .autocomplete("username")
            .error(said.error("email")),
        address_open: said.typed.has("email"),
        passwords: password_fields(&said),
        passwords_open: !said.wrong.is_empty() && said.typed.has("your_password"),
        sessions: elsewhere(whole.sessions),
        elsewhere: whole.sessions > 1,
        page: said.mark(frame.page.titled("You").nav(Nav::Main(None))),
        email,
    }
    .render()?;
    Ok((said.status(), Html(html)).into_response())
}

fn edit_fields(whole: &Whole, frame: &Frame, said: &Said) -> Vec<Field> {
    let (person, typed) = (&whole.card.person, &said.typed);
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let name = Field::text("name", "Your name", typed.or("name", &person.name));
    let zones = zone_choices(typed.or("zone", &person.zone), plan);
    vec![
        said.beside(name.required().autocomplete("name"), "name", &person.name),
        said.beside(Field::select("zone", "Your time zone", zones), "zone", &person.zone),
    ]
}

fn password_fields(said: &Said) -> Vec<Field> {
    vec![
        Field::password("your_password", "Your password now")
            .required()
            .autocomplete("current-password")
            .error(said.error("your_password")),
        Field::password("password", "New password")
            .hint("12 characters at least; three or four words do well.")
            .required()
            .autocomplete("new-password")
            .error(said.error("password")),
        Field::password("again", "The new password again")
            .required()
            .autocomplete("new-password")
            .error(said.error("again")),
    ]
}

fn roles(whole: &Whole, frame: &Frame) -> Vec<Role> {
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let roles = roles_of(plan, &whole.card.person.key).into_iter();
    roles
        .map(|(role, turn)| Role {
            name: match turn {
                0 => format!("{}: you are asked first", role.name),
                turn => format!("{}: you are alternate {turn}", role.name),
            },
            duties: role.duties.clone(),
        })
        .collect()
}

/// What the person may do now, and how the right to approve stands.
fn rights(whole: &Whole, frame: &Frame) -> Facts {
    let rights = rights_in_words(&frame.who.rights).into_iter();
    let facts = rights.fold(Facts::new(), |facts, (name, allows)| facts.fact(name, allows));
    let Some(grant) = &whole.card.grant else { return facts };
    facts.fact("Grant", grant_in_words(grant))
}

fn elsewhere(sessions: i64) -> String {
    match sessions {
        ..=1 => "You are signed in here alone.".to_owned(),
        2 => "You are signed in here, and in one more place.".to_owned(),
        more => format!("You are signed in here, and in {} more places.", more - 1),
    }
}

/// `POST /me`: name and zone.
pub(in crate::web) async fn edit(
    State(state): State<AppState>,
    frame: Frame,
    Form(typed): Fields,
) -> Result<Response, PageError> {
    let typed = Typed::from(typed);
    let edit = Edit {
        version: typed.get("version").parse().unwrap_or(0),
        name: typed.get("name"),
        title: None,
        zone: typed.get("zone"),
    };
    let who = &frame.who;
    let done = people::edit(&state.db, who, who.person, &edit, frame.now).await;
    Subject::own(who).answer(&state, frame, typed, done).await
}

/// `POST /me/address`: the address to sign in with.
pub(in crate::web) async fn set_address(
    State(state): State<AppState>,
    frame: Frame,
    Form(typed): Fields,
) -> Result<Response, PageError> {
    let typed = Typed::from(typed);
    let (AppParts { db, ring, .. }, email) = (&*state, typed.get("email"));
    let done = accounts::change_address(db, ring, &frame.who, email, frame.now).await;
    Subject::own(&frame.who)
        .answer_with(&state, frame, typed, done, &links::me_done("address"))
        .await
}

/// `POST /me/password`
pub(in crate::web) async fn set_password(
    State(state): State<AppState>,
    caller: Caller,
    frame: Frame,
    Form(typed): Fields,
) -> Result<Response, PageError> {
    let typed = Typed::from(typed);
    let (old, new) = (typed.get("your_password"), typed.get("password"));
    let AppParts { db, ring, passwords, .. } = &*state;
    let done = if new == typed.get("again") {
        accounts::change_password(db, ring, passwords, &frame.who, (old, new), frame.now).await
    } else {
        let words = "These two differ. Type both again.".to_owned();
        Err(ActionError::Invalid(vec![Wrong { field: "again", words }]))
    };
    let next = links::me_done("password");
    match done {
        Ok(session) => Ok((cookie(&session, &caller), Redirect::to(&next)).into_response()),
        Err(error) => Subject::own(&frame.who).answer(&state, frame, typed, Err(error)).await,
    }
}

/// `POST /me/sessions/end`: everywhere but here.
pub(in crate::web) async fn end_others(
    State(state): State<AppState>,
    Who(who): Who,
) -> Result<Redirect, PageError> {
    sessions::end_others(&state.db, &who, state.clock.now()).await?;
    Ok(Redirect::to(&links::me_done("sessions")))
}
