//! Whatever people press: the public reads what was published to it and nothing else, and a drill
//! changes nothing that the public reads.

mod deeds;

use muster::domain::plan;
use muster::domain::plan::document::PlanFile;
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::app::LABITORY;
use deeds::{Deed, Players};

/// Stands in everything that is private, and in nothing that is published.
const PRIVATE: &str = "Xq7";
/// Stands in everything that is published by hand.
const PUBLIC: &str = "Yw3";

const RUNS: usize = 4;
const DEEDS: usize = 40;

fn draw(runner: &mut TestRunner) -> Vec<Deed> {
    vec(deeds::any(), DEEDS).new_tree(runner).unwrap().current()
}

#[tokio::test]
async fn nothing_private_is_ever_in_a_public_byte_and_a_drill_changes_no_public_row() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut published, mut drilled) = (0, 0);
    for _ in 0..RUNS {
        let players = Players::on(&marked_plan()).await;
        let mut done = Vec::new();
        for deed in draw(&mut runner) {
            players.settle().await;
            let before = players.app.public_rows().await;
            let drill = players.touches_drill(&deed).await;
            let did = players.play(&deed).await;
            done.push(format!("{deed:?}: {did}"));
            if drill {
                drilled += usize::from(did);
                assert_eq!(players.app.public_rows().await, before, "{done:#?}");
            }
            assert_eq!(players.drills_in_public().await, 0, "{done:#?}");
            for (name, bytes) in players.public_bytes().await {
                let text = String::from_utf8_lossy(&bytes);
                assert!(!text.contains(PRIVATE), "{name} after {done:#?}: {text}");
                published += text.matches(PUBLIC).count();
            }
        }
        players.end().await;
    }
    assert!(published > 100, "little was published: {published}");
    assert!(drilled > 10, "few drills did anything: {drilled}");
}

/// The example plan with the mark in every text that is not meant for the public.
fn marked_plan() -> String {
    let (mut file, _) = plan::parse(LABITORY).unwrap();
    let PlanFile { plan, people } = &mut file;
    let mut mark = |text: &mut String| text.push_str(" Xq7");
    mark(&mut plan.document.title);
    mark(&mut plan.document.purpose);
    plan.document.meeting.push_str("/Xq7");
    plan.function.iter_mut().for_each(|function| mark(&mut function.name));
    plan.role.iter_mut().for_each(|role| mark(&mut role.name));
    plan.audience.iter_mut().for_each(|audience| mark(&mut audience.name));
    plan.channel.iter_mut().for_each(|channel| mark(&mut channel.name));
    plan.template.iter_mut().for_each(|template| mark(&mut template.name));
    plan.runbook.iter_mut().for_each(|runbook| mark(&mut runbook.name));
    plan.provider.iter_mut().for_each(|provider| mark(&mut provider.name));
    plan.database.iter_mut().for_each(|database| mark(&mut database.name));
    let hidden = plan.component.iter_mut().filter(|component| !component.public);
    hidden.for_each(|component| mark(&mut component.name));
    for level in &mut plan.level {
        mark(&mut level.impact);
        level.examples.iter_mut().chain(&mut level.response).for_each(&mut mark);
    }
    for person in people {
        mark(&mut person.name);
        mark(&mut person.title);
    }
    plan::export(&file)
}
