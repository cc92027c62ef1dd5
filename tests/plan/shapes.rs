//! The table of fields says what the document's types say.

use super::{LABITORY, labitory};
use crate::domain::plan::parse;
use crate::domain::plan::shape::{Kind, PERSON, THINGS, Thing};

/// The fields that the type behind a table's header has, as the reader of texts names them.
fn known(header: &str) -> Vec<String> {
    let found = parse(&format!("{header}\nno-such-field = 1\n")).unwrap_err();
    let says = found.iter().find_map(|one| one.says.split_once("not known here; known are "));
    let (_, fields) = says.unwrap_or_else(|| panic!("{header}: {found:#?}"));
    fields.split(", ").map(str::to_owned).collect()
}

fn assert_holds_all(thing: &Thing, around: &str) {
    let path =
        if around.is_empty() { thing.list.to_owned() } else { format!("{around}.{}", thing.list) };
    let outer = if around.is_empty() { String::new() } else { format!("[[{around}]]\n") };
    let once = thing.count == crate::domain::plan::shape::Count::Once;
    let outer = if around == "post_mortem" { "[post_mortem]\n".to_owned() } else { outer };
    let header = if once { format!("[{path}]") } else { format!("{outer}[[{path}]]") };
    let mut listed: Vec<String> = thing.fields.iter().map(|field| field.key.to_owned()).collect();
    listed.extend(thing.parts.iter().map(|part| part.list.to_owned()));
    let mut known = known(&header);
    listed.sort();
    known.sort();

    assert_eq!(listed, known, "{path}");
    for part in thing.parts {
        assert_holds_all(part, &path);
    }
}

#[test]
fn every_field_of_the_document_is_in_the_table_and_no_other() {
    for thing in THINGS.into_iter().chain([&PERSON]) {
        assert_holds_all(thing, "");
    }
    let mut lists: Vec<&str> = THINGS.iter().map(|thing| thing.list).collect();
    lists.extend(["format", "person"]);
    lists.sort_unstable();
    let value = serde_json::to_value(labitory().plan).unwrap();
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(lists, keys);
}

#[test]
fn a_reference_leads_to_a_list_that_is_there() {
    for thing in THINGS {
        for field in thing.fields {
            if let Kind::One(list) | Kind::Many(list) | Kind::Ranked(list) = field.kind {
                assert!(list == "person" || Thing::of(list).is_some(), "{}", field.key);
            }
        }
    }
}

#[test]
fn what_is_required_is_missed_where_it_is_left_out() {
    for line in ["title = \"Labitory Disaster Recovery Plan\"\n", "organisation = \"Labitory\"\n"] {
        let text = LABITORY.replacen(line, "", 1);
        assert!(parse(&text).is_err(), "{line}");
    }
}
