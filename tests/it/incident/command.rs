//! Command, level and phase: pressed twice, late, by two people, and when it is over.

use hyper::StatusCode;
use muster::domain::incident::Kind;
use time::Duration;

use super::scene::Scene;

/// How many mails went to people whose address begins so.
async fn mailed(scene: &Scene, begins: &str) -> usize {
    let mails = scene.app.mails().await;
    mails.iter().filter(|mail| mail.to.iter().any(|to| to.starts_with(begins))).count()
}

#[tokio::test]
async fn every_press_twice_is_done_once() {
    let scene = Scene::at_level(1).await;
    let ada = scene.app.person("ada-lovelace").await.to_string();
    let raise: &[_] = &[("way", "raise"), ("level", "3")];
    for (path, fields, kind, entries) in [
        ("/command", &[("person", ada.as_str())][..], "command", 1),
        ("/level", raise, "level", 1),
        ("/undo", &[], "undone", 1),
        ("/phase", &[("step", "recovering")], "phase", 1),
        ("/affected", &[("press", "restored incident")], "affected", 1),
        ("/phase", &[("step", "stable")], "phase", 2),
        ("/phase", &[("step", "close")], "phase", 3),
        ("/phase", &[("step", "reopen")], "phase", 4),
        ("/answer", &[("answer", "join")], "joined", 0),
        ("/phase", &[("step", "false-alarm")], "phase", 5),
    ] {
        if fields.contains(&("step", "close")) {
            scene.app.check_all(scene.id).await;
        }
        scene.press(path, fields).await;
        scene.press(path, fields).await;
        assert_eq!(scene.count(kind).await, entries, "{path} {fields:?}");
    }
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_declaration_is_undone_twice_and_not_late() {
    let scene = Scene::declared(Kind::Real, 4).await;
    scene.press("/undo", &[]).await;
    scene.press("/undo", &[]).await;
    assert!(scene.now().await.contains("False alarm"));
    assert_eq!(scene.count("undone").await, 1);
    scene.press("/phase", &[("step", "reopen")]).await;

    let late = scene.post(&scene.ada, "/undo", &[]).await;

    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("It is too late to undo this"), "{}", late.body);
    scene.app.end().await;
}

