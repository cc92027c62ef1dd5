//! `/plan/things`: one thing of the plan in a form: looked at, compared, confirmed.

mod fields;
mod findings;
mod view;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::actions::ActionError;
use crate::actions::plans::edit::{self, Wish};
use crate::domain::plan::edit::{Address, Deed, Typed};
use crate::domain::plan::shape::Count;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::state::AppState;

use view::{Said, draw};

/// What is typed, pair by pair.
type Pairs = Form<Vec<(String, String)>>;

/// What a form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Change,
    Add,
    Remove,
}

/// `GET /plan/things/{path}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    open(&state, frame, &path, Doing::Change).await
}

/// `POST /plan/things/{path}`
pub(in crate::web) async fn change(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
    Form(pairs): Pairs,
) -> Result<Response, PageError> {
    send(&state, frame, &path, Doing::Change, pairs).await
}

/// `GET /plan/additions/{path}`
pub(in crate::web) async fn show_addition(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    open(&state, frame, &path, Doing::Add).await
}

/// `POST /plan/additions/{path}`
pub(in crate::web) async fn add(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
    Form(pairs): Pairs,
) -> Result<Response, PageError> {
    send(&state, frame, &path, Doing::Add, pairs).await
}

/// `GET /plan/removals/{path}`: what taking it out would change.
pub(in crate::web) async fn show_removal(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    send(&state, frame, &path, Doing::Remove, Vec::new()).await
}

/// `POST /plan/removals/{path}`
pub(in crate::web) async fn remove(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
    Form(pairs): Pairs,
) -> Result<Response, PageError> {
    send(&state, frame, &path, Doing::Remove, pairs).await
}

async fn open(
    state: &AppState,
    frame: Frame,
    path: &str,
    doing: Doing,
) -> Result<Response, PageError> {
    let address = read(path, doing)?;
    let drawn = edit::draw(&state.db, &address).await?;
    let form = drawn.form.as_ref().ok_or(PageError::NotFound)?;
    let said = Said::of_form(doing, &address, &drawn.file, form, drawn.number);
    draw(frame, said, StatusCode::OK)
}

/// Looks at what was typed; makes it where it comes with the number that was looked at.
async fn send(
    state: &AppState,
    frame: Frame,
    path: &str,
    doing: Doing,
    pairs: Vec<(String, String)>,
) -> Result<Response, PageError> {
    let address = read(path, doing)?;
    let number = |name: &str| {
        let pair = pairs.iter().find(|(key, _)| key == name);
        pair.and_then(|(_, value)| value.parse::<i32>().ok())
    };
    let in_force = frame.around.revision.as_ref().map_or(0, |revision| revision.number);
    let (base, expected) = (number("base").unwrap_or(in_force), number("expected_number"));
    let ours = ["csrf", "base", "expected_number"];
    let fields = pairs.into_iter().filter(|(key, _)| !ours.contains(&key.as_str()));
    let typed: Typed = fields.collect();
    let deed = match doing {
        Doing::Change => Deed::Change(typed.clone()),
        Doing::Add => Deed::Add(typed.clone()),
        Doing::Remove => Deed::Remove,
    };
    let wish = Wish { address, deed, base };
    let mut refused = None;
    if let Some(expected) = expected {
        match edit::make(&state.db, &wish, expected, frame.who.person, frame.now).await {
            Ok(_) => return Ok(Redirect::to(&after(&wish.address, doing)).into_response()),
            Err(ActionError::Refused(words)) => refused = Some(words),
            Err(error) => return Err(error.into()),
        }
    }
    let look = edit::look(&state.db, &wish).await?;
    let form = look.drawn.form.as_ref().ok_or(PageError::NotFound)?;
    let only_asked = doing == Doing::Remove && expected.is_none();
    let status = match (look.preview.is_refused(), &look.edited, &refused) {
        (true, ..) if !only_asked => StatusCode::UNPROCESSABLE_ENTITY,
        (false, None, _) | (false, _, Some(_)) => StatusCode::CONFLICT,
        _ => StatusCode::OK,
    };
    let said = Said::of_form(doing, &wish.address, &look.drawn.file, form, base);
    draw(frame, said.typed(typed).seen(&look, refused), status)
}

fn read(path: &str, doing: Doing) -> Result<Address, PageError> {
    let address: Address = path.parse().map_err(|_| PageError::NotFound)?;
    let fits = match doing {
        Doing::Change => !address.is_list(),
        Doing::Add => address.is_list() && address.thing().may_come_and_go(),
        Doing::Remove => !address.is_list() && address.thing().may_come_and_go(),
    };
    if fits { Ok(address) } else { Err(PageError::NotFound) }
}

/// Where to go on: the form of the thing around, or the plan.
fn after(address: &Address, doing: Doing) -> String {
    let outer = address.outer().filter(|outer| outer.thing().count != Count::Once);
    match (outer, doing) {
        (Some(outer), _) => links::plan_thing(&outer.to_string()),
        (None, _) => format!("{}#{}", links::PLAN_CHANGE, view::section(address)),
    }
}
