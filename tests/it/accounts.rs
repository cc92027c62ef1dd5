//! Set-up, signing in and out, and who may see what.

use hyper::StatusCode;
use muster::actions::accounts;
use muster::domain::incident::Kind;
use muster::domain::rights::{Right, Rights};
use muster::secrets::Token;
use muster::web::router;
use muster::web::routes::Needs;
use time::Duration;

use crate::support::app::{PASSWORD, TestApp};

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

    for (password, again, words) in [
        ("short", "short", "at least"),
        ("password1234", "password1234", "tried first"),
        (PASSWORD, "another one altogether", "These two differ"),
    ] {
        let answer = app.browser().post(&link, &form("Ada <b>", password, again)).await;

        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(words), "{}", answer.body);
        assert!(answer.body.contains("Ada &#60;b&#62;"), "{}", answer.body);
        assert!(!answer.body.contains(PASSWORD));
    }
    app.end().await;
}

#[tokio::test]
async fn unknown_wrong_and_shut_out_are_alike_in_words_and_in_work() {
    let (app, ada) = TestApp::owned().await;
    for (name, email, deed) in
        [("Bob", "bob@example.org", "suspension"), ("Cy", "cy@example.org", "absence")]
    {
        app.account(name, email, Rights::from_iter([Right::View])).await;
        let person = app.person(&name.to_lowercase()).await;
        let done = ada.post(&format!("/people/{person}/{deed}"), &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
    }
    let answers = [
        ("ada@example.org", "not the password at all"),
        ("eve@example.org", PASSWORD),
        ("bob@example.org", PASSWORD),
        ("cy@example.org", PASSWORD),
    ];
    let mut bodies = Vec::new();

    for (email, password) in answers {
        let before = app.passwords.runs();
        let fields = [("email", email), ("password", password)];
        let answer = app.browser().post("/session", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(app.passwords.runs() - before, 1, "{email}");
        bodies.push(answer.body.replace(email, ""));
    }

    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:#?}");
    app.end().await;
}

#[tokio::test]
async fn each_sign_in_has_a_token_of_its_own_that_stands_nowhere_but_in_the_browser() {
    let (app, first) = TestApp::owned().await;
    let second = first.clone();
    let typed = [("email", "ada@example.org"), ("password", PASSWORD)];
    let again = second.post("/session", &typed).await;
    let (old, new) = (first.session.unwrap(), again.cookie.unwrap());

    assert_ne!(old, new, "signing in over an old cookie makes a new session");
    for token in [old, new] {
        let token: Token = token.parse().unwrap();
        let hash: String = token.hash().iter().map(|byte| format!("{byte:02x}")).collect();
        let hashed = format!("select from sessions where encode(token_hash, 'hex') = '{hash}'");
        assert_eq!(app.tamper(&hashed).await, 1);
        let clear = format!("select from sessions s where s::text like '%{}%'", token.expose());
        assert_eq!(app.tamper(&clear).await, 0);
    }
    app.end().await;
}

#[tokio::test]
async fn after_signing_in_one_goes_on_to_pages_of_ours_alone() {
    let (app, _) = TestApp::owned().await;
    for (next, leads_to) in [
        ("/people?x=1", "/people?x=1"),
        ("", "/"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        let typed = [("email", "ada@example.org"), ("password", PASSWORD), ("next", next)];
        let answer = app.browser().post("/session", &typed).await;
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, leads_to));
    }
    let page = app.browser().get("/sign-in?next=//evil.example").await;
    assert!(!page.body.contains("evil"), "{}", page.body);
    app.end().await;
}

#[tokio::test]
async fn no_private_page_is_kept_by_a_browser() {
    let (app, ada) = TestApp::on_plan().await;
    let incident = app.declare(Kind::Drill, 1).await.to_string();
    app.mails().await;
    let person = app.person("hana-sato").await.to_string();
    for (method, path, needs) in router::routes(&app.state).table() {
        let private = matches!(needs, Needs::Right(_) | Needs::Link | Needs::SetUp);
        if method != "GET" || !private || path.ends_with("/live") {
            continue; // a live stream has no end to wait for
        }
        let id = if path.starts_with("/people") { &person } else { &incident };
        let path = path.replace("{id}", id).replace("{key}", "x").replace("{token}", "x");

        let answer = ada.get(&path).await;

        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
    }
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
    app.expect_error("seal does not hold");

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
