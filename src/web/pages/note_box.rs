//! The box in which people write on the timeline: on the incident's page, its timeline and tasks.

use askama::Template;
use askama::filters::HtmlSafe;
use serde::Deserialize;
use time::OffsetDateTime;

use super::incident::Scene;
use crate::actions::Wrong;
use crate::domain::id::EntryId;
use crate::domain::rights::Right;
use crate::web::parts::csrf::Csrf;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::state::Icon;

/// Minutes that a task runs unless others are typed.
const TASK_MINUTES: &str = "15";

/// The page that a box stands on, and that a refused one comes back on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// The incident's own.
    Now,
    /// Its timeline.
    Timeline,
    /// Its tasks.
    Tasks,
}

/// What the box sends; a browser may send anything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    pub(super) id: String,
    pub(super) on: String,
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) occurred: String,
    pub(super) person: String,
    pub(super) minutes: String,
}

/// The note box, empty or as it was refused.
#[derive(Template)]
#[template(path = "incidents/_note.html")]
pub(super) struct NoteBox {
    action: String,
    csrf: Csrf,
    id: EntryId,
    on: On,
    kinds: Vec<(&'static str, &'static str, bool)>,
    what: &'static str,
    text: String,
    error: Option<String>,
    rows: u8,
    occurred: Option<Field>,
    task: Option<[Field; 2]>,
    button: &'static str,
}

impl HtmlSafe for NoteBox {}

impl On {
    /// The page of that name; the incident's own where nobody knows it.
    pub(super) fn named(name: &str) -> On {
        [On::Timeline, On::Tasks].into_iter().find(|on| on.name() == name).unwrap_or(On::Now)
    }

    /// Its name in forms.
    pub(super) fn name(self) -> &'static str {
        match self {
            On::Now => "now",
            On::Timeline => "timeline",
            On::Tasks => "tasks",
        }
    }

    /// Whether writing is what the page is for.
    fn is_large(self) -> bool {
        self != On::Now
    }

    /// Its address below the incident's.
    pub(super) fn path(self) -> &'static str {
        match self {
            On::Now => "",
            On::Timeline => "/timeline",
            On::Tasks => "/tasks",
        }
    }
}

impl Typed {
    /// Nothing yet.
    pub(super) fn nothing(on: On) -> Typed {
        let kind = if on == On::Tasks { "task" } else { "note" };
        let (kind, minutes) = (kind.to_owned(), TASK_MINUTES.to_owned());
        Typed { kind, minutes, ..Typed::default() }
    }
}

impl NoteBox {
    /// The box as far as the reader may write, with what was typed, and what of it is wrong.
    pub(super) fn new(scene: &Scene, on: On, typed: &Typed, wrong: &[Wrong]) -> Option<NoteBox> {
        let open = scene.seen.incident.is_open();
        let merged = scene.seen.merged.is_some() && wrong.is_empty();
        if !scene.may(Right::Respond) || merged || (on == On::Tasks && !open) {
            return None;
        }
        let words = |field: &str| Wrong::beside(field, wrong);
        let kind = |value, words| (value, words, typed.kind == value);
        let mut kinds = vec![kind("note", "Note"), kind("decision", "Decision")];
        kinds.extend(open.then(|| kind("task", "Task")));
        let rows = if on == On::Timeline { 3 } else { 1 };
        let what = if on == On::Tasks { "What is to be done?" } else { "What happened?" };
        let error = words("text").or_else(|| words("kind")).or_else(|| words("id"));
        Some(NoteBox {
            action: format!("{}/entries", scene.base),
            csrf: scene.frame.page.csrf.clone(),
            id: EntryId::new(scene.now()),
            on,
            kinds: if on == On::Tasks { Vec::new() } else { kinds },
            what,
            text: typed.text.clone(),
            error,
            rows,
            occurred: (on == On::Timeline).then(|| {
                Field::text("occurred", "When it happened", &typed.occurred)
                    .hint(occurred_hint(scene.now(), scene))
                    .error(words("occurred"))
            }),
            task: open.then(|| task_fields(scene, typed, wrong)),
            button: if on == On::Tasks { "Give the task" } else { "Add to the timeline" },
        })
    }
}

/// What may be typed for a time that has passed.
pub(super) fn occurred_hint(now: OffsetDateTime, scene: &Scene) -> String {
    let zone = &scene.frame.zone;
    format!(
        "Empty means now. 03:12 or 2026-11-14 03:12, {} ({}).",
        zone.name(),
        zone.short_name(now)
    )
}

/// Who does a task, and within how many minutes.
pub(super) fn task_fields(scene: &Scene, typed: &Typed, wrong: &[Wrong]) -> [Field; 2] {
    let words = |field: &str| Wrong::beside(field, wrong);
    let chosen = match typed.person.as_str() {
        "" => scene.frame.who.person.to_string(),
        person => person.to_owned(),
    };
    [
        Field::select("person", "Who does it", people(scene, &chosen)).error(words("person")),
        Field::text("minutes", "Within minutes", &typed.minutes).numeric().error(words("minutes")),
    ]
}

/// Everybody who may be given work: who has it first, then the rest of the roster.
pub(super) fn people(scene: &Scene, chosen: &str) -> Vec<Choice> {
    let has =
        |person| scene.seen.responder(person).is_some_and(|r| r.answer.as_deref() == Some("have"));
    let me = scene.frame.who.person;
    let mut people: Vec<_> =
        scene.seen.people.iter().filter(|one| scene.seen.on_call.contains(&one.id)).collect();
    people.sort_by_key(|person| (person.id != me, !has(person.id))); // stable: by name within
    let choice = |person: &&crate::store::people::Person| {
        let id = person.id.to_string();
        let who = match (person.id == me, has(person.id)) {
            (true, _) => format!("{} (me)", person.name),
            (false, true) => format!("{} (has it)", person.name),
            (false, false) => person.name.clone(),
        };
        let chosen = id == chosen;
        Choice::new(id, who, chosen)
    };
    people.iter().map(choice).collect()
}

/// The same, with nobody chosen until somebody is.
pub(super) fn somebody(scene: &Scene, chosen: &str) -> Vec<Choice> {
    let nobody = Choice::new("", "Choose somebody", chosen.is_empty());
    std::iter::once(nobody).chain(people(scene, chosen)).collect()
}
