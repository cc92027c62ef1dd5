//! What the public reads of the past: bars, history and feed, from what was published.

use std::io::Write;
use std::process::{Command, Stdio};

use muster::actions::incidents::{self, Step};
use muster::actions::plans;
use muster::actions::publishing::{self, Start};
use muster::domain::id::{IncidentId, PersonId};
use muster::domain::incident::{Kind, Outage};
use serde_json::Value;
use time::Duration;

use super::{long_known, pass, scene};
use crate::support::app::{LABITORY, TestApp};

/// A real incident of a year's installation, with bookings down since its first words.
async fn outage(app: &TestApp, ada: PersonId) -> IncidentId {
    long_known(app).await;
    let id = app.declare(Kind::Real, 3).await;
    let (db, now) = (&app.db, app.clock.now());
    let down = ("component.booking", Outage::Down);
    incidents::declare_down(db, id, down, Some(now), ada, now).await.unwrap();
    pass(app, Duration::seconds(10)).await;
    id
}

async fn say(app: &TestApp, id: IncidentId, ada: PersonId, start: Start, words: &str) {
    let desk = publishing::desk(&app.db, id, ada).await.unwrap();
    let mut update = desk.begin(start, app.clock.now());
    update.words = words.to_owned();
    publishing::update(&app.db, id, update, ada, app.clock.now()).await.unwrap();
}

async fn step(app: &TestApp, id: IncidentId, step: Step, ada: PersonId) {
    incidents::step(&app.db, id, step, ada, app.clock.now()).await.unwrap();
}

/// What the page says of bookings.
fn bookings(page: &str) -> &str {
    part(page, "Bookings")
}

/// What the page says of a component of this name.
fn part<'p>(page: &'p str, name: &str) -> &'p str {
    let part = page.split(&format!("<h3 dir=\"auto\">{name}</h3>")).nth(1).unwrap();
    part.split("</li>").next().unwrap()
}

/// The feed's entries, newest first, once a parser that knows the RFC alone found nothing wrong.
async fn entries(app: &TestApp) -> Vec<Value> {
    let feed = app.browser().get("/status.atom").await;
    assert_eq!(feed.headers["content-type"], "application/atom+xml; charset=utf-8");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check_feed.py");
    let mut python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    python.stdin.take().unwrap().write_all(&feed.bytes).unwrap();
    let checked = python.wait_with_output().unwrap();
    assert!(checked.status.success(), "{}", feed.body);
    serde_json::from_slice(&checked.stdout).unwrap()
}

#[tokio::test]
async fn what_the_first_words_told_of_counts_since_the_incident_began_and_ends_with_its_repair() {
    let (app, ada) = scene().await;
    let id = outage(&app, ada).await;
    app.tamper("update public_incidents set since = since - interval '14 minutes'").await;

    let page = pass(&app, Duration::seconds(50)).await.body;
    assert!(bookings(&page).contains("<title>14 Nov: down 15 min</title>"), "{page}");
    assert!(bookings(&page).contains(": 1 outage, 15 min</small>"), "{page}");

    let (db, now) = (&app.db, app.clock.now());
    incidents::restore(db, id, "component.booking", ada, now).await.unwrap();
    let page = pass(&app, Duration::hours(1)).await.body;
    assert!(bookings(&page).contains(">working</span>"), "{page}");
    assert!(bookings(&page).contains("99.98 % available in 90 days: 1 outage, 15 min"), "{page}");
    let history = app.browser().get("/status/history.html").await.body;
    assert!(history.contains("14 Nov: down 15 min"), "{history}");
    app.end().await;
}

#[tokio::test]
async fn a_false_alarm_was_no_outage_until_it_is_open_again() {
    let (app, ada) = scene().await;
    let id = outage(&app, ada).await;
    app.clock.advance(Duration::minutes(20));

    step(&app, id, Step::FalseAlarm, ada).await;
    let page = pass(&app, Duration::seconds(1)).await.body;
    assert!(bookings(&page).contains(">100 % available in 90 days</small>"), "{page}");

    step(&app, id, Step::Reopen, ada).await;
    let promised = "select from public_incidents where next_by is not null";
    assert_eq!(app.tamper(promised).await, 0, "a promise of before is none");
    let page = pass(&app, Duration::minutes(1)).await.body;
    assert!(bookings(&page).contains("2 outages, 21 min in all</small>"), "{page}");
    app.end().await;
}

#[tokio::test]
async fn what_was_before_the_plan_named_a_component_is_unknown_and_not_well() {
    let (app, _) = scene().await;
    app.clock.advance(Duration::days(9));
    let name = "key = \"booking\"";
    let renamed = LABITORY.replacen("name = \"Bookings\"", "name = \"Bookings and rooms\"", 1);
    assert!(LABITORY.contains(name) && renamed != LABITORY);
    plans::import(&app.db, &renamed, None, None, app.clock.now()).await.unwrap();

    let page = pass(&app, Duration::seconds(1)).await.body;

    let part = page.split("<h3 dir=\"auto\">Bookings and rooms</h3>").nth(1).unwrap();
    let words = "100 % available in 9 days; unknown before";
    assert!(part.contains(words), "known since the first plan: {page}");
    assert!(part.contains("<path class=\"none\" d=\"M0 30h399\"/>"), "{part}");
    app.end().await;
}

