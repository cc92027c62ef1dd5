//! The database's clock is set by an hour or a day, forward or back, or the civil clock changes:
//! nothing fires twice, and nothing is missed or comes later than it would have.

mod signed_in;
mod timers;
mod two_servers;

use std::ops::RangeInclusive;

use muster::actions::answers::{Answer, answer};
use muster::actions::{incidents, sessions};
use muster::domain::id::DeliveryId;
use muster::domain::incident::Kind;
use muster::queue;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::support::app::TestApp;
use crate::support::smtp::Mail;

const HOUR: Duration = Duration::hours(1);
const DAY: Duration = Duration::days(1);
const STEPS: [Duration; 4] = [HOUR, DAY, Duration::hours(-1), Duration::days(-1)];
const NIGHTS: [OffsetDateTime; 2] = [
    datetime!(2027-03-28 00:55 UTC), // 5 min later it is 3 in the morning in Berlin
    datetime!(2027-10-31 00:55 UTC), // and here 2 for the second time
];

async fn at(night: Option<OffsetDateTime>) -> TestApp {
    let (app, _) = TestApp::on_plan().await;
    if let Some(night) = night {
        app.clock.advance(night - app.clock.now());
    }
    app.work().await;
    app
}

/// Whom, and what about; and the minute in which it came.
type Came = Vec<(i64, String, String)>;

/// The mails of these minutes, minute by minute, the first without any delay.
async fn minutes_from(app: &TestApp, minutes: RangeInclusive<i64>) -> Came {
    let mut came = Came::new();
    for minute in minutes {
        app.clock.advance(if minute == 0 { Duration::ZERO } else { Duration::MINUTE });
        let mails = app.mails().await;
        came.extend(
            mails.into_iter().map(|Mail { to, subject, .. }| (minute, to.concat(), subject)),
        );
    }
    came.sort();
    came
}

fn without_minutes(came: &Came) -> Vec<(&str, &str)> {
    let mut all: Vec<_> = came.iter().map(|(_, to, what)| (to.as_str(), what.as_str())).collect();
    all.sort_unstable();
    all
}

/// Level 1, paged and unanswered: its whole chain, and the question whether to raise it.
async fn unanswered(night: Option<OffsetDateTime>, step: Duration) -> Came {
    let app = at(night).await;
    app.declare(Kind::Real, 1).await;
    app.mails().await;
    app.clock.set(step);
    let mut came = minutes_from(&app, 0..=40).await;
    app.clock.advance(step.abs()); // a question about a time of day comes at that time of day
    came.extend(minutes_from(&app, 41..=41).await);
    app.end().await;
    came
}

#[tokio::test]
async fn a_chain_asks_everybody_once_and_never_later() {
    let usual = unanswered(None, Duration::ZERO).await;
    assert!(usual.len() > 6, "{usual:?}");

    for step in STEPS {
        let came = unanswered(None, step).await;
        assert_eq!(without_minutes(&came), without_minutes(&usual), "{step}");
        assert_eq!(pages(&came), pages(&usual), "{step}: each in its minute");
        let asked = came.iter().find(|(.., what)| what.contains("raise it")).map(|came| came.0);
        let wanted = if step.is_positive() { 0 } else { 41 };
        assert_eq!(asked, Some(wanted), "{step}: when it is that time of day");
    }
}

/// Without the question about a time of day.
fn pages(came: &Came) -> Came {
    came.iter().filter(|(.., what)| !what.contains("raise it")).cloned().collect()
}

#[tokio::test]
async fn what_was_before_the_step_keeps_its_time() {
    let app = at(None).await;
    app.declare(Kind::Real, 3).await;
    for _ in 0..2 {
        app.clock.advance(DAY * 2); // in the first of which all are paged who ever are
        app.mails().await;
    }
    let times = async || -> String {
        let sql = "select concat_ws(' ', (select held_until from incidents),
                       (select string_agg(started_at::text, ' ' order by role_key) from chains),
                       (select string_agg(paged_at::text, ' ' order by person) from responders),
                       (select string_agg(send_at::text, ' ' order by id) from deliveries))";
        sqlx::query_scalar(sql).fetch_one(app.db.pool().unwrap()).await.unwrap()
    };
    let before = times().await;

    for step in STEPS {
        app.clock.set(step);
        app.work().await;
        assert_eq!(times().await, before, "{step}");
        app.clock.set(-step);
        app.work().await;
    }
    app.mails().await;
    app.end().await;
}

#[tokio::test]
async fn a_night_in_which_the_civil_clock_changes_is_as_any_other() {
    let minutes_of =
        |came: Came| -> Vec<_> { came.into_iter().map(|(minute, to, _)| (minute, to)).collect() };
    let usual = minutes_of(unanswered(None, Duration::ZERO).await);

    for night in NIGHTS {
        let came = minutes_of(unanswered(Some(night), Duration::ZERO).await);
        assert_eq!(came, usual, "{night}");
    }
}

