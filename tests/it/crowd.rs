//! Five hundred sign in at once: the public page is as quick as before, and who came too late is told so.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hyper::StatusCode;
use hyper::header::RETRY_AFTER;
use muster::actions::sessions::{Visitor, mark, start};
use muster::secrets::SecretsError;

use crate::support::app::{PASSWORD, TestApp};
use crate::support::browser::{Answer, Browser};

const ADA: &str = "ada@example.org";
const CROWD: usize = 500;
/// Far above what it takes beside a crowd on a machine that is busy otherwise, and far below what it
/// took if it waited for one.
const SLOW: Duration = Duration::from_secs(1);

async fn sign_in(browser: &Browser) -> Answer {
    browser.post("/session", &[("email", ADA), ("password", PASSWORD)]).await
}

/// Browsers of as many people; each has signed in before, so that none is slowed for another's tries.
fn crowd(app: &TestApp) -> Vec<Browser> {
    (0..CROWD).map(|_| known(app)).collect()
}

fn known(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.mark = Some(mark(&app.ring, ADA).unwrap());
    browser
}

async fn look(browser: &Browser) -> Duration {
    let begun = Instant::now();
    let page = browser.get("/status").await;
    assert_eq!(page.status, StatusCode::OK);
    begun.elapsed()
}

/// The middle one, and the one that 99 of 100 are quicker than.
fn middle_and_worst(mut looks: Vec<Duration>) -> (Duration, Duration) {
    looks.sort_unstable();
    (looks[looks.len() / 2], looks[looks.len() * 99 / 100])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_five_hundred_sign_in_the_status_page_is_as_quick_as_before() {
    let (app, _) = TestApp::owned().await;
    let stranger = app.browser();
    let mut before = Vec::new();
    for _ in 0..100 {
        before.push(look(&stranger).await);
    }
    let hashed = app.passwords.runs();
    let crowd = crowd(&app);
    let coming = tokio::spawn(async move { join_all(crowd.iter().map(sign_in)).await });

    let mut beside = Vec::new();
    while !coming.is_finished() {
        beside.push(look(&stranger).await);
    }

    let answers = coming.await.unwrap();
    let (let_in, late): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == StatusCode::SEE_OTHER);
    for answer in &late {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    }
    assert!(let_in.len() >= 2 && beside.len() > 10, "{} {}", let_in.len(), beside.len());
    let hashed = app.passwords.runs() - hashed;
    assert!(hashed >= let_in.len() as u64, "nobody comes in unlooked at");
    let (before, beside) = (middle_and_worst(before), middle_and_worst(beside));
    println!("{} let in, {} late; {before:?} before, {beside:?} beside", let_in.len(), late.len());
    assert!(beside.0 < SLOW, "{beside:?}, {before:?} before");
    app.end().await;
}

#[tokio::test]
async fn who_comes_when_the_line_is_full_is_told_at_once_and_costs_the_database_nothing() {
    let (app, _) = TestApp::owned().await;
    let line: Vec<_> = std::iter::from_fn(|| app.passwords.line_up(false).ok()).collect();
    app.database(false).await; // whoever asked it would learn that it is away

    let stranger = sign_in(&app.browser()).await;

    assert_eq!(stranger.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stranger.headers[RETRY_AFTER], "6");
    assert!(stranger.body.contains("Many people sign in at this moment"), "{}", stranger.body);
    assert!(stranger.body.contains(ADA), "what was typed is kept: {}", stranger.body);
    app.database(true).await;
    drop(line);
    app.end().await;
}

#[tokio::test]
async fn a_crowd_of_strangers_keeps_nobody_out_who_signed_in_before() {
    let (app, ada) = TestApp::owned().await;
    let line: Vec<_> = std::iter::from_fn(|| app.passwords.line_up(false).ok()).collect();
    assert!(matches!(app.passwords.line_up(false), Err(SecretsError::Crowded)));

    assert_eq!(sign_in(&known(&app)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.get("/").await.status, StatusCode::OK, "who is in stays in");
    drop(line);
    app.end().await;
}

/// Runs a statement while nothing else of this thread goes on.
fn meanwhile(app: &TestApp, sql: &'static str) {
    let run = async { sqlx::query(sql).execute(&mut app.aside().await).await.unwrap() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::scope(|scope| scope.spawn(move || runtime.block_on(run)).join().unwrap());
}

#[tokio::test]
async fn whose_account_changes_while_their_password_is_checked_does_not_come_in() {
    let (app, _) = TestApp::owned().await;
    let hashed = app.passwords.runs();
    let visitor = Visitor { address: [192, 0, 2, 7].into(), mark: None };
    let typed = (ADA, PASSWORD);
    let now = app.clock.now();
    let mut coming = Box::pin(start(&app.db, &app.ring, &app.passwords, visitor, typed, now));
    let checked = poll_fn(|context| match app.passwords.runs() > hashed {
        true => Poll::Ready(()),
        false => coming.as_mut().poll(context).map(|_| panic!("nobody is let in unlooked at")),
    });
    checked.await;

    meanwhile(&app, "update accounts set version = version + 1");

    assert!(coming.await.unwrap().is_none());
    assert_eq!(app.tamper("select from sessions").await, 1, "hers of before");
    app.end().await;
}
