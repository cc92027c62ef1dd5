//! Several `muster serve` on one database, as processes: each page is sent by one of them, what a dead
//! one had in hand is taken by another, and one that slept changes nothing when it wakes.

pub(crate) mod process;

use std::time::Duration;

use muster::domain::incident::Kind;
use nix::sys::signal::Signal;
use time::OffsetDateTime;

use crate::support::app::TestApp;
use crate::support::program::MUSTER;
use crate::support::smtp::{Behaviour, Mail};
use process::{Server, Shared, within};

const JONAS: &str = "jonas.brandt@example.org";
/// Within so long another server takes over.
const TAKEN_OVER: Duration = Duration::from_secs(15);

/// An installation whose clock has the database's time, which processes go by.
async fn app_of_today() -> (TestApp, Shared) {
    let (app, _) = TestApp::on_plan().await;
    let now: OffsetDateTime =
        sqlx::query_scalar("select now()").fetch_one(app.db.pool().unwrap()).await.unwrap();
    app.clock.advance(now - app.clock.now());
    let shared = Shared {
        program: MUSTER.into(),
        database: app.database_url(),
        ring: app.ring_path(),
        smtp: app.sink.url(),
    };
    (app, shared)
}

async fn count(app: &TestApp, what: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("select count(*) from {what}"));
    sqlx::query_scalar(sql).fetch_one(app.db.pool().unwrap()).await.unwrap()
}

fn identities(mails: &[Mail]) -> Vec<&str> {
    let mut all: Vec<_> = mails.iter().map(|mail| mail.header("Message-ID").unwrap()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[tokio::test]
async fn of_three_servers_one_sends_each_page_and_none_takes_the_other_for_an_old_copy() {
    let (app, shared) = app_of_today().await;
    let (one, mut two, mut three) =
        tokio::join!(Server::start(&shared), Server::start(&shared), Server::start(&shared));
    for _ in 0..8 {
        app.declare(Kind::Real, 3).await;
    }

    let open = "deliveries where state not in ('sent', 'withdrawn')";
    let sent = async || app.sink.mails().len() >= 72 && count(&app, open).await == 0;
    within(Duration::from_secs(30), sent).await;
    let mut again = one.again(&shared).await; // its heads are older than what the others wrote meanwhile
    for server in [&mut two, &mut three, &mut again] {
        server.stop().await;
    }

    let mails = app.sink.take_mails();
    let tries = count(&app, "attempts where moment = 'begun'").await;
    let taken_over = count(&app, "jobs where attempt > 1").await;
    assert_eq!(identities(&mails).len(), 72, "each page");
    assert!(
        i64::try_from(mails.len()).unwrap() <= tries,
        "each send is on record: {} of {tries}",
        mails.len()
    );
    assert!(
        tries <= 72 + taken_over,
        "{tries} tries, {taken_over} taken over from who was starved"
    );
    assert_eq!(count(&app, "installation where quarantined_at is not null").await, 0);
    app.end().await;
}

#[tokio::test]
async fn what_a_killed_server_had_in_hand_is_sent_by_another_within_15_s() {
    let (app, shared) = app_of_today().await;
    app.sink.behave(JONAS, Behaviour::Hang);
    let mut first = Server::start(&shared).await;
    app.declare(Kind::Real, 1).await;
    app.sink.wait_for_tries(JONAS, 1).await;
    let mut second = Server::start(&shared).await;
    app.sink.behave(JONAS, Behaviour::Accept);

    first.kill();

    within(TAKEN_OVER, async || app.sink.mails().len() == 1).await;
    second.stop().await;
    assert_eq!(app.sink.take_mails().len(), 1);
    assert_eq!(count(&app, "attempts where moment = 'begun'").await, 2, "both tries on record");
    assert_eq!(count(&app, "deliveries where state = 'sent'").await, 1);
    app.end().await;
}

#[tokio::test]
async fn a_server_that_slept_changes_nothing_when_it_wakes() {
    let (app, shared) = app_of_today().await;
    app.sink.behave(JONAS, Behaviour::Hang);
    let mut first = Server::start(&shared).await;
    app.declare(Kind::Real, 1).await;
    app.sink.wait_for_tries(JONAS, 1).await;
    first.signal(Signal::SIGSTOP);
    let mut second = Server::start(&shared).await;
    app.sink.behave(JONAS, Behaviour::Accept);
    let done = "jobs where state = 'done' and attempt = 2";
    within(TAKEN_OVER, async || count(&app, done).await == 1).await;
    let before = rows(&app).await;

    first.signal(Signal::SIGCONT);
    first.stop().await; // finishing whatever it thinks is still its own

    assert_eq!(rows(&app).await, before);
    assert_eq!(app.sink.take_mails().len(), 1);
    second.stop().await;
    app.end().await;
}

/// How the one delivery and its job stand.
async fn rows(app: &TestApp) -> String {
    let sql = "select d.state || ' ' || d.settled_at || ' ' || j.state || ' ' || j.attempt || ' '
                      || j.finished_at
               from deliveries d, jobs j where j.kind = 'send-delivery'";
    sqlx::query_scalar(sql).fetch_one(app.db.pool().unwrap()).await.unwrap()
}