#[tokio::test]
async fn what_is_held_leaves_after_ten_seconds_and_is_undone_no_more() {
    for step in STEPS {
        let app = at(None).await;
        let incident = app.declare(Kind::Real, 3).await;
        app.clock.advance(Duration::seconds(4));
        app.clock.set(step);
        assert_eq!(app.mails().await.len(), 0, "{step}: too early");
        app.clock.advance(Duration::seconds(6));
        assert_eq!(app.mails().await.len(), 9, "{step}");
        let ada = app.person("ada-lovelace").await;
        let undone = incidents::undo(&app.db, incident, ada, app.clock.now()).await;
        assert!(undone.is_err(), "{step}: it has left");
        let words: i64 = sqlx::query_scalar("select count(*) from public_posts")
            .fetch_one(app.db.pool().unwrap())
            .await
            .unwrap();
        assert_eq!(words, 1, "{step}: first words to the public, once");
        app.end().await;
    }
}

#[tokio::test]
async fn an_undo_within_the_ten_seconds_takes_all_back() {
    for step in STEPS {
        let app = at(None).await;
        let incident = app.declare(Kind::Real, 3).await;
        app.clock.advance(Duration::seconds(4));
        app.clock.set(step);
        app.work().await;
        let ada = app.person("ada-lovelace").await;
        incidents::undo(&app.db, incident, ada, app.clock.now()).await.unwrap();

        for left in ["chains", "responders", "deliveries where state <> 'withdrawn'"] {
            let left = sqlx::AssertSqlSafe(format!("select count(*) from {left}"));
            let left: i64 =
                sqlx::query_scalar(left).fetch_one(app.db.pool().unwrap()).await.unwrap();
            assert_eq!(left, 0, "{step}");
        }
        assert_eq!(minutes_from(&app, 0..=5).await, [], "{step}");
        app.end().await;
    }
}

#[tokio::test]
async fn a_raise_that_is_undone_takes_back_nothing_that_had_left_before_the_step() {
    let app = at(None).await;
    let incident = app.declare(Kind::Real, 1).await;
    app.mails().await;
    app.clock.set(-DAY);
    app.work().await;
    let (ada, now) = (app.person("ada-lovelace").await, app.clock.now());
    incidents::raise(&app.db, incident, 3, ada, now).await.unwrap();
    incidents::undo(&app.db, incident, ada, now).await.unwrap();

    let came = minutes_from(&app, 0..=5).await;

    let jonas = came.iter().filter(|(minute, to, _)| *minute == 5 && to.starts_with("jonas"));
    assert_eq!(jonas.count(), 1, "his chain goes on: {came:?}");
    app.end().await;
}

#[tokio::test]
async fn who_has_it_is_asked_again_after_a_quarter_of_an_hour_and_answers_once() {
    for step in STEPS {
        let app = at(None).await;
        app.declare(Kind::Real, 1).await;
        app.mails().await;
        let page = sqlx::query_scalar("select id from deliveries");
        let page = DeliveryId(page.fetch_one(app.db.pool().unwrap()).await.unwrap());
        app.clock.set(step);
        app.work().await;
        for _ in 0..2 {
            answer(&app.db, page, Answer::Have, app.clock.now()).await.unwrap();
        }
        let said = sqlx::query_scalar("select count(*) from entries where kind = 'answer'");
        let said: i64 = said.fetch_one(app.db.pool().unwrap()).await.unwrap();
        assert_eq!(said, 1, "{step}: pressed twice");
        app.mails().await;
        app.clock.set(-step);

        let came = minutes_from(&app, 0..=20).await;

        let asked = came.iter().filter(|(.., what)| what.contains("still on it?"));
        let minutes: Vec<_> = asked.map(|(minute, ..)| *minute).collect();
        assert_eq!(minutes, [15], "{step}: {came:?}");
        app.end().await;
    }
}

#[tokio::test]
async fn a_dead_workers_page_is_taken_over_in_time_though_the_clock_was_set_back() {
    let app = at(None).await;
    app.declare(Kind::Real, 1).await;
    let mut conn = app.aside().await;
    let taken = queue::claim(&mut conn, 10, app.clock.now()).await.unwrap();
    assert_eq!(taken.len(), 1);
    app.clock.set(-DAY);

    app.clock.advance(Duration::seconds(1));
    assert_eq!(app.mails().await, [], "its lease has not lapsed");
    app.clock.advance(queue::LEASE);
    assert_eq!(app.mails().await.len(), 1);
    app.end().await;
}

#[tokio::test]
async fn a_typed_password_counts_no_longer_because_the_clock_was_set_back() {
    let (app, ada) = TestApp::owned().await;
    assert!(app.who(&ada).await.is_fresh(app.clock.now()));

    app.clock.set(-DAY);
    let token = ada.session.as_deref().unwrap().parse().unwrap();
    let who = sessions::find(&app.db, &app.ring, &token, app.clock.now()).await.unwrap();

    assert!(!who.expect("she is still signed in").is_fresh(app.clock.now()));
    app.end().await;
}