#[tokio::test]
async fn what_is_told_after_the_first_words_counts_from_when_it_is_told() {
    let (app, ada) = scene().await;
    let id = outage(&app, ada).await;
    app.tamper("update public_incidents set since = since - interval '14 minutes'").await;
    app.clock.advance(Duration::minutes(10));
    let (db, now) = (&app.db, app.clock.now());
    let down = ("component.files", Outage::Down);
    incidents::declare_down(db, id, down, Some(now), ada, now).await.unwrap();

    let page = pass(&app, Duration::minutes(5)).await.body;

    let files = part(&page, "Files and media");
    assert!(files.contains(": 1 outage, 5 min</small>"), "{files}");
    say(&app, id, ada, Start::Prepared, "Both are down still.").await;
    assert_eq!(app.tamper("select from component_states").await, 2, "what lasts is told once");
    app.end().await;
}

#[tokio::test]
async fn a_component_that_was_off_the_page_is_known_since_it_came_back() {
    let (app, _) = scene().await;
    let shown = "name = \"Bookings\"\npublic = true";
    let hidden = LABITORY.replacen(shown, "name = \"Bookings\"\npublic = false", 1);
    assert_ne!(hidden, LABITORY);
    for plan in [&hidden, LABITORY] {
        app.clock.advance(Duration::days(5));
        plans::import(&app.db, plan, None, None, app.clock.now()).await.unwrap();
    }

    let page = pass(&app, Duration::days(3)).await.body;

    assert!(bookings(&page).contains("available in 3 days; unknown before"), "{page}");
    let files = part(&page, "Files and media");
    assert!(files.contains("available in 13 days; unknown before"), "{files}");
    app.end().await;
}

#[tokio::test]
async fn of_a_component_that_is_not_for_the_public_nothing_is_told() {
    let (app, ada) = scene().await;
    let id = outage(&app, ada).await;
    let (db, now) = (&app.db, app.clock.now());
    let down = ("function.sign-in", Outage::Down); // which stands on the database, too
    incidents::declare_down(db, id, down, Some(now), ada, now).await.unwrap();

    let told = "select from component_states where key in ('booking', 'sign-in')";
    assert_eq!(app.tamper(told).await, 2);
    assert_eq!(app.tamper("select from component_states").await, 2);
    app.end().await;
}

#[tokio::test]
async fn a_component_without_a_note_of_its_own_is_known_since_the_plan_in_force() {
    let (app, _) = scene().await;
    app.tamper("delete from public_components").await; // as if the release before had brought it in

    let page = pass(&app, Duration::days(3)).await.body;

    assert!(bookings(&page).contains("available in 3 days; unknown before"), "{page}");
    app.end().await;
}

#[tokio::test]
async fn the_feed_holds_what_rfc_4287_asks_and_every_post_under_a_name_that_stays() {
    let (app, ada) = scene().await;
    pass(&app, Duration::seconds(1)).await;
    assert_eq!(entries(&app).await.len(), 0, "a feed without a post is one");
    let id = outage(&app, ada).await;
    app.clock.advance(Duration::minutes(1));
    say(&app, id, ada, Start::Prepared, "It is the <disk> & \"its\" cable.\nSoon.\n\nMore").await;
    pass(&app, Duration::minutes(1)).await;
    let before = entries(&app).await;
    assert_eq!(before.len(), 2);
    assert_eq!(before[0]["words"], "It is the <disk> & \"its\" cable. Soon. More");

    let posts = publishing::desk(&app.db, id, ada).await.unwrap().said;
    say(&app, id, ada, Start::Corrected(posts[0].post.id), "It is the power.").await;
    step(&app, id, Step::FalseAlarm, ada).await;
    pass(&app, Duration::minutes(1)).await;
    let after = entries(&app).await;

    let names = |entries: &[Value]| entries.iter().map(|e| e["id"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&before), names(&after)[2..]);
    assert_eq!(after[0]["words"], "This was a false alarm: nothing was wrong.");
    assert_eq!(
        after[2]["words"],
        "These words were wrong. They were corrected 14 Nov 2026, 03:14 CET."
    );
    assert_eq!(after[2]["updated"], after[1]["published"]);
    assert_eq!(after[1]["page"], "status/incidents/1.html");
    let tag = |a: &crate::support::browser::Answer| a.headers["etag"].clone();
    let first = tag(&app.browser().get("/status.atom").await);
    pass(&app, Duration::minutes(5)).await;
    assert_eq!(tag(&app.browser().get("/status.atom").await), first, "time alone is no news");
    app.end().await;
}

#[tokio::test]
async fn a_drill_is_in_no_bar_no_feed_and_no_history() {
    let (app, ada) = scene().await;
    long_known(&app).await;
    let before = pass(&app, Duration::seconds(1)).await;
    let history = app.browser().get("/status/history.html").await.body.len();
    let id = app.declare(Kind::Drill, 4).await;
    let now = app.clock.now();
    let down = ("component.booking", Outage::Down);
    incidents::declare_down(&app.db, id, down, Some(now), ada, now).await.unwrap();
    app.clock.advance(Duration::minutes(1));
    say(&app, id, ada, Start::Prepared, "We practise.").await;

    let after = pass(&app, Duration::seconds(1)).await;

    assert!(bookings(&after.body).contains(">100 % available in"), "{}", after.body);
    assert_eq!(before.body.len(), after.body.len(), "{}", after.body);
    assert!(entries(&app).await.is_empty());
    let now = app.browser().get("/status/history.html").await.body;
    assert_eq!(now.len(), history, "{now}");
    app.end().await;
}
