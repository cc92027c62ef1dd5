//! Log that waits to be archived, and when it fills its disk.

use crate::actions::databases::Standing;
use crate::domain::civil;
use crate::domain::counted::counted;
use crate::domain::recovery::{Forecast, Nearness};
use crate::web::pages::sites::bytes;
use crate::web::parts::clock::Clock;
use crate::web::parts::state::{State, Tone};

/// What waits, on the database's page; one segment alone does while all is well.
pub(super) fn clock(one: &Standing) -> Option<Clock> {
    let seen = one.seen.backlog.filter(|seen| seen.waiting > 1)?;
    let room = format!("to be archived; {} of its disk free", bytes(seen.free));
    let waits = counted(seen.waiting, "segment");
    Some(match seen.forecast() {
        Forecast::FullIn(left) => {
            let tone = if Nearness::of(left) > Nearness::Far { Tone::Bad } else { Tone::Warn };
            let detail = format!("about, then it stops; {waits} wait {room}");
            Clock::fixed("Log fills its disk in", civil::about(left)).detail(detail).tone(tone)
        }
        Forecast::DoesNotFill => Clock::fixed("Log waits", waits).detail(room),
        Forecast::Unknown => {
            Clock::fixed("Log waits", waits).detail(format!("{room}; growth not known yet"))
        }
    })
}

/// That it stops soon, where it does.
pub(super) fn stops(one: &Standing) -> Option<State> {
    let seen = one.seen.backlog?;
    let Forecast::FullIn(left) = seen.forecast() else { return None };
    let near = seen.nearness() > Nearness::Far;
    near.then(|| {
        State::bad(format!("stops in about {}: its log fills the disk", civil::about(left)))
    })
}
