//! `/recovery/sites/{id}/repository`: where the backups of a host go besides. It is called by itself; what opens a
//! bucket is never asked here.

use askama::Template as _;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::form::places::Places;
use super::form::{FormPage, Typed, said, standing};
use crate::actions::drafts::{self, may_grow};
use crate::actions::sites::{self, Seen};
use crate::actions::{ActionError, Wrong};
use crate::domain::agent::facts::Facts;
use crate::domain::agent::rules;
use crate::domain::id::{DraftId, SiteId};
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::nav::Tab;
use crate::web::parts::state::State as Badge;
use crate::web::state::AppState;

/// `GET /recovery/sites/{id}/repository`; a host that can have none is shown in its place, and why.
pub(in crate::web) async fn ask(
    State(state): State<AppState>,
    frame: Frame,
    Path(site): Path<SiteId>,
) -> Result<Response, PageError> {
    let seen = sites::read(&state.db, site, frame.now).await?;
    match seen.site.found.as_ref().map(|(facts, _)| facts).filter(|facts| may_grow(facts)) {
        Some(facts) => draw(frame, &seen, facts, suggested(facts), &[]),
        None => Ok(Redirect::to(&links::site(site)).into_response()),
    }
}

/// `POST /recovery/sites/{id}/repository`
pub(in crate::web) async fn add(
    State(state): State<AppState>,
    frame: Frame,
    Path(site): Path<SiteId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let id = typed.id.unwrap_or_else(|| DraftId::new(frame.now));
    let (whose, wanted) = ((site, id), typed.repository());
    let who = &frame.who;
    match drafts::add_repository(&state.db, who, whose, wanted.as_ref(), frame.now).await {
        Ok(()) => Ok(Redirect::to(&links::draft(site, id)).into_response()),
        Err(ActionError::Invalid(wrong)) => {
            let seen = sites::read(&state.db, site, frame.now).await?;
            let facts = seen.site.found.as_ref().map(|(facts, _)| facts.clone());
            draw(frame, &seen, &facts.unwrap_or_default(), typed, &wrong)
        }
        Err(error) => Err(error.into()),
    }
}

/// The other kind than what stands there: what takes a disk with it leaves a bucket alone.
fn suggested(facts: &Facts) -> Typed {
    let is_folder = |place: &str| place.starts_with('/');
    let has_bucket = facts.repositories.iter().any(|it| !is_folder(&it.place));
    let path = format!("/{}", facts.host);
    let mut typed = Typed::default();
    typed.r#where = if has_bucket { "folder" } else { "s3" }.to_owned();
    typed.path = if rules::path(&path).is_ok() { path } else { String::new() };
    typed
}

fn draw(
    frame: Frame,
    seen: &Seen,
    facts: &Facts,
    typed: Typed,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let site = &seen.site;
    let heading = format!("Add a repository on {}", site.name);
    let page = frame.page.titled(&heading).at(Tab::Recovery);
    let html = FormPage {
        csrf: page.csrf.clone(),
        page: if wrong.is_empty() { page } else { page.refused() },
        heading,
        action: links::repository(site.id),
        back: Act::go(format!("Back to {}", site.name), links::site(site.id)).look(Look::Quiet),
        id: typed.id.unwrap_or_else(|| DraftId::new(frame.now)),
        cluster: String::new(),
        wrong: said("repository", wrong).map(Badge::bad).into_iter().collect(),
        names: Vec::new(),
        standing: standing(facts).map(|all| {
            format!(
                "So far they go to {all}. Each database of this host gets backups, proofs and the whole log of its own \
                 in the new place too, under a key of its own."
            )
        }),
        places: Some(Places::of(&typed, wrong)),
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Html(html.render()?)).into_response())
}
