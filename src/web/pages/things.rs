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
use crate::web::pages::plan::sections::section;
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

/// What somebody sent: of which form, to what end.
struct Sent {
    doing: Doing,
    wish: Wish,
    typed: Typed,
    expected: Option<i32>,
}

/// `GET /plan/things/{path}`
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    open(&state, frame, &path, Doing::Change).await
}

/// `POST /plan/things/{path}`: says what the change would come to; changes nothing.
pub(in crate::web) async fn look(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
    Form(pairs): Pairs,
) -> Result<Response, PageError> {
    let sent = Sent::read(&path, Doing::Change, pairs, &frame)?;
    answer(&state, frame, &sent, None).await
}

/// `GET /plan/additions/{path}`
pub(in crate::web) async fn show_addition(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    open(&state, frame, &path, Doing::Add).await
}

/// `POST /plan/additions/{path}`: says what the new thing would come to; changes nothing.
pub(in crate::web) async fn look_at_addition(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
    Form(pairs): Pairs,
) -> Result<Response, PageError> {
    let sent = Sent::read(&path, Doing::Add, pairs, &frame)?;
    answer(&state, frame, &sent, None).await
}

/// `GET /plan/removals/{path}`: says what would be without the thing.
pub(in crate::web) async fn show_removal(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    let sent = Sent::read(&path, Doing::Remove, Vec::new(), &frame)?;
    answer(&state, frame, &sent, None).await
}

/// `POST /plan/changes/{path}`: makes what was looked at the next revision.
pub(in crate::web) async fn make(
    State(state): State<AppState>,
    Path(path): Path<String>,
    frame: Frame,
    Form(pairs): Pairs,
) -> Result<Response, PageError> {
    let doing = pairs.iter().find(|(key, _)| key == "doing");
    let doing = doing.and_then(|(_, name)| Doing::named(name)).ok_or(PageError::NotFound)?;
    let sent = Sent::read(&path, doing, pairs, &frame)?;
    let made = match sent.expected {
        Some(expected) => edit::make(&state.db, &sent.wish, expected, &frame.who, frame.now).await,
        None => Err(ActionError::refused(super::revisions::UNSEEN)),
    };
    match made {
        Ok(_) => Ok(Redirect::to(&after(&sent.wish.address)).into_response()),
        Err(ActionError::Refused(words)) => answer(&state, frame, &sent, Some(words)).await,
        Err(error) => Err(error.into()),
    }
}

async fn open(
    state: &AppState,
    frame: Frame,
    path: &str,
    doing: Doing,
) -> Result<Response, PageError> {
    let address = doing.address(path)?;
    let drawn = edit::draw(&state.db, &address).await?;
    let form = drawn.form.as_ref().ok_or(PageError::NotFound)?;
    let said = Said::of_form(doing, &address, &drawn.file, form, drawn.number);
    draw(frame, said, StatusCode::OK)
}

/// Draws what was sent and what it would come to; `refused` says why it was not made.
async fn answer(
    state: &AppState,
    frame: Frame,
    sent: &Sent,
    refused: Option<String>,
) -> Result<Response, PageError> {
    let look = edit::look(&state.db, &sent.wish).await?;
    let form = look.drawn.form.as_ref().ok_or(PageError::NotFound)?;
    let only_asked = sent.doing == Doing::Remove && sent.expected.is_none();
    let status = match (look.preview.is_refused(), &look.edited, &refused) {
        (true, ..) if !only_asked => StatusCode::UNPROCESSABLE_ENTITY,
        (false, None, _) | (false, _, Some(_)) => StatusCode::CONFLICT,
        _ => StatusCode::OK,
    };
    let Wish { address, base, .. } = &sent.wish;
    let said = Said::of_form(sent.doing, address, &look.drawn.file, form, *base);
    draw(frame, said.typed(sent.typed.clone()).seen(&look, refused), status)
}

impl Sent {
    fn read(
        path: &str,
        doing: Doing,
        pairs: Vec<(String, String)>,
        frame: &Frame,
    ) -> Result<Sent, PageError> {
        let number = |name: &str| {
            let pair = pairs.iter().find(|(key, _)| key == name);
            pair.and_then(|(_, value)| value.parse::<i32>().ok())
        };
        let in_force = frame.around.revision.as_ref().map_or(0, |revision| revision.number);
        let (base, expected) = (number("base").unwrap_or(in_force), number("expected_number"));
        let ours = ["csrf", "base", "expected_number", "doing"];
        let fields = pairs.into_iter().filter(|(key, _)| !ours.contains(&key.as_str()));
        let typed: Typed = fields.collect();
        let deed = match doing {
            Doing::Change => Deed::Change(typed.clone()),
            Doing::Add => Deed::Add(typed.clone()),
            Doing::Remove => Deed::Remove,
        };
        Ok(Sent {
            doing,
            wish: Wish { address: doing.address(path)?, deed, base },
            typed,
            expected,
        })
    }
}

impl Doing {
    const ALL: [Doing; 3] = [Doing::Change, Doing::Add, Doing::Remove];

    /// Its name in a form that confirms it.
    fn name(self) -> &'static str {
        match self {
            Doing::Change => "change",
            Doing::Add => "add",
            Doing::Remove => "remove",
        }
    }

    fn named(name: &str) -> Option<Doing> {
        Doing::ALL.into_iter().find(|doing| doing.name() == name)
    }

    /// What it can be done to.
    fn address(self, path: &str) -> Result<Address, PageError> {
        let address: Address = path.parse().map_err(|_| PageError::NotFound)?;
        let comes_and_goes = address.thing().may_come_and_go();
        let fits = match self {
            Doing::Change => !address.is_list(),
            Doing::Add => address.is_list() && comes_and_goes,
            Doing::Remove => !address.is_list() && comes_and_goes,
        };
        if fits { Ok(address) } else { Err(PageError::NotFound) }
    }
}

/// Where to go on: the form of the thing around, or the plan.
fn after(address: &Address) -> String {
    match address.outer().filter(|outer| outer.thing().count != Count::Once) {
        Some(outer) => links::plan_thing(&outer.to_string()),
        None => format!("{}#{}", links::PLAN_CHANGE, section(address)),
    }
}
