//! `/incidents/{id}/tasks`: who does what by when.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::entries::{charge, status};
use super::entry_view::stands;
use super::incident::{Scene, Visible, back};
use super::note_box::{NoteBox, On, Typed as Noted, task_fields};
use crate::actions::tasks::{finish, hand_on, reopen};
use crate::actions::{ActionError, ActionResult, Wrong};
use crate::db::Db;
use crate::domain::id::{IncidentId, TaskId};
use crate::domain::rights::Right;
use crate::store::tasks::Task;
use crate::web::error::PageError;
use crate::web::frame::{Frame, Who};
use crate::web::links;
use crate::web::parts::empty::Empty;
use crate::web::parts::field::Field;
use crate::web::parts::nav::IncidentTab;
use crate::web::parts::page::Page;
use crate::web::parts::situation::Situation;
use crate::web::parts::state::State as Stand;
use crate::web::state::AppState;

/// What the buttons of one task send.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Pressed {
    press: String,
    on: String,
    person: String,
    minutes: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "incidents/tasks.html")]
struct TasksPage {
    page: Page,
    situation: Situation,
    heading: String,
    rows: Vec<Row>,
    empty: Option<Empty>,
    note: Option<NoteBox>,
}

/// One task, and what may be done about it.
struct Row {
    id: TaskId,
    words: String,
    who: String,
    stands: Stand,
    entry: (String, i64),
    action: Option<String>,
    done: bool,
    hand_on: Option<[Field; 2]>,
    seen: String,
    refused: bool,
}

/// `GET /incidents/{id}/tasks`
pub(in crate::web) async fn show(
    State(db): State<Db>,
    Visible(id): Visible,
    frame: Frame,
) -> Result<Response, PageError> {
    draw(&db, id, frame, &Noted::nothing(On::Tasks), &[]).await
}

/// `POST /incidents/{id}/tasks/{task}`
pub(in crate::web) async fn press(
    State(state): State<AppState>,
    Visible(id): Visible,
    Path((_, task)): Path<(String, String)>,
    frame: Frame,
    Form(pressed): Form<Pressed>,
) -> Result<Response, PageError> {
    let task = task.parse().map_err(|_| PageError::NotFound)?;
    let who = Who(frame.who.clone());
    match change(&state, id, task, who, &pressed).await {
        Ok(()) if pressed.on == "tasks" => {
            Ok(Redirect::to(&format!("{}/tasks", links::incident(id))).into_response())
        }
        Ok(()) => Ok(back(id)),
        Err(ActionError::Invalid(wrong)) => {
            let scene = Scene::read(&state.db, id, frame).await?;
            let note = Noted::nothing(On::Tasks);
            page(&scene, &note, &[], Some((task, &pressed, &wrong)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn change(
    state: &AppState,
    id: IncidentId,
    task: TaskId,
    Who(who): Who,
    pressed: &Pressed,
) -> ActionResult<()> {
    let (db, by, now) = (&state.db, who.person, state.clock.now());
    match pressed.press.as_str() {
        "done" => finish(db, id, task, by, now).await,
        "not-done" => reopen(db, id, task, by, now).await,
        "hand-on" => {
            let charge = charge(&pressed.person, &pressed.minutes)?;
            hand_on(db, id, (task, &pressed.seen), charge, by, now).await
        }
        _ => Err(ActionError::wrong("press", "press one of the buttons")),
    }
}

/// The page, with what was typed into its note box and what of it is wrong.
pub(super) async fn draw(
    db: &Db,
    id: IncidentId,
    frame: Frame,
    typed: &Noted,
    wrong: &[Wrong],
) -> Result<Response, PageError> {
    let scene = Scene::read(db, id, frame).await?;
    page(&scene, typed, wrong, None)
}

/// A form of one task that is refused.
type Refused<'a> = Option<(TaskId, &'a Pressed, &'a [Wrong])>;

fn page(
    scene: &Scene,
    typed: &Noted,
    wrong: &[Wrong],
    refused: Refused<'_>,
) -> Result<Response, PageError> {
    let page = scene.page(IncidentTab::Tasks, "Tasks", "/tasks");
    let wrong_there = refused.map_or(&[][..], |(_, _, wrong)| wrong);
    let all: Vec<Wrong> = wrong.iter().chain(wrong_there).cloned().collect();
    let rows: Vec<Row> = sorted(scene).into_iter().map(|task| row(scene, task, refused)).collect();
    let words = "Give one below: who does what, within how many minutes.";
    let empty = Empty::new("none", "Nobody was given a task", words);
    let html = TasksPage {
        page: if all.is_empty() { page } else { page.refused() },
        situation: scene.situation("Tasks"),
        heading: heading(scene),
        empty: rows.is_empty().then_some(empty),
        rows,
        note: NoteBox::new(scene, On::Tasks, typed, wrong),
    };
    Ok((status(&all), Html(html.render()?)).into_response())
}

fn heading(scene: &Scene) -> String {
    let open = scene.seen.open_tasks();
    let late = open.iter().filter(|task| task.is_overdue(scene.now())).count();
    match (open.len(), late) {
        (0, _) => "No task is open".to_owned(),
        (open, 0) => format!("{open} open"),
        (open, late) => format!("{open} open, {late} overdue"),
    }
}

/// Open ones first, first due first; then what was done, newest first.
fn sorted(scene: &Scene) -> Vec<&Task> {
    let mut tasks: Vec<_> = scene.seen.entries.tasks.values().collect();
    tasks.sort_by_key(|task| (task.done_at.map(std::cmp::Reverse), task.due_at));
    tasks.sort_by_key(|task| task.done_at.is_some());
    tasks
}

fn row(scene: &Scene, task: &Task, refused: Refused<'_>) -> Row {
    let done = task.done_at.is_some();
    let refused = refused.filter(|(id, _, _)| *id == task.id);
    let may = scene.may(Right::Respond);
    Row {
        id: task.id,
        words: task.words.clone(),
        who: task.person.map_or("Anybody", |person| scene.seen.name(person)).to_owned(),
        stands: stands(task, None, &scene.seen.entries, &scene.frame.zone, scene.now()),
        entry: (links::entry(task.incident, task.entry_seq), task.entry_seq),
        action: may.then(|| format!("{}/tasks/{}", scene.base, task.id)),
        done,
        hand_on: (may && !done).then(|| fields(scene, task, refused)),
        refused: refused.is_some(),
        seen: task.stand(),
    }
}

fn fields(scene: &Scene, task: &Task, refused: Refused<'_>) -> [Field; 2] {
    let (person, minutes, wrong) = match refused {
        Some((_, pressed, wrong)) => (pressed.person.clone(), pressed.minutes.clone(), wrong),
        None => (task.person.map(|p| p.to_string()).unwrap_or_default(), String::new(), &[][..]),
    };
    let typed = Noted { person, minutes, ..Noted::default() };
    let [person, minutes] = task_fields(scene, &typed, wrong);
    [
        person.id(format!("person-{}", task.id)),
        minutes.id(format!("minutes-{}", task.id)).hint("From now. Empty: the time stays."),
    ]
}
