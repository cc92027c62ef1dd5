//! What a new plan changes, in words.

use super::labitory;
use crate::domain::plan::difference;
use crate::domain::plan::document::PlanFile;

fn changes(change: impl FnOnce(&mut PlanFile)) -> Vec<String> {
    let old = labitory();
    let mut new = old.clone();
    change(&mut new);
    difference(Some(&old), &new).iter().map(ToString::to_string).collect()
}

#[test]
fn a_changed_value_is_named_by_its_thing_and_field() {
    assert_eq!(
        changes(|file| file.plan.role[2].holders = vec!["ruth-abiodun".to_owned()]),
        ["~ role.dba.holders: wilhelmina-featherstonehaugh, ruth-abiodun → ruth-abiodun"]
    );
    assert_eq!(
        changes(|file| file.people[0].contact[1].rank = 3),
        ["~ person.priya-raghunathan.contact.phone +49 30 23125 101.rank: 2 → 3"]
    );
    assert_eq!(
        changes(|file| file.plan.level[0].public_note.clear()),
        ["- level.1.public_note: No user notification required; internal monitoring only."]
    );
}

#[test]
fn a_step_or_chapter_of_another_title_in_its_place_is_the_same_one() {
    let title = |text: &str| text.to_owned();
    assert_eq!(
        changes(|file| file.plan.runbook[6].step[1].title = title("Start it")),
        ["~ runbook.redis.step.2.title: Restart Redis → Start it"]
    );
    assert_eq!(
        changes(|file| file.plan.post_mortem.section[1].heading = title("When")),
        ["~ post_mortem.section.2.heading: Timeline → When"]
    );
}

#[test]
fn whole_things_come_and_go_by_name() {
    assert_eq!(
        changes(|file| {
            file.plan.function.remove(0);
            let mut added = file.plan.function[0].clone();
            "chat".clone_into(&mut added.key);
            "Chat".clone_into(&mut added.name);
            file.plan.function.push(added);
        }),
        ["+ function.chat: Chat", "- function.sign-in: User authentication and authorization"]
    );
    assert_eq!(
        changes(|file| drop(file.plan.notify.remove(1)))[0],
        "- notify.2.technical-team: level 2, audience technical-team, first within 15 min, every \
         30 min, channels emergency-phone, mail-lists, slack, template service-notice"
    );
}

#[test]
fn an_order_that_changes_is_a_change() {
    let told = changes(|file| file.plan.provider.swap(0, 1));

    assert_eq!(
        told,
        ["~ provider: in the order hosting, isp, cloud → in the order isp, hosting, cloud"]
    );
}

#[test]
fn a_first_plan_is_told_thing_by_thing() {
    let all = difference(None, &labitory());

    assert!(all.iter().all(|change| change.old.is_none()));
    assert!(all.iter().any(|change| change.to_string() == "+ role.dba: Database Administrator"));
    assert!(all.iter().any(|change| change.path == "document.title"));
}
