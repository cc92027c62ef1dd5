//! Text to plan and back loses nothing.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::{LABITORY, labitory};
use crate::domain::plan::document::{Person, PlanFile};
use crate::domain::plan::{difference, document_bytes, export, parse, read};

#[test]
fn the_plan_in_the_repository_is_as_export_writes_it() {
    assert_eq!(export(&labitory()), LABITORY);
}

#[test]
fn changing_one_field_changes_one_line_of_the_text() {
    let mut file = labitory();
    file.plan.level[1].name = "Rather Major Disruption".to_owned();

    let text = export(&file);
    let changed: Vec<(&str, &str)> =
        LABITORY.lines().zip(text.lines()).filter(|(old, new)| old != new).collect();

    assert_eq!(LABITORY.lines().count(), text.lines().count());
    assert_eq!(
        changed,
        [("name = \"Major Service Disruption\"", "name = \"Rather Major Disruption\"")]
    );
}

/// Free lines and texts of the plan, by their place in the document; keys and fixed words are
/// left alone.
const LINES: [&str; 11] = [
    "name",
    "organisation",
    "service",
    "version",
    "downtime",
    "title",
    "authority",
    "team",
    "heading",
    "path",
    "subject",
];
/// Of several lines.
const TEXTS: [&str; 10] = [
    "purpose",
    "impact",
    "while_down",
    "says",
    "note",
    "commands",
    "danger",
    "sla",
    "handed_out",
    "public_note",
];
/// Lists of free text.
const FREE_LISTS: [&str; 9] =
    ["covers", "examples", "response", "duties", "items", "asks", "agenda", "symptoms", "support"];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        rng_seed: RngSeed::Fixed(26),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_in_any_free_field_survives_the_way_out_and_back(
        edits in prop::collection::vec((any::<Index>(), line(), text()), 1..20),
    ) {
        let file = edited(&edits);
        let text = export(&file);

        let (back, _) = parse(&text).map_err(|findings| {
            TestCaseError::fail(findings.iter().map(|f| format!("{f}\n")).collect::<String>())
        })?;

        prop_assert_eq!(&back, &file);
        prop_assert_eq!(export(&back), text);
        prop_assert_eq!(&read(&document_bytes(&file.plan)).unwrap(), &file.plan);
    }

    #[test]
    fn there_is_a_difference_where_plans_differ_and_nowhere_else(
        edits in prop::collection::vec((any::<Index>(), line(), text()), 0..3),
    ) {
        let (old, new) = (labitory(), edited(&edits));

        prop_assert_eq!(difference(Some(&old), &new).is_empty(), old == new);
        prop_assert!(difference(Some(&new), &new).is_empty());
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,12}x", "x[ -z|~'\"\\\\]{0,40}", "'{2,4}\"{2,4}"]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![line(), "(\\PC|[\n\t]){0,40}x", "x[ -~\n\t'\"\\\\]{1,40}", "'{2,4}\n\"{2,4}\n"]
}

fn edited(edits: &[(Index, String, String)]) -> PlanFile {
    let file = labitory();
    let mut whole = json!({ "plan": file.plan, "people": file.people });
    for (index, line, text) in edits {
        let mut fields = Vec::new();
        free(&mut whole, &mut fields);
        let (field, several) = fields.swap_remove(index.index(fields.len()));
        *field = Value::String(if several { text.clone() } else { line.clone() });
    }
    let people: Vec<Person> = serde_json::from_value(whole["people"].take()).unwrap();
    PlanFile { plan: serde_json::from_value(whole["plan"].take()).unwrap(), people }
}

/// Every free field, and whether it may have several lines.
fn free<'v>(value: &'v mut Value, fields: &mut Vec<(&'v mut Value, bool)>) {
    match value {
        Value::Array(things) => things.iter_mut().for_each(|thing| free(thing, fields)),
        Value::Object(entries) => {
            for (key, entry) in entries {
                if entry.is_string() && LINES.contains(&key.as_str()) {
                    fields.push((entry, false));
                } else if entry.is_string() && TEXTS.contains(&key.as_str()) {
                    fields.push((entry, true));
                } else if FREE_LISTS.contains(&key.as_str()) {
                    let lines = entry.as_array_mut().into_iter().flatten();
                    fields.extend(lines.map(|line| (line, false)));
                } else {
                    free(entry, fields);
                }
            }
        }
        _ => {}
    }
}
