//! Set-up, signing in and out, and who may see what.

use hyper::StatusCode;
use muster::actions::accounts;
use muster::domain::rights::{Right, Rights};
use muster::web::router;
use muster::web::routes::Needs;
use time::Duration;

use crate::support::app::{Browser, PASSWORD, TestApp};

async fn set_up(app: &TestApp) -> String {
    let token = accounts::make_set_up_link(&app.db, app.clock.now()).await.unwrap();
    format!("/set-up/{}", token.expose())
}

fn form<'a>(name: &'a str, password: &'a str, again: &'a str) -> [(&'a str, &'a str); 4] {
    [("name", name), ("email", "ada@example.org"), ("password", password), ("again", again)]
}

#[tokio::test]
async fn the_set_up_link_makes_one_owner_who_is_signed_in_at_once() {
    let app = TestApp::new().await;
    let link = set_up(&app).await;
    let mut browser = app.browser();
    assert_eq!(browser.get(&link).await.status, StatusCode::OK);

    let answer = browser.post(&link, &form("Ada Lovelace", PASSWORD, PASSWORD)).await;

    assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, "/"));
    browser.session = answer.cookie;
    let front = browser.get("/").await;
    assert!(front.body.contains("Ada Lovelace"), "{}", front.body);
    let again = app.browser().post(&link, &form("Eve", PASSWORD, PASSWORD)).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    app.end().await;
}

#[tokio::test]
async fn until_there_is_an_owner_every_other_page_says_so() {
    let app = TestApp::new().await;

    for path in ["/", "/sign-in", "/style"] {
        let answer = app.browser().get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.body.contains("Not set up yet"), "{path}: {}", answer.body);
    }
    assert_eq!(app.browser().get("/healthz").await.status, StatusCode::OK);
    assert_eq!(app.browser().get("/readyz").await.status, StatusCode::OK);
    app.end().await;
}

#[tokio::test]
async fn a_set_up_link_lives_an_hour_and_the_newest_alone_works() {
    let app = TestApp::new().await;
    let (first, second) = (set_up(&app).await, set_up(&app).await);

    assert_eq!(app.browser().get(&first).await.status, StatusCode::CONFLICT);
    app.clock.advance(Duration::minutes(59));
    assert_eq!(app.browser().get(&second).await.status, StatusCode::OK);
    app.clock.advance(Duration::minutes(1));
    assert_eq!(app.browser().get(&second).await.status, StatusCode::CONFLICT);
    app.end().await;
}

#[tokio::test]
async fn a_refused_set_up_gives_back_what_was_typed_but_no_password() {
    let app = TestApp::new().await;
    let link = set_up(&app).await;

    for (password, again, words) in
        [("short", "short", "at least"), (PASSWORD, "another one altogether", "These two differ")]
    {
        let answer = app.browser().post(&link, &form("Ada <b>", password, again)).await;

        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(words), "{}", answer.body);
        assert!(answer.body.contains("Ada &#60;b&#62;"), "{}", answer.body);
        assert!(!answer.body.contains(PASSWORD));
    }
    app.end().await;
}

