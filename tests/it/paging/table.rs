//! Who is mailed when, by exact address, on the example plan, with a clock moved by hand.

use muster::actions::answers::Answer;
use muster::actions::incidents;
use muster::domain::incident::Kind;
use time::Duration;

use super::scene::{Scene, recipients};
use crate::support::smtp::Behaviour;

/// The first of each role of levels 3 and 4, then their alternates.
const FIRST: [&str; 9] = [
    "daniel.ferreira",
    "fatima.el-amrani",
    "henrik.aaltonen",
    "jonas.brandt",
    "mei-ling.castellanos",
    "ngozi.okonkwo",
    "priya.raghunathan",
    "tomasz.lindqvist",
    "wilhelmina.featherstonehaugh",
];
const ALTERNATES: [&str; 8] = [
    "aleksandra.wojcik",
    "emeka.obi",
    "hana.sato",
    "ivo.marsh",
    "katarzyna.nowak",
    "lena.hoffmann",
    "ruth.abiodun",
    "sofia.duarte",
];

fn everybody() -> Vec<&'static str> {
    FIRST.iter().chain(&ALTERNATES).copied().collect()
}

#[tokio::test]
async fn level_1_asks_the_on_call_engineer_then_the_alternate_then_everybody_it_has() {
    let scene = Scene::declared(Kind::Real, 1).await;
    let both = &["jonas.brandt", "emeka.obi"];
    let with_owner = &["jonas.brandt", "emeka.obi", "priya.raghunathan"];

    // Ada acts as commander; she hears at minute 30 that it lasts longer than level 1 usually does.
    let table: [(i64, &[&str]); 5] =
        [(0, &["jonas.brandt"]), (5, both), (10, both), (15, with_owner), (30, &["ada"])];
    scene.assert_mailed(&table).await;
    scene.app.end().await;
}

#[tokio::test]
async fn level_2_asks_four_roles_each_by_its_own_chain() {
    let scene = Scene::declared(Kind::Real, 2).await;
    let first =
        &["jonas.brandt", "priya.raghunathan", "tomasz.lindqvist", "wilhelmina.featherstonehaugh"];
    let alternates = ["emeka.obi", "aleksandra.wojcik", "hana.sato", "ruth.abiodun"];
    let all: Vec<_> = first.iter().copied().chain(alternates).collect();

    let table: [(i64, &[&str]); 5] = [(0, first), (5, &all), (10, &all), (15, &all), (30, &[])];
    scene.assert_mailed(&table).await;
    scene.app.end().await;
}

#[tokio::test]
async fn levels_3_and_4_ask_ten_roles_and_nobody_twice_at_once() {
    for level in [3, 4] {
        let scene = Scene::declared(Kind::Real, level).await;
        let all = everybody();
        let held = scene.mails_after(Duration::seconds(-1)).await;
        assert_eq!(recipients(&held), [""; 0], "nothing leaves while it is held");

        let table: [(i64, &[&str]); 5] =
            [(0, &FIRST), (5, &all), (10, &all), (15, &all), (30, &[])];
        scene.assert_mailed(&table).await;
        scene.app.end().await;
    }
}

#[tokio::test]
async fn who_cant_is_passed_over_at_once_and_asked_only_when_nobody_answered() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.assert_mailed(&[(0, &["jonas.brandt"])]).await;

    scene.press("jonas.brandt", Answer::Cannot).await;
    let both = &["jonas.brandt", "emeka.obi", "priya.raghunathan"];
    let table: [(i64, &[&str]); 4] =
        [(0, &["emeka.obi"]), (5, &["emeka.obi"]), (10, both), (15, &[])];
    scene.assert_mailed(&table).await;
    scene.app.end().await;
}

#[tokio::test]
async fn when_all_holders_cant_everybody_is_asked_at_once() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.assert_mailed(&[(0, &["jonas.brandt"])]).await;
    scene.press("jonas.brandt", Answer::Cannot).await;
    scene.assert_mailed(&[(0, &["emeka.obi"])]).await;
    scene.press("emeka.obi", Answer::Cannot).await;

    let all = &["jonas.brandt", "emeka.obi", "priya.raghunathan"];
    scene.assert_mailed(&[(0, all), (20, &[])]).await;
    scene.app.end().await;
}

#[tokio::test]
async fn who_takes_it_after_all_and_then_cant_sets_everybody_asking_once_more() {
    let scene = Scene::declared(Kind::Real, 1).await;
    for minute in [0, 5, 10, 15] {
        scene.mails_at(minute).await;
    }
    scene.press("priya.raghunathan", Answer::Have).await;
    scene.assert_mailed(&[(16, &[])]).await;

    scene.press("priya.raghunathan", Answer::Cannot).await;
    let all = &["jonas.brandt", "emeka.obi", "priya.raghunathan"];
    scene.assert_mailed(&[(16, all), (25, &[])]).await;
    scene.app.end().await;
}

#[tokio::test]
async fn call_me_stops_repeats_to_that_person_and_the_chain_goes_on() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.assert_mailed(&[(0, &["jonas.brandt"])]).await;
    scene.press("jonas.brandt", Answer::Call).await;

    let others = &["emeka.obi", "priya.raghunathan"];
    let table: [(i64, &[&str]); 3] = [(5, &["emeka.obi"]), (10, &["emeka.obi"]), (15, others)];
    scene.assert_mailed(&table).await;
    scene.app.end().await;
}

