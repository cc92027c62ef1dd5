//! Logical dumps of a database: which there are, and whether they come back.

use super::elsewhere;
use crate::actions::databases::Whole;
use crate::domain::counted::counted;
use crate::domain::recovery::{Dump, Dumps};
use crate::web::frame::Frame;
use crate::web::pages::sites::bytes;
use crate::web::parts::state::State;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

/// The page's part about them.
pub(super) struct Section {
    pub(super) state: State,
    pub(super) words: String,
    pub(super) table: Table,
}

/// None where the agent tells of none, since it is too old to make any.
pub(super) fn section(whole: &Whole, frame: &Frame) -> Option<Section> {
    let seen = &whole.standing.seen;
    let all = seen.dumps.as_slice();
    let table = table(all, whole, frame);
    (!all.is_empty()).then(|| Section { state: state(all), words: words(all, &seen.name), table })
}

fn state(all: &[Dumps]) -> State {
    let proved = || all.iter().filter_map(Dumps::last_proved).map(|dump| dump.verified);
    if proved().any(|held| held == Some(false)) {
        State::bad("the last proof failed")
    } else if all.iter().any(|dumps| dumps.unable.is_some()) {
        State::warn("none can be made")
    } else if all.iter().all(|dumps| dumps.count == 0) {
        State::waiting("none yet")
    } else if proved().next().is_none() {
        State::waiting("not proved yet")
    } else {
        State::good("they come back")
    }
}

fn words(all: &[Dumps], name: &str) -> String {
    const WHAT: &str = "Every database of this server, its roles and its settings, encrypted beside the backups; each is \
                        restored once into an empty copy, and every table’s rows are counted.";
    if let Some(why) = all.iter().find_map(|dumps| dumps.unable.as_ref()) {
        return format!("On its host: {why}. Then, there: muster agent dump {name}");
    }
    let count: u64 = all.iter().map(|dumps| dumps.count).sum();
    let shown: usize = all.iter().map(|dumps| dumps.newest.len()).sum();
    if count == 0 {
        return format!(
            "{WHAT} One is made each day; at once, by Dump now, or on its host: muster agent dump {name}"
        );
    }
    if count > shown as u64 {
        return format!("{WHAT} {}, of which the newest:", counted(count, "dump"));
    }
    WHAT.to_owned()
}

/// The newest first; where they lie stands there where that can be in several.
fn table(all: &[Dumps], whole: &Whole, frame: &Frame) -> Table {
    let table = Table::new("dumps").short("Taken").column("Verified");
    let table = if all.len() > 1 { table.short("Repository") } else { table };
    let table = table.number("Databases").number("Size");
    let of = |dumps: &'_ Dumps| {
        dumps.newest.iter().map(|it| (dumps.repository.clone(), it.clone())).collect::<Vec<_>>()
    };
    let mut rows: Vec<(String, Dump)> = all.iter().flat_map(of).collect();
    rows.sort_by_key(|(_, dump)| std::cmp::Reverse(dump.at));
    rows.iter().fold(table, |table, (repository, dump)| {
        let place = (all.len() > 1).then(|| Words::from(repository.as_str()));
        let there = elsewhere::verified((&dump.label, repository), whole, frame);
        let verified = Words::lines([verified(dump, frame)].into_iter().chain(there));
        let first = [Words::from(frame.zone.when(dump.at, frame.now)), verified];
        let last = [
            Words::from(dump.databases.map(|many| many.to_string()).unwrap_or_default()),
            Words::from(dump.bytes.map(bytes).unwrap_or_default()),
        ];
        table.row(first.into_iter().chain(place).chain(last))
    })
}

fn verified(dump: &Dump, frame: &Frame) -> Words {
    let at = dump.proved_at.map(|at| frame.zone.when(at, frame.now)).unwrap_or_default();
    match dump.verified {
        Some(true) => State::good(format!("verified {at}")).into(),
        Some(false) => State::bad(format!("the proof failed {at}")).into(),
        None => State::waiting("not yet").into(),
    }
}
