//! One outage, declared twice: merged, led once, and parted again.

mod back;
mod both;

use std::collections::BTreeSet;

use hyper::StatusCode;
use muster::domain::id::IncidentId;
use muster::domain::incident::Kind;
use time::Duration;

use super::scene::{Scene, form, typed};

/// Ada's incident of the scene, and another one of this level that is merged into it.
async fn twice(level: u8, other: u8) -> (Scene, IncidentId) {
    let scene = Scene::at_level(level).await;
    let other = scene.app.declare(Kind::Real, other).await;
    scene.app.clock.advance(Duration::seconds(11));
    (scene, other)
}

fn merge(other: IncidentId) -> String {
    format!("/incidents/{other}/merge")
}

impl Scene {
    /// Merges the other into the scene's own, as the page offers it.
    async fn fold(&self, other: IncidentId) {
        let page = self.ada.get(&format!("{}?into={}", merge(other), self.id)).await.body;
        let fields = form(&page[page.find("What moves").unwrap()..], &merge(other));
        let done = self.ada.post(&merge(other), &typed(&fields, &[])).await;
        assert_eq!((done.status, done.location), (StatusCode::SEE_OTHER, self.path("")), "{page}");
    }

    /// Takes the merge back, as the other's page offers it.
    async fn part(&self, other: IncidentId) {
        let base = format!("/incidents/{other}");
        let page = self.ada.get(&base).await.body;
        let undo = format!("{base}/merge/undo");
        let done = self.ada.post(&undo, &typed(&form(&page, &undo), &[])).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    }

