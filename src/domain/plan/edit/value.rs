//! A field between what somebody types and what the text holds.

use toml_edit::{Array, Item, Value, value};

use crate::domain::plan::shape::{Field, Kind};

/// What a form shows of a field: one text, or one a choice.
pub(super) fn shown(field: &Field, item: Option<&Item>) -> Vec<String> {
    let Some(value) = item.and_then(Item::as_value) else { return Vec::new() };
    let texts: Vec<String> = match value {
        Value::Array(array) => array.iter().map(plain).collect(),
        Value::Boolean(yes) => yes.value().then(|| "yes".to_owned()).into_iter().collect(),
        other => vec![plain(other)],
    };
    if field.kind == Kind::Lines { vec![texts.join("\n")] } else { texts }
}

/// What the text holds of a field; nothing where it may be left out and is.
pub(super) fn written(field: &Field, typed: &[String]) -> Option<Item> {
    let text = typed.first().map(String::as_str).unwrap_or_default();
    let item = match field.kind {
        Kind::Text | Kind::Code if text.trim().is_empty() => None,
        Kind::Text | Kind::Code => Some(value(text)),
        Kind::Lines => list(text.lines().map(|line| line.trim().into())),
        Kind::YesNo => return Some(value(text == "yes")),
        Kind::Levels => list(typed.iter().map(|level| number(level))),
        Kind::Words(_) | Kind::Many(_) | Kind::Ranked(_) => {
            list(typed.iter().map(|key| key.trim().into()))
        }
        Kind::Level => one(text, number),
        Kind::Amount => one(text, share),
        _ => one(text, |text| text.into()),
    };
    match item {
        None if !field.required => None,
        None if is_list(field) => Some(value(Array::new())),
        None => Some(value("")),
        some => some,
    }
}

/// Whether a form sends nothing of it where nothing is chosen.
pub(super) fn is_group(field: &Field) -> bool {
    matches!(field.kind, Kind::YesNo | Kind::Levels | Kind::Words(_) | Kind::Many(_))
}

fn is_list(field: &Field) -> bool {
    is_group(field) || matches!(field.kind, Kind::Lines | Kind::Ranked(_))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string().trim().to_owned(), str::to_owned)
}

fn one(text: &str, read: impl Fn(&str) -> Value) -> Option<Item> {
    let text = text.trim();
    (!text.is_empty()).then(|| value(read(text)))
}

/// The elements that say something, if any does.
fn list(values: impl Iterator<Item = Value>) -> Option<Item> {
    let array: Array = values.filter(|value| value.as_str() != Some("")).collect();
    (!array.is_empty()).then(|| value(array))
}

/// A whole number; anything else stays as it was typed, for the reader to refuse.
fn number(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
}

/// `99.5`, `99.5 %`; anything else is meant as a span.
fn share(text: &str) -> Value {
    let digits = text.strip_suffix('%').unwrap_or(text).trim();
    digits.parse::<f64>().map_or_else(|_| text.into(), Value::from)
}
