//! One way back: what it loses, takes and needs, and the lines that go it.

use time::{Duration, OffsetDateTime};

use super::super::databases::words::exposure;
use super::super::incident::Scene;
use super::super::sites::words::bytes;
use super::{Refused, due, may, tag};
use crate::actions::databases::Back;
use crate::domain::agent::presence::Presence;
use crate::domain::agent::watched::Shelf;
use crate::domain::civil;
use crate::domain::id::OrderId;
use crate::domain::recovery::target::said;
use crate::domain::shell::quoted;
use crate::web::links;
use crate::web::parts::facts::Facts;
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// What is left of a disk must hold the log that is replayed, too: a tenth of the database.
const MORE_THAN_IT: u64 = 10;

/// One of them, as the page shows it.
pub(super) struct Way {
    pub(super) id: String,
    pub(super) heading: &'static str,
    pub(super) offered: bool,
    pub(super) facts: Facts,
    pub(super) state: State,
    pub(super) form: Option<WayForm>,
    pub(super) lines: String,
}

/// The form by which an agent goes it.
pub(super) struct WayForm {
    /// What is sent along unseen.
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) asked: Vec<Field>,
    pub(super) action: String,
    pub(super) press: &'static str,
    /// Why it can't be pressed.
    pub(super) hindered: Option<&'static str>,
}

/// What one of them is made of.
struct Sort {
    heading: &'static str,
    loses: Words,
    state: State,
    lines: String,
    /// What its form is for, and what its target is named by.
    sends: (&'static str, &'static str),
    press: &'static str,
    asked: Vec<Field>,
}

/// All ways of a database, the one that loses least first.
pub(super) fn all(one: &Back, scene: &Scene, refused: Option<&Refused>) -> Vec<Way> {
    let (tag, name) = (tag(one), word(&one.standing.seen.name));
    let sorts = [
        bad_transaction(&tag, &name, refused),
        moment(&tag, &name, scene, refused),
        latest(&name, one, scene),
        another(&tag, &name, refused),
    ];
    let way = |(number, sort): (usize, Sort)| Way {
        id: format!("way-{tag}-{}", number + 1),
        heading: sort.heading,
        offered: number == 0,
        facts: facts(one, sort.loses, scene),
        state: sort.state,
        form: may(scene).then(|| form(sort.sends, sort.asked, sort.press, (&tag, one, scene))),
        lines: sort.lines,
    };
    sorts.into_iter().enumerate().map(way).collect()
}

fn bad_transaction(tag: &str, name: &str, refused: Option<&Refused>) -> Sort {
    let (table, since) = (
        Slot::of(tag, ("find", "", "table"), refused),
        Slot::of(tag, ("find", "", "since"), refused),
    );
    Sort {
        heading: "Just before the bad transaction",
        loses: "that transaction, and what was committed after it".into(),
        state: State::good("cures deletion and bad changes"),
        lines: format!(
            "muster restore find {name} --table SCHEMA.TABLE\nmuster restore beside {name} --before TRANSACTION"
        ),
        sends: ("find", ""),
        press: "Find it in the log",
        asked: vec![
            table.field("Table that was harmed", "").hint(
                "orders, or shop.orders. Empty: whatever dropped, emptied or rewrote a table.",
            ),
            since.field("Harmed after", "").hint("03:12, or with its day. Empty: six hours ago."),
        ],
    }
}

fn moment(tag: &str, name: &str, scene: &Scene, refused: Option<&Refused>) -> Sort {
    let impact = said(scene.seen.incident.impact_start);
    let slot = Slot::of(tag, ("beside", "time", "at"), refused);
    Sort {
        heading: "A moment, as before the impact",
        loses: since(scene.seen.incident.impact_start, scene),
        state: State::warn("a second too early loses good commits"),
        lines: format!("muster restore beside {name} --time '{impact}'"),
        sends: ("beside", "time"),
        press: "Restore beside",
        asked: vec![slot.field("All that was committed up to", &impact).required()],
    }
}

fn latest(name: &str, one: &Back, scene: &Scene) -> Sort {
    Sort {
        heading: "The latest",
        loses: all_there_is(one, scene),
        state: State::warn("brings the bad transaction back"),
        lines: format!("muster restore beside {name}"),
        sends: ("beside", "latest"),
        press: "Restore beside",
        asked: Vec::new(),
    }
}

fn another(tag: &str, name: &str, refused: Option<&Refused>) -> Sort {
    let typed = refused.filter(|it| TARGETS.iter().any(|(to, _)| *to == it.typed.to));
    let to = typed.map_or("before", |it| it.typed.to.as_str());
    let choices = TARGETS.iter().map(|(value, words)| Choice::new(*value, *words, *value == to));
    let slot = Slot::of(tag, ("beside", to, "at"), typed);
    Sort {
        heading: "Another target",
        loses: "what was committed behind it".into(),
        state: State::unknown("for who knows the place in the log"),
        lines: format!(
            "muster restore beside {name} --before TRANSACTION\nmuster restore beside {name} --lsn POSITION\nmuster restore beside {name} --point NAME"
        ),
        sends: ("beside", ""),
        press: "Restore beside",
        asked: vec![
            Field::select("to", "Until", choices.collect()).id(format!("to-{tag}")),
            slot.field("Number, position or name", "").required(),
        ],
    }
}