    async fn rows(&self, what: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("select count(*) from {what}"));
        sqlx::query_scalar(sql).fetch_one(self.app.db.pool().unwrap()).await.unwrap()
    }

    async fn text(&self, sql: &str) -> String {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        sqlx::query_scalar(sql).fetch_one(self.app.db.pool().unwrap()).await.unwrap()
    }

    async fn press_on(&self, incident: IncidentId, rest: &str, fields: &[(&str, &str)]) {
        let path = format!("/incidents/{incident}{rest}");
        let answer = self.ada.post(&path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path} {fields:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_moves_is_seen_before_it_is_pressed_and_then_moves() {
    let (scene, other) = twice(1, 2).await;
    scene.app.mails().await;
    let ada = scene.app.person("ada-lovelace").await.to_string();
    scene.press_on(other, "/command", &[("person", &ada)]).await;
    scene
        .press_on(other, "/affected", &[("press", "down function.sign-in"), ("since", "03:00")])
        .await;
    let task =
        [("kind", "task"), ("text", "Ask the provider"), ("person", &ada), ("minutes", "30")];
    let id = scene.fresh_id();
    scene.press_on(other, "/entries", &[&task[..], &[("id", &id)]].concat()).await;
    let step = scene.fresh_id();
    let tick = [("id", step.as_str()), ("press", "done"), ("number", "1")];
    scene.press_on(other, "/runbooks/point-in-time-recovery", &tick).await;

    let page = scene.ada.get(&format!("{}?into={}", merge(other), scene.id)).await.body;
    for words in [
        "Ada Lovelace (Incident Commander)",
        "User authentication and authorization since 03:00 CET",
        "“Ask the provider”",
        "from 1 to 2",
        "<dt>Ticked steps</dt><dd>1</dd>",
        "<dt>Commands</dt><dd>Ada Lovelace</dd>",
        "since 03:00 CET",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Pages at once for"), "all were paged for the other: {page}");
    scene.fold(other).await;

    let now = scene.now().await;
    assert!(now.contains("Level 2") && now.contains("Ask the provider"), "{now}");
    let timeline = scene.page(&scene.ada, "/timeline").await;
    for words in ["this: it is the same incident.", "Level: from 1 to 2.", "the other incident"] {
        assert!(timeline.contains(words), "{words}: {timeline}");
    }
    assert!(scene.page(&scene.ada, "/tasks").await.contains("1 open"));
    assert!(scene.page(&scene.ada, "/runbooks").await.contains("1 of"));
    let command = scene.page(&scene.ada, "/command").await;
    assert!(command.contains("You have commanded since") && command.contains("Declared 2 times"));
    let briefing = scene.page(&scene.ada, "/briefing").await;
    assert!(briefing.contains("Merged into it"), "{briefing}");
    let clocks = "clocks c join incidents i on i.id = c.incident
                  where c.done_at is null and c.fired_at is null and i.merged_into is not null";
    assert_eq!(scene.rows(clocks).await, 0, "the merged one's clocks have stopped");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn the_merged_one_says_so_everywhere_and_refuses_what_belongs_to_the_other() {
    let (scene, other) = twice(2, 1).await;
    scene.app.mails().await;
    let base = format!("/incidents/{other}");
    let stale = scene.ada.get(&base).await.body;
    scene.fold(other).await;

    let page = scene.ada.get(&base).await.body;
    assert!(
        page.contains("Merged into “Unnamed, 03:12”") && page.contains("Undo the merge"),
        "{page}"
    );
    assert!(!page.contains("Add to the timeline"), "{page}");
    for (rest, fields) in [
        ("/phase", vec![("step", "reopen")]),
        ("/level", vec![("way", "raise"), ("level", "2")]),
        ("/affected", vec![("press", "down function.sign-in")]),
    ] {
        let answer = scene.ada.post(&format!("{base}{rest}"), &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{rest}: {}", answer.body);
        assert!(answer.body.contains("merged into another incident"), "{}", answer.body);
    }
    let note = form(&stale, &format!("{base}/entries"));
    let note = typed(&note, &[("kind", "note"), ("text", "Disk is full")]);
    let answer = scene.ada.post(&format!("{base}/entries"), &note).await;
    assert_eq!((answer.status, answer.location), (StatusCode::SEE_OTHER, scene.path("")));
    assert!(scene.now().await.contains("Disk is full"), "a note from an old page counts here");

    let list = scene.ada.get("/incidents?stands=merged").await.body;
    let table = &list[list.find("<table").unwrap()..];
    assert!(table.contains(&base) && !table.contains(&scene.path("")), "{table}");
    assert!(!scene.ada.get("/incidents?stands=open").await.body.contains(&base));
    let last = "entries where kind = 'merged' and stream = '".to_owned() + &other.to_string() + "'";
    assert_eq!(scene.rows(&last).await, 1);
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn an_old_answer_link_counts_for_the_incident_that_goes_on() {
    let (scene, other) = twice(1, 2).await;
    let mails = scene.app.mails().await;
    let about_other = mails.iter().filter(|mail| mail.subject.starts_with("Level 2"));
    let mail = about_other.max_by_key(|mail| mail.to.clone()).unwrap();
    let link = mail.link("/answer/").unwrap().replace("http://muster.test", "");
    scene.fold(other).await;

    let page = scene.app.browser().get(&link).await;
    assert!(page.body.contains("you are paged as") && page.body.contains("I have it"), "{page:?}");
    let done = scene.app.browser().post(&link, &[("answer", "have")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let taken = format!("duties where incident = '{}' and until is null", scene.id);
    assert!(scene.rows(&taken).await >= 1);
    let at_other = format!("responders where incident = '{other}' and answer is not null");
    assert_eq!(scene.rows(&at_other).await, 0);
    scene.app.mails().await;

    scene.app.clock.advance(Duration::minutes(6));
    let before = "messages where reason = 'escalation' and incident = '".to_owned();
    scene.app.mails().await;
    assert_eq!(scene.rows(&format!("{before}{other}'")).await, 0, "nobody is paged for it");
    assert_eq!(scene.rows(&format!("{before}{}'", scene.id)).await, 1, "the other goes on asking");
    scene.app.end().await;
}

#[tokio::test]
async fn a_page_that_waits_for_the_mail_server_leaves_as_one_of_the_incident_that_goes_on() {
    let (scene, other) = twice(1, 2).await;
    scene.fold(other).await; // before the worker has turned once

    let mails = scene.app.mails().await;
    for mail in &mails {
        assert!(mail.subject.starts_with("Level 2"), "{}", mail.subject);
    }
    let people: BTreeSet<_> = mails.iter().flat_map(|mail| &mail.to).collect();
    assert_eq!(people.len(), 4, "one for each role of the level: {people:?}");
    let pages = scene.rows("deliveries where state = 'sent'").await;
    assert_eq!(usize::try_from(pages).unwrap(), mails.len());
    let told = format!("entries where kind = 'page' and stream = '{other}'");
    assert_eq!(scene.rows(&told).await, 0, "the merged one's timeline has ended");
    scene.app.end().await;
}

#[tokio::test]
async fn an_undo_brings_it_back_with_what_happened_since() {
    let (scene, other) = twice(1, 2).await;
    scene.app.mails().await;
    let ada = scene.app.person("ada-lovelace").await.to_string();
    let id = scene.fresh_id();
    let task = [
        ("id", id.as_str()),
        ("kind", "task"),
        ("text", "Ask"),
        ("person", &ada),
        ("minutes", "30"),
    ];
    scene.press_on(other, "/entries", &task).await;
    scene.press_on(other, "/affected", &[("press", "down function.sign-in")]).await;
    let people = format!("select count(*)::text from responders where incident = '{}'", scene.id);
    let before = scene.text(&people).await;
    scene.fold(other).await;
    scene.press(&format!("/tasks/{id}"), &[("press", "done")]).await;
    scene.press("/affected", &[("press", "restored function.sign-in")]).await;
    scene.part(other).await;

    let stands =
        "select level || ' ' || phase || ' ' || (ended_at is null) from incidents where id = '";
    assert_eq!(scene.text(&format!("{stands}{other}'")).await, "2 declared true");
    assert_eq!(scene.text(&format!("{stands}{}'", scene.id)).await, "1 declared true");
    assert_eq!(scene.text(&people).await, before, "who came over has left again");
    let back = format!("tasks where incident = '{other}' and done_at is not null");
    assert_eq!(scene.rows(&back).await, 1, "done meanwhile");
    let restored = format!("affected where incident = '{other}' and restored_at is not null");
    assert_eq!(scene.rows(&restored).await, 1, "restored meanwhile");
    assert_eq!(scene.rows(&format!("affected where incident = '{}'", scene.id)).await, 0);
    let again =
        format!("clocks where incident = '{other}' and kind = 'escalate' and done_at is null");
    assert!(scene.rows(&again).await > 0, "its chains go on");
    let page = scene.ada.get(&format!("/incidents/{other}/timeline")).await.body;
    assert!(page.contains("goes on alone again, declared"), "{page}");
    assert!(scene.page(&scene.ada, "/timeline").await.contains("Undid the merge"));
    scene.fold(other).await; // and it can be merged once more
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_merge_is_undone_only_while_the_other_goes_on() {
    let (scene, other) = twice(1, 1).await;
    scene.app.mails().await;
    scene.fold(other).await;
    let page = scene.ada.get(&format!("/incidents/{other}")).await.body;
    scene.press("/phase", &[("step", "false-alarm")]).await;

    let undo = format!("/incidents/{other}/merge/undo");
    let late = scene.ada.post(&undo, &typed(&form(&page, &undo), &[])).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("reopen that one first"), "{}", late.body);
    let page = scene.ada.get(&format!("/incidents/{other}")).await.body;
    assert!(page.contains("That one is over"), "{page}");
    scene.press("/phase", &[("step", "reopen")]).await;
    scene.part(other).await;
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn the_public_reads_of_one_and_by_public_titles_alone() {
    let (scene, other) = twice(2, 2).await;
    let title =
        |title: &'static str, public: &'static str| [("title", title), ("public_title", public)];
    for (id, titles) in [
        (scene.id, title("PRIVATE ONE", "Booking is down")),
        (other, title("PRIVATE TWO", "Sign-in fails")),
    ] {
        let edit = format!("/incidents/{id}/edit");
        let page = scene.ada.get(&edit).await.body;
        let fields = form(&page, &edit);
        let done = scene.ada.post(&edit, &typed(&fields, &titles)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    }
    scene.app.mails().await;
    assert_eq!(scene.rows("public_incidents where ended_at is null").await, 2);
    scene.fold(other).await;

    assert_eq!(scene.rows("public_incidents where ended_at is null").await, 1);
    let rows = scene.app.public_rows().await;
    for words in [
        "This is the same incident as “Booking is down”. What follows is told there.",
        "“Sign-in fails” is the same incident. What follows is told here.",
    ] {
        assert!(rows.contains(words), "{words}: {rows}");
    }
    assert!(!rows.contains("PRIVATE"), "{rows}");
    scene.part(other).await;
    assert_eq!(scene.rows("public_incidents where ended_at is null").await, 2);
    let rows = scene.app.public_rows().await;
    assert!(rows.contains("“Sign-in fails” is told of on its own again."), "{rows}");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn drills_and_real_incidents_stay_apart_and_an_only_one_has_nothing_to_merge_into() {
    let scene = Scene::at_level(1).await;
    let drill = scene.app.declare(Kind::Drill, 1).await;
    let page = scene.page(&scene.ada, "/merge").await;
    assert!(page.contains("No other incident is open"), "{page}");
    assert!(!scene.page(&scene.ada, "/command").await.contains("Is it the same as another?"));

    let page = scene.ada.get(&format!("{}?into={}", merge(drill), scene.id)).await.body;
    assert!(page.contains("A drill and a real incident are never merged"), "{page}");
    assert!(!page.contains("name=\"seen\""), "{page}");
    let id = scene.fresh_id();
    let into = scene.id.to_string();
    let fields = [("id", id.as_str()), ("into", &into), ("seen", "1"), ("seen_into", "1")];
    let refused = scene.ada.post(&merge(drill), &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    scene.app.mails().await;
    scene.app.end().await;
}
