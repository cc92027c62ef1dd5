//! `/people/{id}`: one person, and all that an owner may do about them.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::account::{AccountSheet, LinkSheet};
use super::{MethodsSheet, Said, words};
use crate::actions::people::{self, Whole};
use crate::domain::id::PersonId;
use crate::domain::plan::document::Plan;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::field::Field;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State as Stand;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// What the address says besides whose page it is.
#[derive(Deserialize, Default)]
pub(in crate::web) struct Way {
    #[serde(default)]
    removed: String,
}

#[derive(Template)]
#[template(path = "people/show.html")]
struct PersonPage {
    page: Page,
    name: String,
    stands: Words,
    said: Option<Stand>,
    link: Option<LinkSheet>,
    methods: MethodsSheet,
    roles: Vec<Words>,
    account: AccountSheet,
    edit: Option<EditForm>,
    leave: Option<Act>,
    back: Option<Act>,
}

struct EditForm {
    action: String,
    version: i32,
    fields: Vec<Field>,
    open: bool,
}

/// `GET /people/{id}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(way): Query<Way>,
    frame: Frame,
) -> Result<Response, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    draw(&state, frame, id, way.said()).await
}

impl Way {
    /// What the page says because of where one comes from.
    pub(in crate::web) fn said(&self) -> Said {
        Said { removed: self.removed.parse().ok(), ..Said::default() }
    }
}

/// Draws the page of a person.
pub(super) async fn draw(
    state: &AppState,
    frame: Frame,
    id: PersonId,
    said: Said,
) -> Result<Response, PageError> {
    let (whole, status) =
        (people::whole(&state.db, id, said.removed, frame.now).await?, said.status());
    let person = &whole.card.person;
    let owns = frame.who.rights.allow(Right::Own);
    let plan = frame.around.revision.as_ref().map(|revision| &revision.plan);
    let roles = words::roles_of(plan, &person.key);
    let roles = roles.into_iter().map(|(role, turn)| words::role_with_turn(role, turn).into());
    let (leave, back) = if owns { absence(&whole, &frame) } else { (None, None) };
    let html = PersonPage {
        name: person.name.clone(),
        stands: stands(&whole, &frame),
        said: said.line(),
        methods: MethodsSheet::new(&whole, &frame, false, &said),
        roles: roles.chain(words::duties(&whole, &frame, "Has")).collect(),
        account: AccountSheet::new(&whole, &frame, &said),
        edit: owns.then(|| EditForm::new(&whole, plan, &said)),
        leave,
        back,
        page: said.mark(frame.page.titled(person.name.clone()).at(Tab::People)),
        link: said.link,
    }
    .render()?;
    Ok((status, Html(html)).into_response())
}

fn stands(whole: &Whole, frame: &Frame) -> Words {
    let card = &whole.card;
    let words = match card.person.title.as_str() {
        "" => Words::new(),
        title => Words::new().plain(format!("{title} ")),
    };
    match card.person.disabled_at {
        None => words.state(words::reach(card)),
        Some(since) => {
            let since = frame.zone.moment(since);
            words.state(Stand::bad(format!("off the roster since {since}: not called on")))
        }
    }
}

/// The button that takes them off the roster, or the one that puts them back.
fn absence(whole: &Whole, frame: &Frame) -> (Option<Act>, Option<Act>) {
    let (id, csrf) = (whole.card.person.id, &frame.page.csrf);
    if whole.card.person.disabled_at.is_some() {
        let path = links::person_absence_end(id);
        let act = Act::post("back", "Put back on the roster", path, csrf);
        return (None, Some(act.look(Look::Primary)));
    }
    let act = Act::post("leave", "Take off the roster", links::person_absence(id), csrf);
    (Some(act.look(Look::Danger)), None)
}

impl EditForm {
    fn new(whole: &Whole, plan: Option<&Plan>, said: &Said) -> EditForm {
        let (person, typed) = (&whole.card.person, &said.typed);
        let name = Field::text("name", "Name", typed.or("name", &person.name)).required();
        let title = Field::text("title", "Title", typed.or("title", &person.title));
        let zone = typed.or("zone", &person.zone);
        let zone = Field::select("zone", "Time zone", words::zone_choices(zone, plan));
        EditForm {
            action: links::person(person.id),
            version: person.version,
            fields: vec![
                said.beside(name, "name", &person.name),
                said.beside(title, "title", &person.title),
                said.beside(zone, "zone", &person.zone),
            ],
            open: typed.has("name"),
        }
    }
}
