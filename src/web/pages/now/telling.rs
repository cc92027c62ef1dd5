//! The due item for an audience that is to be told.

use uuid::Uuid;

use super::due::late;
use crate::domain::clocks::Clock;
use crate::domain::id::EntryId;
use crate::domain::rights::Right;
use crate::web::pages::incident::Scene;
use crate::web::parts::act::Look;
use crate::web::parts::clock::Tick;
use crate::web::parts::due::Due;
use crate::web::parts::words::Words;

/// Whom to tell by when, and the button that says it was done.
pub(super) fn due(scene: &Scene, clock: &Clock) -> Due {
    let name = name(scene, clock);
    let (at, now) = (clock.due_at, scene.now());
    let due = match at <= now {
        true => Due::overdue(late(at, now).plain(format!(" tell {name}"))),
        false => {
            Due::next(Words::from(format!("Next: tell {name} in ")).bold_tick(Tick::until(at, now)))
        }
    };
    let id: Uuid = EntryId::new(scene.now()).0;
    let act = scene
        .post("told", format!("I have told {name}"), "tellings")
        .with("id", id.to_string())
        .with("audience", clock.key.clone());
    scene.offer(due, Right::Respond, act.look(Look::PrimaryLarge))
}

/// The same for a second line: what comes after the thing that is due.
pub(super) fn then(scene: &Scene, clock: &Clock) -> Words {
    let tick = Tick::until(clock.due_at, scene.now());
    Words::new().plain(format!("Then: tell {}, ", name(scene, clock))).tick(tick)
}

fn name<'a>(scene: &'a Scene, clock: &'a Clock) -> &'a str {
    scene.seen.plan.audience(&clock.key).map_or(clock.key.as_str(), |audience| &audience.name)
}
