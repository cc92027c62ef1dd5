//! The table of faults in the documents names tests that there are.

use std::path::Path;

const DOCS: &str = include_str!("../../../docs/OPERATIONS.md");

fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_test_that_the_table_names_is_there() {
    let mut all = String::new();
    sources(Path::new("tests/it"), &mut all);
    let (_, table) = DOCS.split_once("## What goes wrong").expect("the table");
    let rows = table.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let last = rows.filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    let names: Vec<&str> =
        last.flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter(|n| n.len() > 20).collect();

    assert!(names.len() >= 18, "{names:#?}");
    for name in names {
        assert!(all.contains(&format!("fn {name}(")), "{name}");
    }
}
