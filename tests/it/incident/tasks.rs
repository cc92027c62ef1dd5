//! Tasks: given to anybody, handed on, done by one press.

use hyper::StatusCode;
use muster::domain::id::PersonId;
use time::Duration;

use super::scene::{Scene, item};

/// Ada gives a task; returns its path below the incident.
async fn give(scene: &Scene, words: &str, person: PersonId, minutes: &str) -> String {
    let (id, person) = (scene.fresh_id(), person.to_string());
    let fields = [
        ("id", id.as_str()),
        ("on", "tasks"),
        ("kind", "task"),
        ("text", words),
        ("person", &person),
        ("minutes", minutes),
    ];
    scene.press("/entries", &fields).await;
    format!("/tasks/{id}")
}

async fn tasks(scene: &Scene) -> String {
    scene.page(&scene.ada, "/tasks").await
}

#[tokio::test]
async fn a_task_goes_to_anybody_of_the_roster_and_is_done_by_one_press() {
    let scene = Scene::at_level(2).await;
    let (tomasz, who) = scene.signed_in("tomasz-lindqvist", "respond").await;
    let task = give(&scene, "Ask the hosting provider", who, "5").await;
    let page = tasks(&scene).await;
    let words = "<b>Tomasz Lindqvist</b>, <span class=\"state idle\">";
    assert!(item(&page, "Ask the hosting").contains(words), "{page}");
    assert!(page.contains("due 03:17 CET"), "{page}");
    assert!(scene.now().await.contains("task for Tomasz Lindqvist, 5 min"));

    let done = [("press", "done"), ("on", "tasks")];
    for _ in 0..2 {
        let answer = scene.post(&tomasz, &task, &done).await;
        assert_eq!(answer.location, scene.path("/tasks"), "{}", answer.body);
    }
    assert_eq!(scene.count("tick").await, 1, "the second press changed nothing");
    let page = tasks(&scene).await;
    assert!(page.contains("done 03:12 CET by Tomasz Lindqvist"), "{page}");
    assert!(page.contains("No task is open"), "{page}");

    scene.press(&task, &[("press", "not-done")]).await;
    assert!(tasks(&scene).await.contains("1 open"));
    scene.app.end().await;
}

#[tokio::test]
async fn an_overdue_task_is_first_and_red_and_stands_in_the_bar() {
    let scene = Scene::at_level(1).await;
    let ada = scene.app.person("ada-lovelace").await;
    scene.press("/command", &[("person", &ada.to_string())]).await;
    give(&scene, "Later", ada, "500").await;
    let late = give(&scene, "Sooner", ada, "10").await;
    scene.app.clock.advance(Duration::minutes(12));

    let page = tasks(&scene).await;
    assert!(page.contains("2 open, 1 overdue"), "{page}");
    assert!(page.find("Sooner") < page.find("Later"), "{page}");
    assert!(item(&page, "Sooner").contains("state bad"), "{page}");
    let now = scene.now().await;
    let bar = &now[now.find("id=\"due\"").unwrap()..];
    let bar = &bar[..bar.find("</section>").unwrap()];
    assert!(bar.contains("Sooner (Ada Lovelace)"), "{bar}");

    scene.press(&late, &[("press", "done")]).await;
    assert!(!scene.now().await.contains("Sooner (Ada Lovelace)"));
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_task_is_handed_on_and_gets_another_time_and_what_is_wrong_stays_typed() {
    let scene = Scene::at_level(2).await;
    let (ada, tomasz) =
        (scene.app.person("ada-lovelace").await, scene.app.person("tomasz-lindqvist").await);
    let task = give(&scene, "Ask the provider", ada, "5").await;
    let tomasz = tomasz.to_string();
    let hand = |minutes| [("press", "hand-on"), ("person", tomasz.as_str()), ("minutes", minutes)];

    for (minutes, words) in [
        ("soon", "“soon” is no number of minutes"),
        ("0", "type from 1 to 10,080 minutes"),
        ("10081", "type from 1 to 10,080 minutes"),
    ] {
        let page = scene.refused(&task, &hand(minutes)).await.body;
        let row = item(&page, "Ask the provider");
        assert!(row.contains(words) && row.contains("<details open>"), "{row}");
        assert!(row.contains(&format!("value=\"{minutes}\"")), "{row}");
        assert!(row.contains(&format!("value=\"{tomasz}\" selected")), "{row}");
    }
    scene.press(&task, &hand("20")).await;
    scene.press(&task, &hand("")).await;

    let page = tasks(&scene).await;
    assert!(item(&page, "Ask the provider").contains("<b>Tomasz Lindqvist</b>"), "{page}");
    let timeline = scene.page(&scene.ada, "/timeline").await;
    let handed = "Handed to Tomasz Lindqvist, due 03:32 CET: Ask the provider";
    assert_eq!(timeline.matches(handed).count(), 1, "{timeline}");
    assert!(timeline.contains("Tomasz Lindqvist does it, due 03:32 CET"), "{timeline}");
    scene.press(&task, &[("press", "done")]).await;
    let late = scene.post(&scene.ada, &task, &hand("5")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("This task is done; press “Not done” first."), "{}", late.body);
    scene.app.end().await;
}

#[tokio::test]
async fn of_two_who_hand_a_task_on_the_second_sees_what_the_first_did() {
    let scene = Scene::at_level(2).await;
    let (ada, hana) = (scene.app.person("ada-lovelace").await, scene.app.person("hana-sato").await);
    let tomasz = scene.app.person("tomasz-lindqvist").await.to_string();
    let task = give(&scene, "Ask the provider", ada, "5").await;
    let page = tasks(&scene).await;
    let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let hana = hana.to_string();
    let hand =
        |to, minutes| [("press", "hand-on"), ("seen", seen), ("person", to), ("minutes", minutes)];

    scene.press(&task, &hand(&tomasz, "20")).await;
    scene.press(&task, &hand(&tomasz, "20")).await; // pressed twice
    let told = scene.refused(&task, &hand(&hana, "")).await.body;
    let row = item(&told, "Ask the provider");
    assert!(row.contains("Tomasz Lindqvist has it, due 03:32 CET"), "{row}");
    assert!(row.contains(&format!("value=\"{hana}\" selected")), "{row}");
    let fresh = row.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let again = [("press", "hand-on"), ("seen", fresh), ("person", hana.as_str())];
    scene.press(&task, &again).await;
    assert!(item(&tasks(&scene).await, "Ask the provider").contains("<b>Hana Sato</b>"));
    assert_eq!(scene.page(&scene.ada, "/timeline").await.matches("Handed to Tomasz").count(), 1);
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn who_is_no_longer_called_on_gets_no_task() {
    let scene = Scene::at_level(2).await;
    let gone = scene.app.person("hana-sato").await;
    scene.app.tamper("update people set disabled_at = created_at where key = 'hana-sato'").await;
    let (id, gone) = (scene.fresh_id(), gone.to_string());
    let mut fields = vec![("id", id.as_str()), ("on", "tasks"), ("kind", "task"), ("text", "Look")];
    fields.extend([("person", gone.as_str()), ("minutes", "5")]);

    let page = scene.refused("/entries", &fields).await.body;

    assert!(page.contains("Hana Sato is no longer called on; choose somebody else"), "{page}");
    assert!(page.contains("Look</textarea>"), "{page}");
    let nobody = "01930000-0000-7000-8000-00000000ffff";
    let unknown = scene.post(&scene.ada, &format!("/tasks/{nobody}"), &[("press", "done")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    scene.app.end().await;
}
