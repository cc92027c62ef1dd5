//! Declaring and the incident's page, through the router.

use hyper::StatusCode;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::Browser;

const ID: &str = "01930000-0000-7000-8000-00000000d001";
const PATH: &str = "/incidents/01930000-0000-7000-8000-00000000d001";
const NOTE: &str = "01930000-0000-7000-8000-00000000e001";

async fn declare(browser: &Browser, kind: &str, level: &str) {
    let fields = [("id", ID), ("kind", kind), ("level", level)];
    let answer = browser.post("/incidents", &fields).await;
    assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, PATH));
}

async fn press(browser: &Browser, path: &str, fields: &[(&str, &str)]) {
    let answer = browser.post(&format!("{PATH}/{path}"), fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
}

#[tokio::test]
async fn without_a_plan_there_is_nothing_to_declare() {
    let (app, ada) = TestApp::owned().await;

    let page = ada.get("/declare").await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("No plan is in force"), "{}", page.body);
    app.end().await;
}

#[tokio::test]
async fn one_press_declares_and_a_second_is_the_same_incident() {
    let (app, ada) = TestApp::on_plan().await;
    let form = ada.get("/declare").await.body;
    assert_eq!(form.matches("data-level-key").count(), 4, "{form}");

    declare(&ada, "real", "3").await;
    declare(&ada, "real", "3").await;

    let page = ada.get(PATH).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("Undo"), "{}", page.body);
    let list = ada.get("/incidents").await.body;
    assert_eq!(list.matches("Unnamed, 03:12</a>").count(), 2, "one row, one strip: {list}");
    assert!(ada.get("/declare").await.body.contains("Join it"));
    assert!(ada.get("/").await.body.contains("1 incident is open"));
    app.end().await;
}

#[tokio::test]
async fn undo_works_while_it_is_held_and_is_refused_after() {
    let (app, ada) = TestApp::on_plan().await;
    declare(&ada, "real", "4").await;
    press(&ada, "undo", &[]).await;

    assert!(ada.get(PATH).await.body.contains("False alarm since"));
    press(&ada, "phase", &[("step", "reopen")]).await;
    app.clock.advance(Duration::seconds(11));
    let late = ada.post(&format!("{PATH}/undo"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    app.end().await;
}

#[tokio::test]
async fn a_note_appears_and_an_empty_one_comes_back() {
    let (app, ada) = TestApp::on_plan().await;
    declare(&ada, "real", "1").await;

    press(&ada, "entries", &[("id", NOTE), ("kind", "note"), ("text", "disk <b> full")]).await;
    let page = ada.get(PATH).await.body;
    assert!(page.contains("disk &#60;b&#62; full"), "{page}");
    assert!(page.contains("Ada Lovelace, note"), "{page}");

    let fields = [("id", NOTE), ("kind", "decision"), ("text", " ")];
    let empty = ada.post(&format!("{PATH}/entries"), &fields).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("type what happened"), "{}", empty.body);
    app.end().await;
}

#[tokio::test]
async fn levels_command_phases_and_restoring_are_buttons() {
    let (app, ada) = TestApp::on_plan().await;
    declare(&ada, "real", "1").await;
    app.clock.advance(Duration::minutes(6));
    let page = ada.get(PATH).await.body;
    assert!(page.contains("NO COMMANDER"), "{page}");
    assert!(page.contains("Raise to 2"), "{page}");

    press(&ada, "level", &[("way", "raise"), ("level", "2")]).await;
    app.clock.advance(Duration::seconds(11));
    press(&ada, "phase", &[("step", "recovering")]).await;
    press(&ada, "affected", &[("press", "restored incident"), ("on", "now")]).await;
    let page = ada.get(PATH).await.body;
    assert!(page.contains("Recovering since"), "{page}");

    let me = page.split("name=\"person\" value=\"").nth(1).unwrap()[..36].to_owned();
    press(&ada, "command", &[("person", &me)]).await;
    let page = ada.get(PATH).await.body;
    assert!(!page.contains("I take command") && page.contains("Hand over"), "{page}");
    let more = ada.get(&format!("{PATH}/command")).await.body;
    assert!(more.contains("Lower to") && more.contains("value=\"stable\""), "{more}");

    press(&ada, "phase", &[("step", "stable")]).await;
    app.check_all(PATH.rsplit('/').next().unwrap().parse().unwrap()).await;
    press(&ada, "phase", &[("step", "close")]).await;
    assert!(ada.get(PATH).await.body.contains("Reopen"));
    app.end().await;
}

#[tokio::test]
async fn a_drill_says_so() {
    let (app, ada) = TestApp::on_plan().await;
    declare(&ada, "drill", "2").await;

    let page = ada.get(PATH).await.body;

    assert!(page.contains("drill-band"), "{page}");
    assert!(page.contains("<h1>DRILL: Unnamed"), "{page}");
    assert!(ada.get("/people").await.body.contains("DRILL: Unnamed"));
    app.end().await;
}

#[tokio::test]
async fn a_zero_byte_is_refused_before_it_reaches_the_database() {
    let (app, ada) = TestApp::on_plan().await;
    declare(&ada, "real", "1").await;

    let fields = [("id", NOTE), ("kind", "task"), ("text", "a\0b")];
    let answer = ada.post(&format!("{PATH}/entries"), &fields).await;

    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    assert!(answer.body.contains("zero byte"), "{}", answer.body);
    app.end().await;
}

#[tokio::test]
async fn what_enter_presses_without_a_level_declares_nothing() {
    let (app, ada) = TestApp::on_plan().await;
    let form = ada.get("/declare").await.body;
    let first = form.split("<button").nth(1).unwrap();
    assert!(first.contains("name=\"level\" value=\"0\""), "the form's first button: {first}");

    let fields = [("id", ID), ("kind", "real"), ("level", "0")];
    let answer = ada.post("/incidents", &fields).await;

    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert_eq!(ada.get(PATH).await.status, StatusCode::NOT_FOUND);
    app.end().await;
}
