//! The due item for an audience that is to be told. The clock without a name is that of the
//! public, who reads the status page.

use super::due::late;
use crate::domain::clocks::Clock;
use crate::web::links;
use crate::web::pages::incident::Scene;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::clock::Tick;
use crate::web::parts::due::Due;
use crate::web::parts::words::Words;

/// Whom to tell by when, and the way to the text and the addresses.
pub(super) fn due(scene: &Scene, clock: &Clock) -> Due {
    let name = name(scene, clock);
    let (at, now, id) = (clock.due_at, scene.now(), scene.seen.incident.id);
    let due = match at <= now {
        true => Due::overdue(late(at, now).plain(format!(" tell {name}"))),
        false => {
            Due::next(Words::from(format!("Next: tell {name} in ")).bold_tick(Tick::until(at, now)))
        }
    };
    let act = match clock.key.as_str() {
        "" => Act::go("Write the update", links::update(id)),
        key => Act::go(format!("Tell {name}"), links::telling(id, key)),
    };
    due.act(act.look(Look::PrimaryLarge))
}

/// The same for a second line: what comes after the thing that is due.
pub(super) fn then(scene: &Scene, clock: &Clock) -> Words {
    let tick = Tick::until(clock.due_at, scene.now());
    Words::new().plain(format!("Then: tell {}, ", name(scene, clock))).tick(tick)
}

fn name<'a>(scene: &'a Scene, clock: &'a Clock) -> &'a str {
    scene.seen.plan.audience(&clock.key).map_or("the public", |audience| &audience.name)
}