/// What else a target is named by.
const TARGETS: [(&str, &str); 3] = [
    ("before", "before a transaction, by its number"),
    ("lsn", "a position in the log"),
    ("point", "a named restore point"),
];

/// One field of one form: what was typed there, and what is wrong with it.
struct Slot<'a> {
    id: String,
    name: &'static str,
    typed: Option<&'a str>,
    wrong: Option<&'a str>,
}

impl<'a> Slot<'a> {
    fn of(
        tag: &str,
        (deed, to, name): (&str, &str, &'static str),
        refused: Option<&'a Refused>,
    ) -> Slot<'a> {
        let refused =
            refused.filter(|it| it.typed.deed == deed && (deed == "find" || it.typed.to == to));
        let typed = refused.map(|it| match name {
            "table" => it.typed.table.as_str(),
            "since" => it.typed.since.as_str(),
            _ => it.typed.at.as_str(),
        });
        let wrong = refused.and_then(|it| it.wrong.iter().find(|wrong| wrong.field == name));
        let form = if matches!(to, "time" | "") { to } else { "other" };
        let id = format!("{deed}-{form}-{name}-{tag}");
        Slot { id, name, typed, wrong: wrong.map(|wrong| wrong.words.as_str()) }
    }

    fn field(&self, label: &str, value: &str) -> Field {
        Field::text(self.name, label, self.typed.unwrap_or(value))
            .id(self.id.as_str())
            .error(self.wrong)
    }
}

fn form(
    (deed, to): (&'static str, &'static str),
    mut asked: Vec<Field>,
    press: &'static str,
    (tag, one, scene): (&str, &Back, &Scene),
) -> WayForm {
    let standing = &one.standing;
    let seen = &standing.seen;
    let mut fields = vec![
        ("id", OrderId::new(scene.now()).to_string()),
        ("site", standing.site.to_string()),
        ("database", seen.name.clone()),
        ("deed", deed.to_owned()),
    ];
    if !to.is_empty() {
        fields.push(("to", to.to_owned()));
    }
    if seen.repositories.len() > 1 {
        let choice = |it: &Shelf| {
            let name = it.repository.as_str();
            Choice::new(name, name, name == seen.repository)
        };
        let choices = seen.repositories.iter().map(choice).collect();
        asked.push(
            Field::select("repository", "From", choices).id(format!("from-{deed}-{to}-{tag}")),
        );
    }
    let hindered = match (standing.presence, &seen.copies) {
        (_, None) => Some("its agent is of an earlier release: update it, or type the lines there"),
        (Presence::Live, _) => None,
        _ => Some("its agent is not heard: type the lines on its host"),
    };
    WayForm { fields, asked, action: links::restore_of(&scene.base), press, hindered }
}

fn facts(one: &Back, loses: Words, scene: &Scene) -> Facts {
    let size = one.standing.seen.points.last().map(|point| point.size);
    let disk = size.map(|size| bytes(size + size / MORE_THAN_IT));
    Facts::new()
        .fact("Loses", loses)
        .fact("Takes", takes(one, scene))
        .fact(
            "People",
            "1 who may command, or who is on the host as the user that owns the cluster".to_owned(),
        )
        .fact(
            "Disk",
            disk.map(|disk| format!("{disk} on {}", one.standing.site_name)).unwrap_or_default(),
        )
        .fact("Way back", "none is needed: what lives is only read")
}

/// How long a restore takes, and what that means for the time that recovery may take.
fn takes(one: &Back, scene: &Scene) -> Words {
    let Some(takes) = one.takes() else { return State::unknown("no measured run yet").into() };
    let about = if takes < Duration::SECOND {
        "under 1 s".to_owned()
    } else {
        format!("about {}", civil::span(takes))
    };
    let Some(due) = due(scene) else { return about.into() };
    let meets = match due - scene.now() - takes {
        spare if spare.is_negative() => {
            State::bad(format!("would miss RTO by {}", civil::span(-spare)))
        }
        spare => State::good(format!("leaves {} of the RTO", civil::span(spare))),
    };
    Words::lines([Words::from(about), meets.into()])
}

fn since(impact: OffsetDateTime, scene: &Scene) -> Words {
    let age = civil::span(scene.now() - impact);
    let unsure = if scene.seen.incident.impact_confirmed { "" } else { ", which is not confirmed" };
    format!("what was committed since {}: {age}{unsure}", scene.when(impact)).into()
}

/// What was not archived yet is read from the cluster's own folder, where that can be read.
fn all_there_is(one: &Back, scene: &Scene) -> Words {
    Words::lines([
        Words::from("nothing where the host’s disk can be read, else"),
        exposure(&one.standing, &scene.frame).into(),
    ])
}

/// A name as a shell takes it, whatever stands in it.
fn word(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    match !name.is_empty() && name.chars().all(plain) && !name.starts_with('-') {
        true => name.to_owned(),
        false => quoted(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_an_agent_made_up_runs_nothing() {
        assert_eq!(word("main_2.db-1"), "main_2.db-1");
        assert_eq!(word("x; rm -rf /"), "'x; rm -rf /'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word("-x"), "'-x'");
    }
}
