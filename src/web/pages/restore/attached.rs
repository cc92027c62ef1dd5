//! What hangs on a database that lives, and what each needs if a restored one takes its place.

use super::super::sites::bytes;
use crate::actions::databases::Back;
use crate::domain::recovery::attached::{Attached, Slot, Standby};
use crate::web::parts::state::State as Badge;
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::words::Words;

/// All of it; nothing where nothing does, or nobody knows.
pub(super) fn list(one: &Back) -> Steps {
    let Some(attached) = &one.standing.seen.attached else { return Steps(Vec::new()) };
    let Attached { follows, standbys, slots, subscriptions, managers } = attached;
    let follows = follows.then(|| {
        step(
            "It is a standby itself",
            "bring back the one that it follows, not this one",
            Badge::warn("follows another"),
        )
    });
    let managed = managers.iter().map(|name| {
        let needs = "it would start another cluster in place of one that is stopped: pause it before anything is promoted";
        step(&format!("{name} manages it"), needs, Badge::warn("high availability"))
    });
    let subscribed = subscriptions.iter().map(|(name, database)| {
        let needs = "a restored cluster would take changes in its place, which this one then never gets: disable it first";
        step(&format!("Subscription {name} of {database}"), needs, Badge::warn("takes from another"))
    });
    let steps = follows.into_iter().chain(managed);
    let steps = steps.chain(standbys.iter().map(standby)).chain(slots.iter().map(slot));
    Steps(steps.chain(subscribed).collect())
}

fn step(what: &str, needs: &str, state: Badge) -> Step {
    Step::new(Words::lines([Words::new().bold(what), needs.into()])).stands(state)
}

fn standby(one: &Standby) -> Step {
    let Standby { name, address, state, behind, logical } = one;
    let from = address.as_ref().map(|from| format!(" at {from}")).unwrap_or_default();
    let behind = behind.map_or("unknown".to_owned(), bytes);
    let stands = format!("{state}, {behind} behind");
    if *logical {
        let needs = "it keeps what it has taken: compare it by hand with what is brought back, then have it copy anew";
        return step(&format!("Subscriber {name}{from}"), needs, Badge::unknown(stands));
    }
    let needs = "no cure for deletion or corruption, which it has too; behind a restored cluster it must be built anew";
    let badge = if state == "streaming" { Badge::good(stands) } else { Badge::warn(stands) };
    step(&format!("Standby {name}{from}"), needs, badge)
}

fn slot(one: &Slot) -> Step {
    let Slot { name, database, active, held } = one;
    let of = database.as_ref().map(|of| format!(" of {of}")).unwrap_or_default();
    let held = held.map_or("unknown".to_owned(), bytes);
    let needs = "slots are in no backup: whoever takes from it needs a new one";
    let words = format!(
        "{}, {held} of the log kept",
        if *active { "in use" } else { "nobody takes from it" }
    );
    let badge = if *active { Badge::good(words) } else { Badge::warn(words) };
    step(&format!("Replication slot {name}{of}"), needs, badge)
}

/// What a fail-over would be, in words; none where no standby could take over.
pub(super) fn fail_over(one: &Back) -> Option<String> {
    let attached = one.standing.seen.attached.as_ref()?;
    let ready = attached.could_take_over().count();
    (ready > 0).then(|| {
        format!(
            "{} could take over. That is no cure for deletion or corruption: what was done here was done there, too. \
             Muster does not fail over; whoever manages it does.",
            if ready == 1 { "A standby".to_owned() } else { format!("{ready} standbys") }
        )
    })
}
