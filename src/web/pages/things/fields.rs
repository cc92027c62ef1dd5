//! The field of a form, typed by what it holds.

use crate::domain::plan::document::PlanFile;
use crate::domain::plan::edit::choices;
use crate::domain::plan::shape::{Field as Shape, Kind};
use crate::web::parts::field::{Choice, Field};

/// Up to so many words are all shown at once.
const FEW: usize = 4;
/// Places that are free behind those who are ranked.
const FREE: usize = 2;
const ROWS: std::ops::RangeInclusive<usize> = 3..=18;

/// A field with what stands in it.
pub(super) fn field(shape: &Shape, values: &[String], file: &PlanFile) -> Field {
    let first = values.first().map(String::as_str).unwrap_or_default();
    let (key, label) = (shape.key, shape.label);
    let field = match shape.kind {
        Kind::Phone => Field::tel(key, label, first),
        Kind::Day => Field::date(key, label, first),
        Kind::Text => Field::area(key, label, rows(first), first),
        Kind::Lines => Field::area(key, label, rows(first), first),
        Kind::Code => Field::code(key, label, rows(first), first),
        Kind::YesNo => {
            Field::checkboxes(key, label, vec![Choice::new("yes", "Yes", first == "yes")])
        }
        Kind::Level => one(shape, first, levels(file)),
        Kind::Levels => many(shape, values, levels(file)),
        Kind::Word(words) => one(shape, first, named(words)),
        Kind::Words(words) => many(shape, values, named(words)),
        Kind::One(list) => one(shape, first, choices(file, list)),
        Kind::Many(list) => many(shape, values, choices(file, list)),
        Kind::Ranked(list) => ranked(shape, values, &choices(file, list)),
        Kind::Key | Kind::Line | Kind::Url | Kind::Span | Kind::Every | Kind::Amount => {
            Field::text(key, label, first)
        }
    };
    let field = if must_be_filled(shape) { field.required() } else { field };
    let hint = hint(shape);
    if hint.is_empty() { field } else { field.hint(hint) }
}

/// Whether the browser may ask for it before sending: a group can't be asked for, a key is made.
fn must_be_filled(shape: &Shape) -> bool {
    let group = matches!(shape.kind, Kind::Words(_) | Kind::Many(_) | Kind::Levels | Kind::YesNo);
    shape.required && !group && !matches!(shape.kind, Kind::Key | Kind::Ranked(_))
}

fn hint(shape: &Shape) -> String {
    match shape.kind {
        Kind::Lines if !shape.hint.contains("one a line") => format!("{} One a line.", shape.hint),
        Kind::Span if shape.hint.is_empty() => "Such as 15 min, 2 h or 7 d.".to_owned(),
        _ => shape.hint.to_owned(),
    }
    .trim()
    .to_owned()
}

fn rows(text: &str) -> u8 {
    let lines = (text.lines().count() + 1).clamp(*ROWS.start(), *ROWS.end());
    u8::try_from(lines).unwrap_or(u8::MAX)
}

fn named(words: &[&str]) -> Vec<(String, String)> {
    words.iter().map(|word| ((*word).to_owned(), word.replace('-', " "))).collect()
}

fn levels(file: &PlanFile) -> Vec<(String, String)> {
    let levels = file.plan.level.iter();
    levels.map(|it| (it.number.to_string(), format!("{} {}", it.number, it.name))).collect()
}

/// One of a list; what is chosen and not in it stays a choice.
fn one(shape: &Shape, chosen: &str, all: Vec<(String, String)>) -> Field {
    let mut choices: Vec<Choice> = Vec::new();
    if !shape.required {
        choices.push(Choice::new("", "None", chosen.is_empty()));
    } else if chosen.is_empty() {
        choices.push(Choice::new("", "Choose one", true));
    }
    if !chosen.is_empty() && all.iter().all(|(key, _)| key != chosen) {
        choices.push(Choice::new(chosen, chosen, true));
    }
    let few = all.len() <= FEW && !chosen.is_empty() && shape.required;
    choices.extend(all.into_iter().map(|(key, name)| {
        let is_chosen = key == chosen;
        Choice::new(key, name, is_chosen)
    }));
    if few {
        return Field::radios(shape.key, shape.label, choices);
    }
    Field::select(shape.key, shape.label, choices)
}

/// Any of a list; what is chosen keeps its order, and comes before what is not.
fn many(shape: &Shape, chosen: &[String], all: Vec<(String, String)>) -> Field {
    let name = |key: &String| {
        let found = all.iter().find(|(other, _)| other == key);
        found.map_or_else(|| key.clone(), |(_, name)| name.clone())
    };
    let first = chosen.iter().map(|key| Choice::new(key.clone(), name(key), true));
    let rest = all.iter().filter(|(key, _)| !chosen.contains(key));
    let rest = rest.map(|(key, name)| Choice::new(key.clone(), name.clone(), false));
    Field::checkboxes(shape.key, shape.label, first.chain(rest).collect())
}

fn ranked(shape: &Shape, chosen: &[String], all: &[(String, String)]) -> Field {
    let place = |chosen: &str| {
        let nobody = Choice::new("", "Nobody", chosen.is_empty());
        let unknown = !chosen.is_empty() && all.iter().all(|(key, _)| key != chosen);
        let unknown = unknown.then(|| Choice::new(chosen, chosen, true));
        let known =
            all.iter().map(|(key, name)| Choice::new(key.clone(), name.clone(), key == chosen));
        std::iter::once(nobody).chain(unknown).chain(known).collect()
    };
    let free = std::iter::repeat_n("", FREE);
    let chosen = chosen.iter().map(String::as_str).filter(|key| !key.is_empty());
    Field::ranked(shape.key, shape.label, chosen.chain(free).map(place).collect())
}
