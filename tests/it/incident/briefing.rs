//! Handing command over: a briefing to read, an offer after a long watch, and tasks that are late.

use hyper::StatusCode;
use muster::domain::id::EntryId;
use time::Duration;

use super::scene::Scene;

/// Ada commands, booking is down, a decision stands, a task runs for 15 minutes.
async fn busy() -> Scene {
    let scene = Scene::at_level(3).await;
    let ada = scene.app.person("ada-lovelace").await.to_string();
    scene.press("/command", &[("person", &ada)]).await;
    scene.press("/affected", &[("press", "down function.booking")]).await;
    let entry = async |kind: &str, text: &str| {
        let id = scene.fresh_id();
        let fields = [
            ("id", id.as_str()),
            ("on", "now"),
            ("kind", kind),
            ("text", text),
            ("person", &ada),
            ("minutes", "15"),
        ];
        scene.press("/entries", &fields).await;
    };
    entry("decision", "Restore beside live. No fail-over.").await;
    entry("task", "Call the provider").await;
    let step = [("id", &*scene.fresh_id()), ("press", "done"), ("number", "1")]
        .map(|(name, value)| (name, value.to_owned()));
    let step: Vec<_> = step.iter().map(|(name, value)| (*name, value.as_str())).collect();
    scene.press("/runbooks/point-in-time-recovery", &step).await;
    scene.app.mails().await;
    scene
}

#[tokio::test]
async fn the_briefing_says_how_it_stands_who_does_what_and_what_comes_next() {
    let scene = busy().await;

    let page = scene.page(&scene.ada, "/briefing").await;

    for words in [
        "Ada Lovelace, since 03:12 CET",
        "<b>Booking creation and management</b>: down since 03:12 CET, to be back by 05:12 CET",
        "Restore beside live. No fail-over.",
        "<b>Ada Lovelace</b>: Call the provider",
        "due 03:27 CET",
        "Recover the database to a point in time</a>: 1 of 7 steps",
        "Next due",
        "In command",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("undefined"));
    scene.app.end().await;
}

#[tokio::test]
async fn whoever_hands_over_reads_the_briefing_and_a_correction_is_no_decision_that_stands() {
    let scene = busy().await;
    let (_, hana) = scene.signed_in("hana-sato", "respond").await;
    let timeline = scene.page(&scene.ada, "/timeline").await;
    let (before, _) = timeline.split_once("Restore beside live").unwrap();
    let (_, seq) = before.rsplit_once("id=\"entry-").unwrap();
    let seq = seq.split('"').next().unwrap();
    let id = EntryId::new(scene.app.clock.now()).to_string();
    let fields = [("id", id.as_str()), ("text", "Fail over after all")];
    scene.press(&format!("/entries/{seq}/correction"), &fields).await;

    let answer = scene.post(&scene.ada, "/command", &[("person", &hana.to_string())]).await;

    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.location, scene.path("/briefing"));
    let page = scene.page(&scene.ada, "/briefing").await;
    assert!(page.contains("Hana Sato, since 03:12 CET"), "{page}");
    assert!(page.contains("No decision is written down"), "{page}");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn after_eight_hours_in_command_handing_over_is_offered() {
    let scene = busy().await;
    let (hana, _) = scene.signed_in("hana-sato", "respond").await;
    let quiet = "update clocks set done_at = due_at where kind in ('tell', 'outlast')";
    scene.app.clock.advance(Duration::hours(8) - Duration::minutes(1));
    scene.app.tamper("update tasks set done_at = due_at").await;
    scene.app.tamper(quiet).await;
    assert!(!scene.now().await.contains("hand over?"));

    scene.app.clock.advance(Duration::minutes(1));
    let mine = scene.now().await;
    assert!(mine.contains("You have commanded for") && mine.contains(": hand over?"), "{mine}");
    assert!(mine.contains(&scene.path("/command#hand-over")), "{mine}");
    let theirs = scene.page(&hana, "").await;
    assert!(theirs.contains("Ada Lovelace has commanded for"), "{theirs}");
    assert!(theirs.contains(": relieve them?") && theirs.contains("id=\"relieve-button\""));
    scene.app.end().await;
}

#[tokio::test]
async fn a_task_that_is_late_asks_who_commands_once_and_done_in_time_asks_nobody() {
    let scene = busy().await;
    scene.app.clock.advance(Duration::minutes(15));
    let late = |mails: Vec<crate::support::smtp::Mail>| {
        mails.into_iter().filter(|mail| mail.text.contains("Call the provider")).collect::<Vec<_>>()
    };
    let mails = late(scene.app.mails().await);
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].to, ["ada@example.org"]);
    assert!(mails[0].text.contains(&scene.path("/tasks")), "{mails:?}");
    let timeline = scene.page(&scene.ada, "/timeline").await;
    let words = "Overdue, and who commands is asked: Call the provider (Ada Lovelace)";
    assert!(timeline.contains(words), "{timeline}");
    scene.app.clock.advance(Duration::minutes(1));
    assert_eq!(late(scene.app.mails().await).len(), 0);

    let task = scene.page(&scene.ada, "/tasks").await;
    let (_, rest) = task.split_once("id=\"task-").unwrap();
    let path = format!("/tasks/{}", rest.split('"').next().unwrap());
    let me = scene.app.person("ada-lovelace").await.to_string();
    let more = [("press", "hand-on"), ("person", me.as_str()), ("minutes", "30")];
    scene.press(&path, &more).await;
    scene.press(&path, &[("press", "done")]).await;
    scene.app.clock.advance(Duration::minutes(31));
    assert_eq!(late(scene.app.mails().await).len(), 0, "done in time");
    scene.app.end().await;
}
