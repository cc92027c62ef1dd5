//! What an agent found: suspects in the log, the plan's checks in a copy, and where that differs from what lives.

use super::super::incident::Scene;
use super::copies::{Differences, asks};
use super::{may, tag};
use crate::actions::databases::Back;
use crate::domain::agent::order::{Answer, Restore, State, Task};
use crate::domain::agent::presence::Presence;
use crate::domain::counted::counted;
use crate::domain::recovery::target::said as exact;
use crate::domain::recovery::{Check, Suspect, Suspects};
use crate::web::links;
use crate::web::parts::act::{Act, Look};
use crate::web::parts::state::State as Badge;
use crate::web::parts::steps::{Step, Steps};
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

/// What the last search of the log found.
pub(super) struct Found {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) words: String,
    pub(super) suspects: Steps,
}

/// Of the newest search that ended well.
pub(super) fn found(one: &Back, scene: &Scene) -> Option<Found> {
    let searched = one.orders.iter().find_map(|order| match (&order.task, &order.answer) {
        (Task::Restore(Restore::Find { table, .. }), Some(Answer::Suspects(found)))
            if order.state == State::Succeeded =>
        {
            Some((table, found, order.repository.as_deref()))
        }
        _ => None,
    });
    let (table, Suspects { found, since, database, more }, repository) = searched?;
    let what = match (table, database) {
        (Some(table), Some(database)) => {
            format!("changed or removed rows of {table} in {database}")
        }
        _ => "dropped, emptied or rewrote a table".to_owned(),
    };
    let since = scene.when(*since);
    let heading = match found.len() {
        0 => format!("No transaction {what}"),
        many => format!("{} {what}", counted(many + more, "transaction")),
    };
    let words = match found.len() {
        0 => format!(
            "The log was looked through since {since}; look further back, or for another table."
        ),
        _ => format!(
            "The log since {since}, the newest first. A restore to before one keeps every commit that came before it."
        ),
    };
    let words = match more {
        0 => words,
        more => format!(
            "{words} {more} older ones are not named here: muster restore find on the host lists all."
        ),
    };
    let id = format!("found-{}", tag(one));
    let newest = found.iter().rev().enumerate();
    let suspects = newest.map(|(at, suspect)| step(suspect, (at == 0, repository), one, scene));
    Some(Found { id, heading, words, suspects: Steps(suspects.collect()) })
}

/// One of them; it is restored from the repository whose log was searched.
fn step(
    suspect: &Suspect,
    (is_newest, repository): (bool, Option<&str>),
    one: &Back,
    scene: &Scene,
) -> Step {
    let Suspect { xid, at, .. } = suspect;
    let about = Words::new().bold(suspect.deeds());
    let which = Words::new().plain("Transaction ").mono(xid.to_string());
    let step = Step::new(Words::lines([about, which.plain(format!(", committed {}", exact(*at)))]));
    if !may(scene) || !one.touched {
        return step;
    }
    let form = format!("before-{xid}-{}", tag(one));
    let act = Act::post(
        form,
        "Restore to before it",
        links::restore_of(&scene.base),
        &scene.frame.page.csrf,
    );
    let act = asks(act, one, scene);
    let act = act.with("deed", "beside").with("to", "before").with("at", xid.to_string());
    let act = match repository {
        Some(name) => act.with("repository", name),
        None => act,
    };
    let act = if is_newest { act.look(Look::Primary) } else { act };
    match one.standing.presence {
        Presence::Live => step.act(act),
        _ => step.act(act.disabled("its agent is not heard")),
    }
}

/// What the plan asked of a copy; none where it asked nothing.
pub(super) fn checks(found: &[Check]) -> Option<Steps> {
    let asked = found.iter().filter(|check| check.plan.is_some() || check.skipped || !check.good);
    let step = |check: &Check| {
        let (expected, found) = (&check.expected, &check.found);
        let badge = match (check.skipped, check.good) {
            (true, _) => Badge::unknown(found.clone()),
            (false, true) => Badge::good(found.clone()),
            (false, false) => Badge::bad(format!("{found}, expected {expected}")),
        };
        Step::new(check.name.as_str()).stands(badge)
    };
    let steps = Steps(asked.map(step).collect());
    (!steps.0.is_empty()).then_some(steps)
}

/// Where a copy differs, if that is what was found; `named_by` is the id of the copy's heading.
pub(super) fn differences(answer: &Answer, named_by: &str) -> Option<Differences> {
    let Answer::Differences { differ, compared, more } = answer else { return None };
    let all = counted(*compared, "table");
    let differing = differ.len() + more;
    let words = match differing {
        0 => format!("{all} compared: as many rows in the copy as now."),
        many => format!("Compared with now, {many} of {all} with more or fewer rows in the copy."),
    };
    let words = match more {
        0 => words,
        more => format!(
            "{words} {more} of them are not named here: muster restore compare on the host lists all."
        ),
    };
    let table = Table::new(named_by)
        .column("Table")
        .number("Now")
        .number("In the copy")
        .number("Difference");
    let table = differ.iter().fold(table, |table, one| {
        let more = one.more().map(|more| format!("{more:+}")).unwrap_or_default();
        table.row([
            Words::new().mono(&one.table).small(format!(" in {}", one.database)),
            one.live.words().into(),
            one.copy.words().into(),
            more.into(),
        ])
    });
    Some(Differences { words, table: (!table.is_empty()).then_some(table) })
}
