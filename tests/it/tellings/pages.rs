//! One audience's page: with which words it is told, by whom, and where.

use hyper::StatusCode;
use muster::actions::incidents::{self, Step};
use muster::domain::incident::Kind;
use muster::domain::rights::{Right, Rights};

use super::scene::{FORM, Scene};

#[tokio::test]
async fn the_text_is_the_plans_and_what_is_not_known_stands_out() {
    let scene = Scene::declared(Kind::Real, 2).await;
    let page = scene.page("/tellings/management").await;

    for words in [
        "[SERVICE NOTICE] Temporary Service Degradation",
        "issues with the Laboratory Management System",
        "Fill in or take out before you send it: {{resolution}}, {{status}}",
        "href=\"mailto:management-alerts@example.org?subject=%5BSERVICE%20NOTICE",
        "data-copy=\"body\"",
        "I have told Management",
        "Microsoft Teams</dt><dd>Emergency Response Team",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("all-staff@example.org"), "another audience's list: {page}");
    let team = scene.page("/tellings/technical-team").await;
    assert!(team.contains("href=\"tel:+4930"), "its people and the emergency phone: {team}");
    let nobody = scene.page("/tellings/authorities").await;
    assert!(nobody.contains("No address is known"), "{nobody}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_drills_texts_begin_with_drill_and_nobody_hears_the_private_title() {
    let scene = Scene::declared(Kind::Drill, 4).await;
    scene.app.tamper("update incidents set title = 'Xq7 is on fire'").await;

    for audience in ["technical-team", "management", "stakeholders", "executives", "authorities"] {
        let page = scene.page(&format!("/tellings/{audience}")).await;
        assert!(page.contains("<input id=\"subject\" value=\"DRILL: "), "{page}");
        let (_, body) = page.split_once("<textarea id=\"body\"").unwrap();
        let (_, body) = body.split_once('>').unwrap();
        let body = body.split("</textarea>").next().unwrap();
        assert!(body.trim_start().starts_with("DRILL: this is an exercise"), "{body}");
        assert!(!body.contains("Xq7"), "{body}");
    }
    scene.app.end().await;
}

#[tokio::test]
async fn who_may_only_look_sees_the_text_and_no_button() {
    let scene = Scene::declared(Kind::Real, 2).await;
    scene.app.account("Grace", "grace@example.org", Rights::from_iter([Right::View])).await;
    let grace = scene.app.signed_in("grace@example.org").await;

    let page = grace.get(&scene.path("/tellings/management")).await;
    let fields = [("id", "01930000-0000-7000-8000-00000000f001"), ("audience", "management")];
    let told = grace.post(&scene.path("/tellings"), &fields).await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("I have told"), "{}", page.body);
    assert_eq!(told.status, StatusCode::FORBIDDEN);
    scene.app.end().await;
}

#[tokio::test]
async fn what_is_no_audience_and_no_form_is_answered_calmly() {
    let scene = Scene::declared(Kind::Real, 2).await;

    let nowhere = scene.browser.get(&scene.path("/tellings/martians")).await;
    let nobody = scene.told(&format!("{FORM}1"), "martians").await;
    let damaged = scene.told("no id", "management").await;
    let unknown = "/incidents/01930000-0000-7000-8000-00000000ffff/tellings";

    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert_eq!(damaged.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(damaged.body.contains("not understood"), "{}", damaged.body);
    assert_eq!(scene.browser.get(unknown).await.status, StatusCode::NOT_FOUND);
    scene.app.end().await;
}

#[tokio::test]
async fn who_was_told_of_it_is_told_that_it_is_over() {
    let scene = Scene::declared(Kind::Real, 2).await;
    scene.tell(1, "management").await;
    let now = scene.app.clock.now();
    incidents::restore(&scene.app.db, scene.id, "incident", scene.ada, now).await.unwrap();
    scene.after(40).await;
    scene.step(Step::Stable).await;
    scene.app.check_all(scene.id).await;
    scene.step(Step::Close).await;

    assert_eq!(scene.dues().await, []);
    let list = scene.page("/tellings").await;
    assert!(list.contains("not told that it is over"), "{list}");
    let page = scene.page("/tellings/management").await;
    assert!(page.contains("works again. It was disturbed from 03:12 CET"), "{page}");
    scene.after(41).await;
    scene.tell(2, "management").await;
    assert!(!scene.page("/tellings").await.contains("not told that it is over"));
    let refused = scene.told(&format!("{FORM}3"), "technical-team").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert_eq!(scene.dues().await, []);
    scene.app.end().await;
}
