//! Bringing a plan in and writing it out.

use std::path::Path;

use hyper::StatusCode;
use muster::actions::plans::{Imported, export, import, preview};
use muster::actions::{ActionError, ActionResult};
use muster::cli;
use muster::domain::plan;
use muster::store::people;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::support::app::{LABITORY, TestApp};
use crate::support::planbed::{NOW, PlanBed};

async fn bring_in(bed: &PlanBed, text: &str, number: Option<i32>) -> ActionResult<Imported> {
    import(&bed.db, text, None, number, NOW).await
}

#[tokio::test]
async fn a_plan_comes_out_as_it_went_in_and_going_in_again_changes_nothing() {
    let bed = PlanBed::new("plan_round_trip").await;
    assert_eq!(bring_in(&bed, LABITORY, Some(1)).await.unwrap().number, 1);

    let text = export(&mut bed.conn().await).await.unwrap();
    let again = bring_in(&bed, &text, Some(1)).await.unwrap();

    assert_eq!(text, LABITORY);
    assert_eq!(again, Imported { number: 1, changes: Vec::new() });
    assert!(preview(&bed.db, &text).await.unwrap().unchanged);
}

/// The example plan with other words in a few of its free fields.
fn reworded(edits: &[(Index, String)]) -> String {
    const FREE: [&str; 8] =
        ["name", "title", "note", "says", "impact", "while_down", "authority", "sla"];
    let mut lines: Vec<String> = LABITORY.lines().map(str::to_owned).collect();
    let key = |line: &String| {
        let key = line.split_once(" = \"").map(|(key, _)| key.to_owned());
        key.filter(|key| FREE.contains(&key.as_str()))
    };
    let free: Vec<usize> = (0..lines.len()).filter(|at| key(&lines[*at]).is_some()).collect();
    for (index, words) in edits {
        let at = free[index.index(free.len())];
        lines[at] = format!("{} = {}", key(&lines[at]).unwrap(), toml_edit::Value::from(words));
    }
    lines.join("\n") + "\n"
}

#[tokio::test]
async fn a_plan_of_any_words_comes_out_as_it_went_in() {
    let bed = PlanBed::new("plan_any_words").await;
    let config = Config { rng_seed: RngSeed::Fixed(30), ..Config::default() };
    let mut runner = TestRunner::new(config);
    let words = prop_oneof!["\\PC{0,30}x", "x[ -~]{0,60}"];
    let edits = prop::collection::vec((any::<Index>(), words), 1..12);

    for _ in 0..16 {
        let text = reworded(&edits.new_tree(&mut runner).unwrap().current());
        let number = bring_in(&bed, &text, None).await.unwrap().number;

        let out = export(&mut bed.conn().await).await.unwrap();
        let again = bring_in(&bed, &out, None).await.unwrap();

        let [sent, came] = [&text, &out].map(|text| plan::parse(text).unwrap().0);
        assert_eq!(came, sent);
        assert_eq!(again, Imported { number, changes: Vec::new() });
    }
}

#[tokio::test]
async fn changing_a_title_makes_a_revision_that_differs_by_that_line() {
    let bed = PlanBed::new("plan_one_line").await;
    bring_in(&bed, LABITORY, None).await.unwrap();
    let text = LABITORY.replacen("\"Head of IT\"", "\"Head of Machines\"", 1);

    let seen = preview(&bed.db, &text).await.unwrap();
    let done = bring_in(&bed, &text, Some(2)).await.unwrap();

    assert_eq!((done.number, done.changes.len()), (2, 1));
    assert_eq!(seen.changes, done.changes);
    assert_eq!(export(&mut bed.conn().await).await.unwrap(), text);
}

#[tokio::test]
async fn a_method_that_a_text_leaves_out_stays() {
    let bed = PlanBed::new("plan_keeps").await;
    bring_in(&bed, LABITORY, None).await.unwrap();
    let before = people::methods(&mut bed.conn().await).await.unwrap();
    let line = "    { channel = \"phone\", address = \"+49 30 23125 101\", rank = 2 },\n";
    assert!(LABITORY.contains(line));

    let done = bring_in(&bed, &LABITORY.replacen(line, "", 1), None).await.unwrap();

    assert_eq!(done.number, 1, "{:?}", done.changes);
    assert_eq!(people::methods(&mut bed.conn().await).await.unwrap(), before);
}

#[tokio::test]
async fn of_two_at_once_the_second_is_told() {
    let bed = PlanBed::new("plan_two_at_once").await;
    let other = LABITORY.replacen("\"Head of IT\"", "\"Head of Machines\"", 1);

    let (one, two) =
        tokio::join!(bring_in(&bed, LABITORY, Some(1)), bring_in(&bed, &other, Some(1)));

    let refused = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert!(matches!(refused.as_slice(), [ActionError::Refused(_)]), "{refused:?}");
}

#[tokio::test]
async fn a_text_with_an_error_is_refused_with_its_place() {
    let bed = PlanBed::new("plan_refused").await;

    let Err(ActionError::Refused(words)) = bring_in(&bed, "[document\n", None).await else {
        panic!("this should be refused")
    };

    assert!(words.starts_with("1:"), "{words}");
    assert!(preview(&bed.db, "[document\n").await.unwrap().is_refused());
}

#[tokio::test]
async fn a_difference_that_was_looked_at_too_long_ago_is_refused() {
    let bed = PlanBed::new("plan_stale").await;
    bring_in(&bed, LABITORY, Some(1)).await.unwrap();
    let text = LABITORY.replacen("\"Head of IT\"", "\"Head of Machines\"", 1);

    let done = bring_in(&bed, &text, Some(1)).await;

    assert!(matches!(done, Err(ActionError::Refused(_))), "{done:?}");
    assert_eq!(export(&mut bed.conn().await).await.unwrap(), LABITORY);
}

#[tokio::test]
async fn the_command_line_brings_a_plan_in_and_writes_it_out() {
    let bed = PlanBed::new("plan_command_line").await;
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/plans/labitory.toml"));
    let (mut said, mut text) = (Vec::new(), Vec::new());

    assert!(cli::plan::import(&bed.db, file, NOW, &mut said).await.unwrap());
    cli::plan::export(&bed.db, Path::new("-"), &mut text).await.unwrap();

    let said = String::from_utf8(said).unwrap();
    assert!(said.ends_with("Revision 1 is in force. Nobody was taken off the roster.\n"), "{said}");
    assert_eq!(String::from_utf8(text).unwrap(), LABITORY);
}

#[test]
fn checking_names_file_line_and_column() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[document\n").unwrap();
    let mut said = Vec::new();

    assert!(!cli::plan::check(file.path(), &mut said).unwrap());

    let (said, start) = (String::from_utf8(said).unwrap(), format!("{}:1:", file.path().display()));
    assert!(said.starts_with(&start), "{said}");
}

#[tokio::test]
async fn a_signed_in_reader_sees_the_plan_and_takes_it_away() {
    let (app, ada) = TestApp::owned().await;
    let page = ada.get("/plan").await;
    assert!(page.body.contains("No plan is in force"), "{}", page.body);
    let now = app.clock.now();
    import(&app.db, LABITORY, None, None, now).await.unwrap();

    let page = ada.get("/plan").await;
    assert!(page.body.contains("Document control"), "{}", page.body);
    assert!(page.body.contains("Priya Raghunathan"), "{}", page.body);
    let text = ada.get("/plan/export").await.body;
    assert!(text.starts_with(LABITORY), "{text}");
    assert_eq!(app.browser().get("/plan").await.status, StatusCode::SEE_OTHER);
    app.end().await;
}
