//! The plan's checklists before closing, ticked or waived item by item.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Refused, again};
use crate::actions::ticks;
use crate::domain::incident::{Place, Progress, before_closing};
use crate::domain::plan::document::Checklist;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::incident::{Scene, Visible};
use crate::web::pages::ticking::{Pressed, Ticking, far};
use crate::web::state::AppState;

/// One checklist.
pub(super) struct Checks {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) items: Vec<Ticking>,
}

/// `POST /incidents/{id}/checklists/{key}`
pub(in crate::web) async fn tick(
    State(state): State<AppState>,
    Visible(id): Visible,
    Path((_, key)): Path<(String, String)>,
    frame: Frame,
    Form(pressed): Form<Pressed>,
) -> Result<Response, PageError> {
    let place = Place::Item { list: key.clone(), number: pressed.number() };
    let (db, by, now) = (&state.db, frame.who.person, frame.now);
    let done = match pressed.read() {
        Ok(press) => ticks::press(db, id, &place, &press, by, now).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => {
            let href = format!("{}/command#{}", links::incident(id), at(&key, pressed.number()));
            Ok(Redirect::to(&href).into_response())
        }
        Err(error) => {
            let refused =
                Refused { form: "check", item: Some((key, pressed)), ..Refused::default() };
            again(db, id, frame, error, refused).await
        }
    }
}

/// Each checklist with how its items stand.
pub(super) fn of(scene: &Scene, refused: &Refused) -> Vec<Checks> {
    before_closing(&scene.seen.plan).map(|list| checks(scene, list, refused)).collect()
}

fn checks(scene: &Scene, list: &Checklist, refused: &Refused) -> Checks {
    let progress = Progress::of(Place::items(list), &scene.seen.ticks);
    let action = links::checklist(scene.seen.incident.id, &list.key);
    let mine = refused.item.as_ref().filter(|(key, _)| *key == list.key);
    let mine = mine.map(|(_, pressed)| (pressed, refused.wrong.as_slice()));
    let item = |place: Place| {
        let at = at(&list.key, place.number());
        Ticking::new(scene, &place, at, &action, mine).listed()
    };
    Checks {
        id: format!("check-{}", list.key),
        heading: format!("{}: {}", list.name, far(progress, "item", "waived")),
        items: Place::items(list).map(item).collect(),
    }
}

/// The name of an item on the page.
fn at(list: &str, number: usize) -> String {
    format!("check-{list}-{number}")
}
