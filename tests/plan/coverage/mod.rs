//! Every table row and bullet of the written plan has a typed field that holds it.
//!
//! A row reads: what the source says | where it stands | words or figures that must stand there.
//! Parts of a path are keys and, in lists, the thing's own name, or its number from 1.

mod aftermath;
mod backup;
mod communication;
mod contacts;
mod levels;
mod runbooks;

use serde_json::{Value, json};

use super::labitory;

const CHAPTERS: [&str; 6] = [
    levels::ROWS,
    backup::ROWS,
    runbooks::ROWS,
    communication::ROWS,
    aftermath::ROWS,
    contacts::ROWS,
];

#[test]
fn every_row_of_the_source_stands_in_a_typed_field() {
    let file = labitory();
    let mut whole = serde_json::to_value(&file.plan).unwrap();
    whole["person"] = json!(file.people);

    let mut missed = Vec::new();
    let mut rows = 0;
    for row in CHAPTERS.iter().flat_map(|chapter| chapter.trim().lines()) {
        let [_, path, wanted] = row.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("no row: {row}");
        };
        let found = resolve(&whole, path);
        if !found.is_some_and(|value| holds(value, wanted)) {
            missed.push(format!("{row}\n    found {found:?}"));
        }
        rows += 1;
    }

    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(rows >= 250, "only {rows} rows of the source are looked for");
}

fn resolve<'v>(whole: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('/').skip(1).try_fold(whole, |value, part| match value {
        Value::Array(things) => things
            .iter()
            .find(|thing| name(thing).as_deref() == Some(part))
            .or_else(|| things.get(part.parse::<usize>().ok()?.checked_sub(1)?)),
        other => other.get(part),
    })
}

fn name(thing: &Value) -> Option<String> {
    let text = |key| thing.get(key).and_then(Value::as_str);
    let level = || Some(format!("{}.{}", thing.get("level")?, text("audience")?));
    let number = || thing.get("number").map(Value::to_string);
    text("key").or_else(|| text("heading")).map(str::to_owned).or_else(number).or_else(level)
}

fn holds(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text.contains(wanted),
        Value::Array(things) => things.iter().any(|thing| holds(thing, wanted)),
        other => wanted.parse::<Value>().is_ok_and(|wanted| wanted == *other),
    }
}