#[tokio::test]
async fn unknown_and_wrong_are_alike_in_words_and_in_work() {
    let (app, _) = TestApp::owned().await;
    let answers = [("ada@example.org", "not the password at all"), ("eve@example.org", PASSWORD)];
    let mut bodies = Vec::new();

    for (email, password) in answers {
        let before = app.passwords.runs();
        let fields = [("email", email), ("password", password)];
        let answer = app.browser().post("/session", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(app.passwords.runs() - before, 1, "{email}");
        bodies.push(answer.body.replace(email, ""));
    }

    assert_eq!(bodies[0], bodies[1]);
    app.end().await;
}

#[tokio::test]
async fn a_session_ends_by_signing_out_and_by_time() {
    let (app, browser) = TestApp::owned().await;
    let other = app.signed_in("ada@example.org").await;

    assert_eq!(browser.post("/session/end", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/").await.location, "/sign-in?next=/");

    for _ in 0..2 {
        app.clock.advance(Duration::days(29));
        assert_eq!(other.get("/").await.status, StatusCode::OK);
    }
    app.clock.advance(Duration::days(31));
    assert_eq!(other.get("/").await.location, "/sign-in?next=/");
    app.end().await;
}

#[tokio::test]
async fn a_session_in_daily_use_ends_after_ninety_days() {
    let (app, browser) = TestApp::owned().await;

    for _ in 0..9 {
        app.clock.advance(Duration::days(10));
        assert_eq!(browser.get("/").await.status, StatusCode::OK);
    }
    app.clock.advance(Duration::days(1));
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
    app.end().await;
}

#[tokio::test]
async fn rights_written_by_someone_who_holds_only_the_database_are_refused() {
    let (app, _) = TestApp::owned().await;
    app.account("Eve", "eve@example.org", Rights::from_iter([Right::View])).await;
    let eve = app.signed_in("eve@example.org").await;
    assert_eq!(eve.get("/").await.status, StatusCode::OK);

    let forged =
        "update accounts set rights = '{view,own,approve}' where email = 'eve@example.org'";
    assert_eq!(app.tamper(forged).await, 1);

    assert_eq!(eve.get("/").await.location, "/sign-in?next=/");
    app.end().await;
}

#[tokio::test]
async fn a_form_without_our_token_is_refused() {
    let (app, browser) = TestApp::owned().await;

    let answer = browser.post_raw("/session/end", "csrf=guessed".to_owned()).await;

    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    app.end().await;
}

/// Every route, and who may use it, written by hand.
const ROUTES: &[(&str, &str, Needs)] = &[
    ("GET", "/healthz", Needs::Nothing),
    ("GET", "/readyz", Needs::Nothing),
    ("GET", "/status", Needs::Nothing),
    ("GET", "/status.json", Needs::Nothing),
    ("GET", "/status/app.css", Needs::Nothing),
    ("GET", "/status/icon.svg", Needs::Nothing),
    ("GET", "/static/{name}", Needs::Nothing),
    ("GET", "/set-up/{token}", Needs::Link),
    ("POST", "/set-up/{token}", Needs::Link),
    ("GET", "/sign-in", Needs::SetUp),
    ("POST", "/session", Needs::SetUp),
    ("GET", "/invitation/{token}", Needs::Link),
    ("POST", "/invitation/{token}", Needs::Link),
    ("GET", "/answer/{token}", Needs::Link),
    ("POST", "/answer/{token}", Needs::Link),
    ("GET", "/incidents/{id}/calls", Needs::Right(Right::View)),
    ("POST", "/incidents/{id}/calls", Needs::Right(Right::Respond)),
    ("GET", "/incidents/{id}/messages", Needs::Right(Right::View)),
    ("GET", "/people", Needs::Right(Right::View)),
    ("GET", "/people/{id}", Needs::Right(Right::View)),
    ("POST", "/people/{id}/link", Needs::Right(Right::Own)),
    ("POST", "/people/{id}/rights", Needs::Right(Right::Own)),
    ("GET", "/declare", Needs::Right(Right::Respond)),
    ("GET", "/incidents", Needs::Right(Right::View)),
    ("POST", "/incidents", Needs::Right(Right::Respond)),
    ("GET", "/incidents/{id}", Needs::Right(Right::View)),
    ("POST", "/incidents/{id}/undo", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/level", Needs::Right(Right::Command)),
    ("POST", "/incidents/{id}/command", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/phase", Needs::Right(Right::Command)),
    ("POST", "/incidents/{id}/entries", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/affected", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/restorations", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/tellings", Needs::Right(Right::Respond)),
    ("POST", "/session/end", Needs::Right(Right::View)),
    ("GET", "/", Needs::Right(Right::View)),
    ("GET", "/plan", Needs::Right(Right::View)),
    ("GET", "/plan/export", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/timeline", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/live", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/record", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/record.jsonl", Needs::Right(Right::View)),
    ("GET", "/plan/revisions/new", Needs::Right(Right::Own)),
    ("POST", "/plan/revisions/new", Needs::Right(Right::Own)),
    ("POST", "/plan/revisions", Needs::Right(Right::Own)),
    ("GET", "/plan/runbooks/{key}", Needs::Right(Right::View)),
    ("GET", "/settings", Needs::Right(Right::Own)),
    ("POST", "/settings/mail", Needs::Right(Right::Own)),
    ("POST", "/settings/mail/remove", Needs::Right(Right::Own)),
    ("POST", "/settings/mail/test", Needs::Right(Right::Own)),
    ("GET", "/style", Needs::Right(Right::View)),
];

#[tokio::test]
async fn every_route_stands_in_the_table() {
    let (app, _) = TestApp::owned().await;
    let routes = router::routes(&app.state);
    let mut real: Vec<_> =
        routes.table().iter().map(|(m, p, n)| (m.as_str(), *p, format!("{n:?}"))).collect();
    let mut expected: Vec<_> = ROUTES.iter().map(|(m, p, n)| (*m, *p, format!("{n:?}"))).collect();
    real.sort();
    expected.sort();

    assert_eq!(real, expected);
    app.end().await;
}

#[tokio::test]
async fn every_route_is_open_to_its_right_alone() {
    let (app, _) = TestApp::owned().await;
    let mut people = Vec::new();
    for right in Right::ALL {
        let email = format!("{}@example.org", right.name());
        app.account(right.name(), &email, Rights::from_iter([right])).await;
        people.push((Rights::from_iter([right]), app.signed_in(&email).await));
    }

    for (method, path, needs) in ROUTES {
        let Needs::Right(right) = needs else { continue };
        let path = path.replace("{id}", "01930000-0000-7000-8000-00000000ffff");
        let nobody = ask(&app.browser(), method, &path).await;
        assert_eq!(nobody, StatusCode::SEE_OTHER, "{method} {path} for nobody");
        for (rights, browser) in &people {
            if *path == *"/session/end" {
                continue; // would end the session that the next rows need
            }
            let refused = ask(browser, method, &path).await == StatusCode::FORBIDDEN;
            assert_eq!(refused, !rights.allow(*right), "{method} {path} for {rights}");
        }
    }
    app.end().await;
}

#[tokio::test]
async fn an_unknown_address_is_a_calm_page_with_a_way_on() {
    let (app, browser) = TestApp::owned().await;

    let answer = browser.get("/nothing/here").await;

    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("To the front page"), "{}", answer.body);
    app.end().await;
}

async fn ask(browser: &Browser, method: &str, path: &str) -> StatusCode {
    match method {
        "POST" => browser.post(path, &[]).await.status,
        _ => browser.get(path).await.status,
    }
}
