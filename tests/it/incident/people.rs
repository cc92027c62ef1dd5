//! Answering while signed in, joining unasked, and naming somebody for a role that nobody has.

use hyper::StatusCode;
use time::Duration;

use super::scene::{Scene, item};

#[tokio::test]
async fn who_is_paged_answers_on_the_page_and_may_change_their_mind() {
    let scene = Scene::at_level(1).await;
    let (jonas, _) = scene.signed_in("jonas-brandt", "respond").await;
    assert_eq!(scene.app.mails().await.len(), 1);
    let page = scene.page(&jonas, "").await;
    assert!(page.contains("You are paged as <b>On-call Engineer</b>"), "{page}");
    for words in ["I have it", "I can’t, page the next", "Call me"] {
        assert!(page.contains(words), "{words}: {page}");
    }

    for _ in 0..2 {
        let answer = scene.post(&jonas, "/answer", &[("answer", "have")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
    assert_eq!(scene.count("answer").await, 1);
    let page = scene.page(&jonas, "").await;
    assert!(item(&page, "<b>Jonas Brandt</b>").contains("you, 03:12"), "{page}");
    assert!(page.contains("1 of 1 person answered"), "{page}");

    scene.post(&jonas, "/answer", &[("answer", "cannot")]).await;
    let next = scene.app.mails().await;
    assert_eq!(next.len(), 1, "the next is paged at once: {next:?}");
    let page = scene.now().await;
    assert!(page.contains("On-call Engineer, for Jonas Brandt"), "{page}");
    let bad = scene.post(&jonas, "/answer", &[("answer", "perhaps")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    scene.app.end().await;
}

#[tokio::test]
async fn who_was_not_paged_may_join_and_has_nothing_to_answer() {
    let scene = Scene::at_level(1).await;
    let (hana, _) = scene.signed_in("hana-sato", "respond").await;
    let page = scene.page(&hana, "/command").await;
    assert!(page.contains("You were not paged. Join, and others see that you help."), "{page}");
    let unasked = scene.post(&hana, "/answer", &[("answer", "have")]).await;
    assert_eq!(unasked.status, StatusCode::NOT_FOUND, "{}", unasked.body);

    for _ in 0..2 {
        scene.post(&hana, "/answer", &[("answer", "join")]).await;
    }

    assert_eq!(scene.count("joined").await, 1);
    let page = scene.now().await;
    assert!(item(&page, "<b>Hana Sato</b>").contains("helps"), "{page}");
    assert!(page.contains("0 of 1 person answered"), "who joined was not paged: {page}");
    scene.app.mails().await;
    scene.app.clock.advance(Duration::minutes(16));
    let again = scene.app.mails().await;
    let asked = again.iter().find(|mail| mail.to[0].starts_with("hana")).expect("asked again");
    assert!(asked.text.contains("You joined at 03:12 CET. Since then nothing"), "{}", asked.text);
    scene.app.end().await;
}

#[tokio::test]
async fn a_role_that_nobody_has_is_red_until_somebody_is_named_and_answers() {
    let scene = Scene::at_level(1).await;
    scene.app.tamper("update people set disabled_at = created_at where key <> 'hana-sato'").await;
    scene.app.tamper("update people set disabled_at = null where key = 'ada-lovelace'").await;
    scene.app.tamper("update responders set answer = 'cannot', answered_at = paged_at").await;
    let (hana, hana_id) = scene.signed_in("hana-sato", "respond").await;
    let page = scene.now().await;
    let row = item(&page, "Nobody");
    assert!(row.contains("On-call Engineer") && row.contains("Name someone"), "{row}");
    let role = scene.page(&scene.ada, "/roles/on-call-engineer").await;
    assert!(role.contains("Nobody has it yet; asked: Jonas Brandt"), "{role}");
    scene.app.mails().await;

    let (id, who) = (scene.fresh_id(), hana_id.to_string());
    let named = [("id", id.as_str()), ("person", who.as_str())];
    for _ in 0..2 {
        scene.press("/roles/on-call-engineer", &named).await;
    }

    let mut mails = scene.app.mails().await;
    mails.retain(|mail| mail.to[0] == "hana.sato@example.org");
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].text.contains("You are paged as On-call Engineer."), "{}", mails[0].text);
    let page = scene.now().await;
    assert!(!page.contains("person nobody"), "{page}");
    assert!(item(&page, "<b>Hana Sato</b>").contains("paged"), "{page}");
    scene.post(&hana, "/answer", &[("answer", "have")]).await;
    assert!(item(&scene.now().await, "<b>Hana Sato</b>").contains("has it"));

    let late = [("id", &*scene.fresh_id()), ("person", &*who)];
    let page = scene.refused("/roles/on-call-engineer", &late).await.body;
    assert!(page.contains("Hana Sato has it already: On-call Engineer"), "{page}");
    let nobody = [("id", &*scene.fresh_id()), ("person", "nobody")];
    let page = scene.refused("/roles/on-call-engineer", &nobody).await.body;
    assert!(page.contains("choose somebody"), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn who_is_there_takes_a_role_without_a_mail() {
    let scene = Scene::at_level(1).await;
    scene.app.mails().await;
    let ada = scene.app.person("ada-lovelace").await.to_string();

    scene.press("/roles/security-lead", &[("id", &scene.fresh_id()), ("person", &ada)]).await;

    let page = scene.now().await;
    let row = item(&page, "<b>Ada Lovelace</b>");
    assert!(row.contains("Security Lead") && row.contains("you, 03:12"), "{row}");
    let (jonas, who) = scene.signed_in("jonas-brandt", "respond").await;
    scene.post(&jonas, "/answer", &[("answer", "have")]).await;
    let named = [("id", &*scene.fresh_id()), ("person", &*who.to_string())];
    scene.press("/roles/dba", &named).await;
    let page = scene.now().await;
    let row = item(&page, "<b>Jonas Brandt</b>");
    assert!(row.contains("On-call Engineer, Database Administrator"), "{row}");
    let unknown = scene.ada.get(&scene.path("/roles/nonsense")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    scene.app.end().await;
}

#[tokio::test]
async fn whom_nothing_reached_is_said_in_red() {
    let scene = Scene::at_level(1).await;
    scene.app.tamper("update deliveries set state = 'failed', problem = 'no such mailbox'").await;

    let page = scene.now().await;

    let people = page.split("id=\"people\"").nth(1).unwrap();
    assert!(item(people, "<b>Jonas Brandt</b>").contains("nothing could be sent"), "{people}");
    assert!(page.contains("path class=\"bad\""), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn an_answer_given_while_the_page_is_held_outlives_the_undo() {
    let scene = Scene::at_level(2).await;
    let (ngozi, _) = scene.signed_in("ngozi-okonkwo", "respond").await;
    scene.app.mails().await;
    scene.press("/level", &[("way", "raise"), ("level", "3")]).await;
    scene.post(&ngozi, "/answer", &[("answer", "have")]).await;

    scene.press("/undo", &[]).await;

    let page = scene.now().await;
    assert!(item(&page, "<b>Ngozi Okonkwo-Bright</b>").contains("has it, 03:12"), "{page}");
    scene.app.clock.advance(Duration::minutes(1));
    assert_eq!(scene.app.mails().await, [], "nothing of what was held leaves");
    scene.app.end().await;
}

#[tokio::test]
async fn who_is_paged_for_a_role_that_somebody_took_is_awaited_no_more() {
    let scene = Scene::at_level(2).await;
    scene.app.mails().await;
    let ada = scene.app.person("ada-lovelace").await.to_string();
    let calls = scene.page(&scene.ada, "/calls").await;
    assert!(calls.contains("4 people to call") && calls.contains("Priya Raghunathan"), "{calls}");

    scene.press("/command", &[("person", &ada)]).await;

    let calls = scene.page(&scene.ada, "/calls").await;
    assert!(calls.contains("3 people to call") && !calls.contains("Priya"), "{calls}");
    let page = scene.now().await;
    assert!(page.contains("1 of 4 people answered"), "Ada and three who are awaited: {page}");
    scene.app.end().await;
}
