//! Action items of a report: listed, added, changed, done.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::item_form::Typed;
use super::report::{draw, page, situation};
use crate::actions::post_mortems::{self as deeds, Whole};
use crate::actions::{ActionError, ActionResult, Wrong};
use crate::db::Db;
use crate::domain::id::{EntryId, IncidentId};
use crate::domain::post_mortem::{ActionItem, State as Stage};
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::entries::status;
use crate::web::pages::incident::Visible;
use crate::web::parts::field::Field;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Stand;
use crate::web::state::AppState;

/// One item in the list.
pub(super) struct Row {
    pub(super) id: EntryId,
    pub(super) what: String,
    pub(super) about: String,
    pub(super) stands: Stand,
    pub(super) done: bool,
    pub(super) action: Option<String>,
    pub(super) change: bool,
}

/// The form of an item.
pub(super) struct ItemForm {
    pub(super) action: String,
    pub(super) id: EntryId,
    pub(super) version: i32,
    pub(super) fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "postmortems/item.html")]
struct ItemPage {
    page: Page,
    situation: Situation,
    stands: Stand,
    about: String,
    what: String,
    form: ItemForm,
    back: String,
}

/// `POST /postmortems/{id}/items`
pub(in crate::web) async fn add(
    State(state): State<AppState>,
    Visible(id): Visible,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let added = match typed.read() {
        Ok(item) => deeds::add(&state.db, id, item, frame.who.person, frame.now).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(()) => Ok(back(id)),
        Err(ActionError::Invalid(wrong)) => {
            draw(&deeds::read(&state.db, id).await?, frame, &typed, &wrong)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /postmortems/{id}/items/{item}`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    Path((_, item)): Path<(String, String)>,
    frame: Frame,
) -> Result<Response, PageError> {
    let whole = deeds::read(&db, id).await?;
    let item = find(&whole, &item)?;
    one(&whole, item, frame, &Typed::of(item), &[])
}

/// `POST /postmortems/{id}/items/{item}`
pub(in crate::web) async fn press(
    State(state): State<AppState>,
    Visible(id): Visible,
    Path((_, item)): Path<(String, String)>,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    match change(&state.db, id, &item, &frame, &typed).await {
        Ok(()) => Ok(back(id)),
        Err(ActionError::Invalid(wrong)) => {
            let whole = deeds::read(&state.db, id).await?;
            let item = find(&whole, &item)?;
            one(&whole, item, frame, &Typed { version: item.version, ..typed }, &wrong)
        }
        Err(error) => Err(error.into()),
    }
}

async fn change(
    db: &Db,
    id: IncidentId,
    item: &str,
    frame: &Frame,
    typed: &Typed,
) -> ActionResult<()> {
    let item = item.parse().map_err(|_| ActionError::NotFound("action item"))?;
    let (by, now) = (frame.who.person, frame.now);
    match typed.press.as_str() {
        "done" => deeds::finish(db, id, item, by, now).await,
        "not-done" => deeds::reopen(db, id, item, by, now).await,
        _ => {
            let typed = Typed { id: item.to_string(), ..typed.clone() };
            deeds::change(db, id, typed.read()?, by, now).await
        }
    }
}

fn back(id: IncidentId) -> Response {
    Redirect::to(&format!("{}#items", links::post_mortem(id))).into_response()
}

fn find<'a>(whole: &'a Whole, item: &str) -> Result<&'a ActionItem, PageError> {
    let id: EntryId = item.parse().map_err(|_| PageError::NotFound)?;
    whole.items.iter().find(|item| item.id == id).ok_or(PageError::NotFound)
}

fn one(
    whole: &Whole,
    item: &ActionItem,
    frame: Frame,
    typed: &Typed,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let drill = if whole.incident.is_drill() { "DRILL: " } else { "" };
    let html = ItemPage {
        situation: situation(whole, &frame, format!("{drill}Action item")),
        stands: stands(whole, item, &frame),
        about: about(whole, item),
        what: item.what.clone(),
        form: ItemForm {
            action: links::action_item(whole.incident.id, item.id),
            id: item.id,
            version: typed.version,
            fields: typed.fields(whole, wrong),
        },
        back: format!("{}#items", links::post_mortem(whole.incident.id)),
        page: page(whole, frame.page, "Action item", wrong),
    };
    Ok((status(wrong), Html(html.render()?)).into_response())
}

/// The form of a new item, with what was typed.
pub(super) fn form(whole: &Whole, frame: &Frame, typed: &Typed, wrong: &[Wrong]) -> ItemForm {
    ItemForm {
        action: format!("{}/items", links::post_mortem(whole.incident.id)),
        id: EntryId::new(frame.now),
        version: 0,
        fields: typed.fields(whole, wrong),
    }
}

/// All items, open ones first.
pub(super) fn rows(whole: &Whole, frame: &Frame) -> Vec<Row> {
    let may = frame.who.rights.allow(Right::Respond);
    let open = whole.report.state != Stage::Published;
    let row = |item: &ActionItem| Row {
        id: item.id,
        what: item.what.clone(),
        about: about(whole, item),
        stands: stands(whole, item, frame),
        done: item.done.is_some(),
        action: may.then(|| links::action_item(whole.incident.id, item.id)),
        change: may && open,
    };
    whole.items.iter().map(row).collect()
}

/// `Ada Lovelace, high, Immediate Actions`.
fn about(whole: &Whole, item: &ActionItem) -> String {
    let owner = item.owner.map_or("nobody", |owner| whole.name(owner));
    let window = whole.plan.follow_up.iter().find(|window| window.key == item.window);
    let window = window.map_or(String::new(), |window| format!(", {}", window.name));
    format!("{owner}, {} priority{window}", item.priority.name())
}

fn stands(whole: &Whole, item: &ActionItem, frame: &Frame) -> Stand {
    if let Some((at, by)) = item.done {
        let at = frame.zone.when(at, frame.now);
        return Stand::good(format!("done {at} by {}", whole.name(by)));
    }
    match item.due_on {
        Some(day) if day.days_from(&frame.zone, frame.now) < 0 => {
            Stand::bad(format!("overdue since {day}"))
        }
        Some(day) => Stand::waiting(format!("due {day}")),
        None => Stand::warn("no day is set"),
    }
}

/// The table of the exported text: its head, then a row an item.
pub(super) fn exported(whole: &Whole) -> Vec<Vec<String>> {
    let head = ["Action", "Owner", "Due", "Priority", "Window", "Stands"];
    let row = |item: &ActionItem| {
        let window = whole.plan.follow_up.iter().find(|window| window.key == item.window);
        vec![
            item.what.clone(),
            item.owner.map_or(String::new(), |owner| whole.name(owner).to_owned()),
            item.due_on.map(|day| day.iso()).unwrap_or_default(),
            item.priority.name().to_owned(),
            window.map_or(String::new(), |window| window.name.clone()),
            if item.done.is_some() { "done".to_owned() } else { "open".to_owned() },
        ]
    };
    let head = head.map(str::to_owned).to_vec();
    std::iter::once(head).chain(whole.items.iter().map(row)).collect()
}
