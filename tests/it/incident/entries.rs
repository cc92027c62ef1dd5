//! Writing on the timeline, from any page that has a note box, and correcting what was written.

use hyper::StatusCode;
use time::Duration;

use super::scene::{Scene, form, typed};

#[tokio::test]
async fn an_entry_says_when_it_happened_and_when_it_was_written_down() {
    let scene = Scene::at_level(2).await;
    scene.app.clock.advance(Duration::minutes(8));
    let page = scene.page(&scene.ada, "/timeline").await;
    let drawn = form(&page, &scene.path("/entries"));
    let note = typed(&drawn, &[("text", "First reset of the controller"), ("occurred", "02:58")]);

    let answer = scene.post(&scene.ada, "/entries", &note).await;

    assert_eq!(answer.location, scene.path("/timeline"));
    let page = scene.page(&scene.ada, "/timeline").await;
    assert!(page.contains("<time datetime=\"2026-11-14T01:58:00Z\">02:58</time>"), "{page}");
    assert!(page.contains("Ada Lovelace, note; recorded 03:20"), "{page}");
    let night = typed(&drawn, &[("text", "Last night"), ("occurred", "23:50")]);
    let id = scene.fresh_id();
    scene.press("/entries", &typed(&to_owned(&night), &[("id", &id)])).await;
    assert!(scene.page(&scene.ada, "/timeline").await.contains("13 Nov, 23:50"));
    scene.app.end().await;
}

#[tokio::test]
async fn a_refused_entry_comes_back_on_the_page_it_was_typed_on_with_all_of_it() {
    let scene = Scene::at_level(2).await;
    let long = "x".repeat(4_001);
    for (on, heading) in
        [("now", "<h1>Unnamed"), ("timeline", "<h1>Timeline"), ("tasks", "<h1>Tasks")]
    {
        let id = scene.fresh_id();
        let fields = |text, kind, minutes| {
            [("id", id.as_str()), ("on", on), ("kind", kind), ("text", text), ("minutes", minutes)]
        };
        for (text, kind, minutes, words) in [
            (" ", "task", "7", "choose who does it"),
            (long.as_str(), "note", "7", "type at most 4,000 characters"),
            ("Look", "task", "seven", "choose who does it"),
            ("Look", "gossip", "7", "choose note, decision or task"),
        ] {
            let page = scene.refused("/entries", &fields(text, kind, minutes)).await.body;
            assert!(page.contains(heading) && page.contains(words), "{words}: {page}");
            assert!(page.contains(&format!("{}</textarea>", text.trim_end_matches(' '))), "{page}");
            assert!(page.contains(&format!("value=\"{minutes}\"")), "{page}");
        }
    }
    let id = scene.fresh_id();
    let fields = [("id", id.as_str()), ("on", "timeline"), ("kind", "decision"), ("text", "Look")];
    let wrong = [&fields[..], &[("occurred", "2026-03-29 02:30")]].concat();
    let page = scene.refused("/entries", &wrong).await.body;
    assert!(page.contains("never was") && page.contains("value=\"2026-03-29 02:30\""), "{page}");
    assert!(page.contains("value=\"decision\" checked"), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_form_sent_twice_writes_once_and_with_other_words_keeps_them_for_another_try() {
    let scene = Scene::at_level(2).await;
    let id = scene.fresh_id();
    let note = |text| [("id", id.as_str()), ("on", "now"), ("kind", "note"), ("text", text)];
    scene.press("/entries", &note("Disk is full")).await;
    scene.press("/entries", &note("Disk is full")).await;
    assert_eq!(scene.count("note").await, 1);

    let page = scene.refused("/entries", &note("Disk is full, and hot")).await.body;
    assert!(page.contains("was sent before with other words"), "{page}");
    let again = form(&page, &scene.path("/entries"));
    scene.press("/entries", &typed(&again, &[])).await;
    assert!(scene.now().await.contains("Disk is full, and hot"));
    scene.app.end().await;
}

#[tokio::test]
async fn an_entry_is_corrected_by_an_entry() {
    let scene = Scene::at_level(2).await;
    let id = scene.fresh_id();
    let note = [("id", id.as_str()), ("on", "now"), ("kind", "note"), ("text", "Error at 03:05")];
    scene.press("/entries", &note).await;
    let now = scene.now().await;
    let (_, rest) = now.split_once(&format!("href=\"{}", scene.path("/entries/"))).unwrap();
    let seq = rest.split('"').next().unwrap();
    let (entry, action) = (format!("/entries/{seq}"), format!("/entries/{seq}/correction"));
    let page = scene.page(&scene.ada, &entry).await;
    assert!(page.contains("Error at 03:05"), "{page}");
    let drawn = form(&page, &scene.path(&action));

    let empty = scene.refused(&action, &typed(&drawn, &[("text", "")])).await.body;
    assert!(empty.contains("type what happened"), "{empty}");
    for _ in 0..2 {
        scene.press(&action, &typed(&drawn, &[("text", "It was at 02:58")])).await;
    }

    assert_eq!(scene.count("correction").await, 1);
    let page = scene.page(&scene.ada, "/timeline").await;
    assert!(page.contains("entry note corrected") && page.contains("It was at 02:58"), "{page}");
    assert!(page.contains("; corrected by <a href="), "{page}");
    for nothing in ["/entries/999", "/entries/0", "/entries/nonsense"] {
        let answer = scene.ada.get(&scene.path(nothing)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    scene.app.end().await;
}

#[tokio::test]
async fn when_it_is_over_notes_can_be_written_and_tasks_not_given() {
    let scene = Scene::at_level(1).await;
    scene.press("/phase", &[("step", "false-alarm")]).await;
    let (id, ada) = (scene.fresh_id(), scene.app.person("ada-lovelace").await.to_string());
    let fields = [("id", id.as_str()), ("on", "now"), ("text", "Write it up")];
    let page = scene.now().await;
    assert!(!page.contains("value=\"task\""), "{page}");

    let task = [&fields[..], &[("kind", "task"), ("person", &ada), ("minutes", "5")]].concat();
    let page = scene.refused("/entries", &task).await.body;
    assert!(page.contains("the incident is over: write a note"), "{page}");
    assert!(page.contains("Write it up</textarea>"), "{page}");
    scene.press("/entries", &[&fields[..], &[("kind", "note")]].concat()).await;
    scene.app.mails().await;
    scene.app.end().await;
}

fn to_owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
