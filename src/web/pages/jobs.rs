//! `/jobs`: what Muster does by itself, as it waits, runs, or was given up.

mod row;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::row::Row;
use crate::actions::jobs::{self, Part, Pressed, Work};
use crate::actions::quarantine;
use crate::db::Db;
use crate::domain::id::JobId;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::due::Due;
use crate::web::parts::empty::Empty;
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;

/// What a button sends besides its job.
#[derive(Deserialize)]
pub(in crate::web) struct Typed {
    attempt: i16,
}

#[derive(Template)]
#[template(path = "jobs/index.html")]
struct JobsPage {
    page: Page,
    heading: String,
    quarantine: Option<Due>,
    empty: Option<Empty>,
    groups: Vec<Group>,
}

/// The jobs of one state.
struct Group {
    id: &'static str,
    heading: String,
    rows: Vec<Row>,
    more: Option<String>,
}

/// `GET /jobs`
pub(in crate::web) async fn index(
    State(db): State<Db>,
    frame: Frame,
) -> Result<Response, PageError> {
    let work = jobs::read(&db).await?;
    let groups = [
        group(("dead", "Given up"), &work.dead, |job| Row::dead(job, &frame)),
        group(("running", "Running"), &work.running, |job| Row::running(job, &frame)),
        group(("waiting", "Waiting"), &work.waiting, |job| Row::waiting(job, &frame)),
    ];
    let groups: Vec<_> = groups.into_iter().flatten().collect();
    let words = "What Muster sends by itself stands here while it waits, runs, or was given up. \
                 Finished work is kept a week, and not shown.";
    let empty = groups.is_empty().then(|| {
        Empty::new("none", "No work waits", words).act(Act::go("To the settings", links::SETTINGS))
    });
    let heading = heading(&work);
    let quarantine = frame.around.quarantined_at.map(|_| old_copy(&frame));
    let page = frame.page.titled(heading.clone()).at(Tab::Settings);
    Ok(Html(JobsPage { page, heading, quarantine, empty, groups }.render()?).into_response())
}

fn old_copy(frame: &Frame) -> Due {
    let act = Act::post("go-on", "Let Muster go on", links::QUARANTINE_END, &frame.page.csrf);
    Due::overdue("Nothing leaves: this is an old copy of the database")
        .then(
            "Cancel below what must not leave any more, close incidents that are long over, then \
             let it go on. What is due then is sent at once.",
        )
        .act(act.look(Look::PrimaryLarge))
}

/// `POST /quarantine/end`
pub(in crate::web) async fn go_on(
    State(db): State<Db>,
    frame: Frame,
) -> Result<Redirect, PageError> {
    quarantine::end(&db, &frame.who, frame.now).await?;
    Ok(Redirect::to(links::JOBS))
}

fn heading(work: &Work) -> String {
    let parts = [(&work.dead, "given up"), (&work.running, "running"), (&work.waiting, "waiting")];
    let said: Vec<String> = parts
        .into_iter()
        .filter(|(part, _)| part.count > 0)
        .map(|(part, what)| format!("{} {what}", part.count))
        .collect();
    if said.is_empty() { "Jobs: none".to_owned() } else { format!("Jobs: {}", said.join(", ")) }
}

fn group(
    (id, name): (&'static str, &str),
    part: &Part,
    row: impl Fn(&jobs::Seen) -> Row,
) -> Option<Group> {
    let shown = part.jobs.len();
    let more = part.count - i64::try_from(shown).unwrap_or(i64::MAX);
    (shown > 0).then(|| Group {
        id,
        heading: format!("{name}: {}", part.count),
        rows: part.jobs.iter().map(row).collect(),
        more: (more > 0).then(|| format!("{more} more are not shown.")),
    })
}

/// `POST /jobs/{id}/retry`
pub(in crate::web) async fn run_now(
    State(db): State<Db>,
    frame: Frame,
    Path(id): Path<JobId>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, PageError> {
    let pressed = Pressed { id, attempt: typed.attempt };
    jobs::run_now(&db, pressed, &frame.who, frame.now).await?;
    Ok(Redirect::to(links::JOBS))
}

/// `POST /jobs/{id}/cancellation`
pub(in crate::web) async fn cancel(
    State(db): State<Db>,
    frame: Frame,
    Path(id): Path<JobId>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, PageError> {
    let pressed = Pressed { id, attempt: typed.attempt };
    jobs::cancel(&db, pressed, &frame.who, frame.now).await?;
    Ok(Redirect::to(links::JOBS))
}
