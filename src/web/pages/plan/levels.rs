//! Levels: what each means, does and says, and whether it reaches anybody.

use super::reading::Reading;
use super::sections::{Piece, Section};
use crate::domain::plan::document::Level as PlanLevel;
use crate::domain::plan::ways::{LevelReach, of_level};
use crate::web::links;
use crate::web::parts::level::Level;
use crate::web::parts::level_reach::troubles;
use crate::web::parts::state::State;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

pub(super) fn levels(reading: &Reading<'_>) -> Section {
    let table = Table::new("levels").column("Level").column("Means").column("Usual downtime");
    let table = table.column("Response").column("Pages").column("The public reads");
    let mut reached = false;
    let table = reading.plan.level.iter().fold(table, |table, one| {
        let reach = of_level(reading.plan, one.number, &reading.ways);
        reached |= !reach.is_call_list_only();
        table.row([
            name(reading, one, &reach),
            Words::lines([one.impact.clone(), one.examples.join(", ")]),
            downtime(one),
            one.response.join(", ").into(),
            pages(reading, &one.pages).into(),
            public(reading, one),
        ])
    });
    let section = Section::new("levels", "Levels");
    let section = if reached { section } else { section.piece(Piece::Words(unreached())) };
    section.table(table, "No level is described.")
}

fn unreached() -> Words {
    Words::from(
        "At no level can Muster reach anybody by itself. An owner sets a mail server under ",
    )
    .link(links::SETTINGS, "Settings")
    .plain(".")
}

/// Its name, and below it what keeps it from reaching its people: a phone shows that first.
fn name(reading: &Reading<'_>, level: &PlanLevel, reach: &LevelReach<'_>) -> Words {
    let red = troubles(reach).into_iter().map(Words::from);
    Words::lines(std::iter::once(head(reading, "level", level.number)).chain(red))
}

/// A level; where a list of things by level is changed, a link leads to its thing.
pub(super) fn head(reading: &Reading<'_>, list: &str, number: u8) -> Words {
    let name = reading.plan.level(number).map_or("", |level| &level.name);
    let level = Words::from(Level::new(number, name));
    if !reading.is_changing() {
        return level;
    }
    level.line().all(reading.named(&format!("{list}/{number}"), format!("Change level {number}")))
}

fn downtime(level: &PlanLevel) -> Words {
    let most = level.usual_downtime.map(|most| format!("at most {most}"));
    match (level.downtime.as_str(), most) {
        ("", None) => State::unknown("not known").into(),
        ("", Some(most)) => most.into(),
        (words, None) => words.into(),
        (words, Some(most)) => Words::from(words).line().small(most),
    }
}

/// Roles by name; all of them are not listed again.
pub(super) fn pages(reading: &Reading<'_>, roles: &[String]) -> String {
    let names: Vec<String> = roles.iter().map(|key| reading.role(key)).collect();
    match names.len() {
        all if all > 1 && all == reading.plan.role.len() => format!("All {all} roles"),
        _ => names.join(", "),
    }
}

fn public(reading: &Reading<'_>, level: &PlanLevel) -> Words {
    let first = level.public_template.as_ref();
    let first = first.map(|key| format!("First: “{}”", reading.template(key)));
    let words = Words::lines([first.unwrap_or_default(), level.public_note.clone()]);
    if words.is_empty() { Words::new().small("nothing") } else { words }
}
