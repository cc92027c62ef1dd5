//! The table of routes: what each needs, written by hand, and held against the real one.

use hyper::StatusCode;
use muster::domain::rights::{Right, Rights};
use muster::web::router;
use muster::web::routes::Needs;

use crate::support::app::TestApp;
use crate::support::browser::Browser;

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
    ("GET", "/plan/things/{*path}", Needs::Right(Right::Own)),
    ("POST", "/plan/things/{*path}", Needs::Right(Right::Own)),
    ("GET", "/plan/additions/{*path}", Needs::Right(Right::Own)),
    ("POST", "/plan/additions/{*path}", Needs::Right(Right::Own)),
    ("GET", "/plan/removals/{*path}", Needs::Right(Right::Own)),
    ("POST", "/plan/changes/{*path}", Needs::Right(Right::Own)),
    ("GET", "/plan/runbooks/{key}", Needs::Right(Right::View)),
    ("GET", "/plan/revisions", Needs::Right(Right::View)),
    ("GET", "/plan/revisions/{number}", Needs::Right(Right::View)),
    ("GET", "/plan/revisions/{number}/export", Needs::Right(Right::View)),
    ("GET", "/plan/revisions/{number}/runbooks/{key}", Needs::Right(Right::View)),
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