#[tokio::test]
async fn who_has_it_ends_the_chain_and_is_asked_again_after_15_silent_minutes() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.assert_mailed(&[(0, &["jonas.brandt"])]).await;
    scene.press("jonas.brandt", Answer::Have).await;

    scene.assert_mailed(&[(15, &["jonas.brandt"]), (20, &[])]).await;
    scene.press("jonas.brandt", Answer::Have).await;
    let table: [(i64, &[&str]); 3] = [(30, &["ada"]), (35, &["jonas.brandt"]), (49, &[])];
    scene.assert_mailed(&table).await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_refused_address_hands_over_to_the_persons_next_one_at_once() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.add_mail("jonas.brandt", "jonas.home", 2, false).await;
    let refuse = Behaviour::Refuse { code: 550, words: "no such user".into() };
    scene.app.sink.behave("jonas.brandt@example.org", refuse);

    let again = &["jonas.home", "emeka.obi"];
    scene.assert_mailed(&[(0, &["jonas.home"]), (5, again)]).await;
    let said = "entry_bodies where convert_from(body, 'utf8') like \
                '%Jonas Brandt, mail jonas.brandt@example.org%550%no such user%Call them.%'";
    assert_eq!(scene.count(said).await, 2, "each refusal is a fact on the timeline");
    scene.app.end().await;
}

#[tokio::test]
async fn a_verified_address_is_tried_before_a_given_one_of_better_rank() {
    let scene = Scene::declared(Kind::Real, 2).await;
    scene.add_mail("jonas.brandt", "jonas.home", 3, true).await;
    scene.mails_at(0).await;

    let again = scene.mailed_at(5).await;
    assert!(again.contains(&"jonas.home".to_owned()), "{again:?}");
    assert!(!again.contains(&"jonas.brandt".to_owned()), "{again:?}");
    scene.app.end().await;
}

#[tokio::test]
async fn whom_nothing_reaches_is_a_fact_and_their_chain_goes_on() {
    let scene = Scene::declared(Kind::Real, 1).await;
    let jonas = "address = 'jonas.brandt@example.org'";
    scene.app.tamper(&format!("update contact_methods set removed_at = now() where {jonas}")).await;
    scene.mails_at(0).await;

    assert_eq!(scene.mailed_at(5).await, ["emeka.obi"]);
    let said = scene.last_entry().await;
    assert!(said.contains("Jonas Brandt: no mail address is known. Call them."), "{said}");
    assert_eq!(scene.count("messages where settled_at is null").await, 0);
    scene.app.end().await;
}

#[tokio::test]
async fn a_raise_pages_whom_it_adds_after_the_hold_and_nobody_twice() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.assert_mailed(&[(0, &["jonas.brandt"]), (2, &[])]).await;
    scene.raise(3).await;

    let held = scene.mails_after(Duration::seconds(129)).await;
    assert_eq!(recipients(&held), [""; 0]);
    let added = scene.mails_after(Duration::seconds(130)).await;
    let without_jonas: Vec<_> = FIRST.iter().filter(|who| **who != "jonas.brandt").collect();
    assert_eq!(recipients(&added).iter().collect::<Vec<_>>(), without_jonas);
    assert_eq!(scene.mailed_at(5).await, ["emeka.obi", "jonas.brandt"], "the first chain's clock");
    let rest = recipients(&scene.mails_after(Duration::seconds(430)).await);
    let without_emeka: Vec<_> = everybody().into_iter().filter(|who| *who != "emeka.obi").collect();
    let mut wanted = without_emeka;
    wanted.sort_unstable();
    assert_eq!(rest, wanted, "the added chains count from their own release");
    scene.app.end().await;
}

#[tokio::test]
async fn an_undone_raise_pages_nobody_and_leaves_no_duty_behind() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.assert_mailed(&[(0, &["jonas.brandt"])]).await;
    scene.press("jonas.brandt", Answer::Have).await;
    scene.raise(3).await;
    assert_eq!(scene.count("duties where until is null").await, 2, "system administrator too");

    let (db, now) = (&scene.app.db, scene.app.clock.now() + Duration::seconds(9));
    let ada = scene.app.person("ada-lovelace").await;
    incidents::undo(db, scene.incident, ada, now).await.unwrap();

    assert_eq!(scene.count("duties where until is null").await, 1);
    scene.assert_mailed(&[(14, &[])]).await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_raise_passes_over_who_said_they_cant() {
    let scene = Scene::declared(Kind::Real, 1).await;
    scene.assert_mailed(&[(0, &["jonas.brandt"])]).await;
    scene.press("jonas.brandt", Answer::Cannot).await;
    scene.assert_mailed(&[(0, &["emeka.obi"])]).await;
    scene.raise(3).await;

    let added = recipients(&scene.mails_after(Duration::seconds(10)).await);
    let mut wanted: Vec<_> =
        FIRST.iter().map(|who| if *who == "jonas.brandt" { "ivo.marsh" } else { who }).collect();
    wanted.sort_unstable();
    assert_eq!(added, wanted, "Ivo for the system administrator");
    scene.app.end().await;
}

#[tokio::test]
async fn a_role_whose_first_holder_left_the_roster_asks_the_next_at_once() {
    let scene = Scene::with(Kind::Real, 1, async |app| {
        app.tamper("update people set disabled_at = created_at where key = 'jonas-brandt'").await;
    })
    .await;

    let both = &["emeka.obi", "priya.raghunathan"];
    let table: [(i64, &[&str]); 4] =
        [(0, &["emeka.obi"]), (5, &["emeka.obi"]), (10, &["emeka.obi"]), (15, both)];
    scene.assert_mailed(&table).await;
    scene.app.end().await;
}