#[tokio::test]
async fn when_it_is_over_every_press_says_so() {
    let scene = Scene::at_level(2).await;
    let (priya, _) = scene.signed_in("priya-raghunathan", "respond,command").await;
    let ada = scene.app.person("ada-lovelace").await.to_string();
    scene.press("/phase", &[("step", "false-alarm")]).await;
    let id = scene.fresh_id();
    let lower: &[_] = &[("way", "lower"), ("level", "1"), ("reason", "small")];
    for (path, fields) in [
        ("/command", &[("person", ada.as_str())][..]),
        ("/level", &[("way", "raise"), ("level", "3")]),
        ("/level", lower),
        ("/stay", &[("id", id.as_str()), ("because", "small")]),
        ("/phase", &[("step", "recovering")]),
        ("/phase", &[("step", "close")]),
        ("/affected", &[("press", "down function.booking")]),
        ("/answer", &[("answer", "join")]),
        ("/answer", &[("answer", "have")]),
        ("/roles/dba", &[("id", id.as_str()), ("person", ada.as_str())]),
    ] {
        let answer = scene.post(&priya, path, fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path} {fields:?}: {}", answer.body);
        assert!(answer.body.contains("over"), "{path}: {}", answer.body);
    }
    let page = scene.now().await;
    assert!(
        page.contains("False alarm 03:12 CET, after 11 s") && page.contains("Reopen"),
        "{page}"
    );
    assert!(!page.contains("I take command") && !page.contains("Raise to"), "{page}");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_level_is_raised_to_any_above_and_lowered_with_a_reason_that_is_not_lost() {
    let scene = Scene::at_level(1).await;
    let page = scene.page(&scene.ada, "/command").await;
    for words in ["Raise to 2", "Raise to 3", "Raise to 4", "more people after 10 s, with Undo"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    scene.press("/level", &[("way", "raise"), ("level", "4")]).await;
    let held = scene.post(&scene.ada, "/level", &[("way", "raise"), ("level", "3")]).await;
    assert_eq!(held.status, StatusCode::CONFLICT, "{}", held.body);
    scene.app.clock.advance(Duration::seconds(11));

    for (level, reason, words) in [
        ("2", " ", "say why the level is lowered"),
        ("4", "it is small", "it is at level 4; choose a lower one to lower it"),
        ("0", "it is small", "the plan has no level 0"),
        ("nonsense", "it is small", "the plan has no level 0"),
    ] {
        let fields = [("way", "lower"), ("level", level), ("reason", reason)];
        let page = scene.refused("/level", &fields).await.body;
        assert!(page.contains(words), "{words}: {page}");
        assert!(page.contains(&format!("value=\"{reason}\"")), "{page}");
    }
    scene.press("/level", &[("way", "lower"), ("level", "2"), ("reason", "it is small")]).await;
    assert!(scene.now().await.contains("Lowered from level 4 to level 2: it is small"));
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn command_that_is_taken_ends_the_search_for_a_commander() {
    let scene = Scene::at_level(2).await;
    assert_eq!(mailed(&scene, "priya.raghunathan@").await, 1);
    let ada = scene.app.person("ada-lovelace").await.to_string();

    scene.press("/command", &[("person", &ada)]).await;
    scene.app.clock.advance(Duration::minutes(6));

    let mails = scene.app.mails().await;
    assert!(!mails.is_empty(), "the other roles are still looked for");
    let asked = mails.iter().any(|mail| mail.text.contains("Incident Commander"));
    assert!(!asked, "{mails:?}");
    let page = scene.now().await;
    assert!(page.contains("In command") && !page.contains("NO COMMANDER"), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn command_is_handed_over_by_who_has_it_and_whoever_gets_it_is_paged() {
    let scene = Scene::at_level(1).await;
    scene.app.mails().await;
    let (hana, hana_id) = scene.signed_in("hana-sato", "respond").await;
    let ruth = scene.app.person("ruth-abiodun").await.to_string();
    let to_hana = hana_id.to_string();
    for (person, words) in [("", "choose somebody"), ("nobody", "choose somebody")] {
        let page = scene.refused("/command", &[("person", person)]).await.body;
        assert!(page.contains(words), "{page}");
    }
    let forged = scene.post(&hana, "/command", &[("person", &ruth)]).await;
    assert_eq!(forged.status, StatusCode::CONFLICT);
    assert!(forged.body.contains("take command first"), "{}", forged.body);

    scene.press("/command", &[("person", &to_hana)]).await;
    scene.press("/command", &[("person", &to_hana)]).await;

    assert_eq!(mailed(&scene, "hana.sato@").await, 1, "she had not answered: she is paged, once");
    let page = scene.page(&hana, "").await;
    assert!(page.contains("Handed command to Hana Sato."), "{page}");
    assert!(page.contains("You are paged as <b>Incident Commander</b>"), "{page}");
    scene.post(&hana, "/answer", &[("answer", "have")]).await;
    let page = scene.page(&hana, "/command").await;
    assert!(page.contains("You have commanded since 03:12 CET"), "{page}");
    let back = scene.post(&hana, "/command", &[("person", &ruth)]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    assert_eq!(mailed(&scene, "ruth.abiodun@").await, 1);
    scene.app.end().await;
}

#[tokio::test]
async fn who_commands_and_then_cannot_commands_no_more() {
    let scene = Scene::at_level(2).await;
    let (priya, priya_id) = scene.signed_in("priya-raghunathan", "respond").await;
    let me = priya_id.to_string();
    scene.post(&priya, "/command", &[("person", &me)]).await;
    scene.app.clock.advance(Duration::minutes(5));
    assert!(!scene.now().await.contains("NO COMMANDER"));

    scene.post(&priya, "/answer", &[("answer", "cannot")]).await;

    let page = scene.now().await;
    assert!(page.contains("NO COMMANDER"), "{page}");
    let words = "Priya Raghunathan can’t, and no longer commands.";
    assert!(scene.page(&scene.ada, "/timeline").await.contains(words));
    assert_eq!(mailed(&scene, "aleksandra.wojcik@").await, 1, "the next is paged for the role");
    scene.app.end().await;
}

#[tokio::test]
async fn an_outlasted_level_proposes_the_next_until_it_is_raised_or_somebody_says_why_not() {
    let scene = Scene::at_level(1).await;
    let ada = scene.app.person("ada-lovelace").await.to_string();
    scene.press("/command", &[("person", &ada)]).await;
    let usual = "usual 30 min";
    scene.app.clock.advance(Duration::minutes(29));
    assert!(!scene.now().await.contains(usual));
    scene.app.clock.advance(Duration::minutes(1));
    scene.app.mails().await;
    assert!(scene.now().await.contains("Then: raise to level 2?"), "telling is overdue, and first");
    scene.app.tamper("update clocks set done_at = due_at where kind = 'tell'").await;
    let page = scene.now().await;
    assert!(page.contains(usual) && page.contains("No, because…"), "{page}");
    assert!(page.contains("id=\"raise-due-button\""), "{page}");

    let id = scene.fresh_id();
    let page = scene.refused("/stay", &[("id", &id), ("because", " ")]).await.body;
    assert!(page.contains("type a reason"), "{page}");
    let because = [("id", id.as_str()), ("because", "It ends in a minute")];
    scene.press("/stay", &because).await;
    scene.press("/stay", &because).await;
    let page = scene.now().await;
    assert!(!page.contains(usual), "{page}");
    assert!(page.contains("Stays at level 1: It ends in a minute"), "{page}");
    let late = scene.refused("/stay", &[("id", &scene.fresh_id()), ("because", "Late")]).await.body;
    assert!(late.contains("no other level is proposed any more"), "{late}");
    assert!(late.contains("value=\"Late\""), "{late}");
    assert_eq!(scene.count("decision").await, 1);
    scene.app.mails().await;
    scene.app.end().await;
}
