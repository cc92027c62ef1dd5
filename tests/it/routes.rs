//! The table of routes: what each needs, written by hand, and held against the real one.

use hyper::StatusCode;
use muster::domain::rights::{Right, Rights};
use muster::web::router;
use muster::web::routes::Needs;

use crate::support::app::TestApp;
use crate::support::browser::Browser;

/// An owner with a fresh password; what the page that asks for it says is not this table's matter.
const FRESH_OWN: Needs = Needs::Fresh(Right::Own, "");

/// What owners may press that changes nothing, and so asks for no password.
const LOOKS: [&str; 6] = [
    "/plan/revisions/new",
    "/plan/things/{*path}",
    "/plan/additions/{*path}",
    "/settings/mail/test",
    "/recovery/sites/{id}/look",
    "/recovery/sites/{id}/drafts/{draft}/withdrawal",
];

/// Every route, and who may use it, written by hand.
const ROUTES: &[(&str, &str, Needs)] = &[
    ("GET", "/healthz", Needs::Nothing),
    ("GET", "/readyz", Needs::Nothing),
    ("GET", "/status", Needs::Nothing),
    ("GET", "/status.html", Needs::Nothing),
    ("GET", "/status.json", Needs::Nothing),
    ("GET", "/status.atom", Needs::Nothing),
    ("GET", "/status/history.html", Needs::Nothing),
    ("GET", "/status/incidents/{name}", Needs::Nothing),
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
    ("GET", "/people/new", Needs::Right(Right::Own)),
    ("POST", "/people", FRESH_OWN),
    ("POST", "/people/{id}", FRESH_OWN),
    ("POST", "/people/{id}/methods", FRESH_OWN),
    ("POST", "/people/{id}/methods/order", FRESH_OWN),
    ("POST", "/people/{id}/methods/{method}/removal", FRESH_OWN),
    ("POST", "/people/{id}/methods/{method}/removal/undo", FRESH_OWN),
    ("POST", "/people/{id}/methods/{method}/verification", FRESH_OWN),
    ("POST", "/people/{id}/methods/{method}/call", Needs::Right(Right::Respond)),
    ("POST", "/people/{id}/absence", FRESH_OWN),
    ("POST", "/people/{id}/absence/end", FRESH_OWN),
    ("POST", "/people/{id}/suspension", FRESH_OWN),
    ("POST", "/people/{id}/suspension/end", FRESH_OWN),
    ("GET", "/me", Needs::Right(Right::View)),
    ("POST", "/me", Needs::Right(Right::View)),
    ("POST", "/me/password", Needs::Right(Right::View)),
    ("POST", "/me/address", Needs::Fresh(Right::View, "")),
    ("POST", "/me/sessions/end", Needs::Right(Right::View)),
    ("POST", "/me/methods", Needs::Right(Right::View)),
    ("POST", "/me/methods/order", Needs::Right(Right::View)),
    ("POST", "/me/methods/{method}/removal", Needs::Right(Right::View)),
    ("POST", "/me/methods/{method}/removal/undo", Needs::Right(Right::View)),
    ("POST", "/me/methods/{method}/verification", Needs::Right(Right::View)),
    ("GET", "/verification/{token}", Needs::Link),
    ("POST", "/verification/{token}", Needs::Link),
    ("POST", "/people/{id}/link", FRESH_OWN),
    ("POST", "/people/{id}/rights", FRESH_OWN),
    ("GET", "/declare", Needs::Right(Right::Respond)),
    ("GET", "/incidents", Needs::Right(Right::View)),
    ("POST", "/incidents", Needs::Right(Right::Respond)),
    ("GET", "/incidents/{id}", Needs::Right(Right::View)),
    ("POST", "/incidents/{id}/undo", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/level", Needs::Right(Right::Command)),
    ("POST", "/incidents/{id}/command", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/phase", Needs::Right(Right::Command)),
    ("GET", "/incidents/{id}/merge", Needs::Right(Right::Command)),
    ("POST", "/incidents/{id}/merge", Needs::Right(Right::Command)),
    ("POST", "/incidents/{id}/merge/undo", Needs::Right(Right::Command)),
    ("POST", "/incidents/{id}/entries", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/affected", Needs::Right(Right::Respond)),
    ("GET", "/incidents/{id}/tellings", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/restore", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/tellings/{audience}", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/affected", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/tasks", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/runbooks", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/runbooks/{key}", Needs::Right(Right::View)),
    ("POST", "/incidents/{id}/runbooks/{key}", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/checklists/{key}", Needs::Right(Right::Respond)),
    ("GET", "/incidents/{id}/command", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/briefing", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/roles/{key}", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/entries/{seq}", Needs::Right(Right::View)),
    ("GET", "/incidents/{id}/edit", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/edit", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/answer", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/roles/{key}", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/stay", Needs::Right(Right::Command)),
    ("POST", "/incidents/{id}/entries/{seq}/correction", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/tasks/{task}", Needs::Right(Right::Respond)),
    ("POST", "/incidents/{id}/restore", Needs::Right(Right::Command)),
    ("POST", "/incidents/{id}/restore/{order}/stop", Needs::Right(Right::Command)),
    ("POST", "/incidents/{id}/tellings", Needs::Right(Right::Respond)),
    ("GET", "/incidents/{id}/update", Needs::Right(Right::View)),
    // Who may publish is said by the incident: the right `command`, or the duty marked `words`.
    ("POST", "/incidents/{id}/update", Needs::Right(Right::View)),
    ("POST", "/incidents/{id}/stars", Needs::Right(Right::Respond)),
    ("GET", "/postmortems", Needs::Right(Right::View)),
    ("GET", "/postmortems/{id}", Needs::Right(Right::View)),
    ("GET", "/postmortems/{id}/export", Needs::Right(Right::View)),
    ("POST", "/postmortems/{id}/state", Needs::Right(Right::Command)),
    ("GET", "/postmortems/{id}/sections/{place}", Needs::Right(Right::Respond)),
    ("POST", "/postmortems/{id}/sections/{place}", Needs::Right(Right::Respond)),
    ("POST", "/postmortems/{id}/items", Needs::Right(Right::Respond)),
    ("GET", "/postmortems/{id}/items/{item}", Needs::Right(Right::Respond)),
    ("POST", "/postmortems/{id}/items/{item}", Needs::Right(Right::Respond)),
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
    ("POST", "/plan/revisions", FRESH_OWN),
    ("GET", "/plan/things/{*path}", Needs::Right(Right::Own)),
    ("POST", "/plan/things/{*path}", Needs::Right(Right::Own)),
    ("GET", "/plan/additions/{*path}", Needs::Right(Right::Own)),
    ("POST", "/plan/additions/{*path}", Needs::Right(Right::Own)),
    ("GET", "/plan/removals/{*path}", Needs::Right(Right::Own)),
    ("POST", "/plan/changes/{*path}", FRESH_OWN),
    ("GET", "/plan/runbooks/{key}", Needs::Right(Right::View)),
    ("GET", "/plan/revisions", Needs::Right(Right::View)),
    ("GET", "/plan/revisions/{number}", Needs::Right(Right::View)),
    ("GET", "/plan/revisions/{number}/export", Needs::Right(Right::View)),
    ("GET", "/plan/revisions/{number}/runbooks/{key}", Needs::Right(Right::View)),
    ("GET", "/settings", Needs::Right(Right::Own)),
    ("POST", "/settings/mail", FRESH_OWN),
    ("POST", "/settings/mail/remove", FRESH_OWN),
    ("POST", "/settings/mail/test", Needs::Right(Right::Own)),
    ("GET", "/jobs", Needs::Right(Right::Own)),
    ("POST", "/jobs/{id}/retry", FRESH_OWN),
    ("POST", "/quarantine/end", FRESH_OWN),
    ("POST", "/jobs/{id}/cancellation", FRESH_OWN),
    ("POST", "/agent/join", Needs::Link),
    ("POST", "/agent/hello", Needs::SetUp),
    ("POST", "/agent/report", Needs::Agent),
    ("POST", "/agent/database", Needs::Agent),
    ("POST", "/agent/proof", Needs::Agent),
    ("POST", "/agent/order", Needs::Agent),
    ("POST", "/agent/expiry", Needs::Agent),
    ("POST", "/agent/drafts", Needs::Agent),
    ("POST", "/agent/draft", Needs::Agent),
    ("POST", "/agent/poll", Needs::Agent),
    ("POST", "/agent/end", Needs::Agent),
    ("GET", "/recovery", Needs::Right(Right::View)),
    ("POST", "/recovery/sites", FRESH_OWN),
    ("POST", "/recovery/own", FRESH_OWN),
    ("POST", "/recovery/kit", FRESH_OWN),
    ("POST", "/recovery/sites/{id}/kit", FRESH_OWN),
    ("GET", "/recovery/sites/{id}", Needs::Right(Right::View)),
    ("GET", "/recovery/sites/{id}/databases/{name}", Needs::Right(Right::View)),
    ("POST", "/recovery/sites/{id}/databases/{name}/orders", Needs::Right(Right::Command)),
    (
        "POST",
        "/recovery/sites/{id}/databases/{name}/orders/{order}/withdrawal",
        Needs::Right(Right::Command),
    ),
    ("POST", "/recovery/sites/{id}/databases/{name}/holds", Needs::Right(Right::Command)),
    (
        "POST",
        "/recovery/sites/{id}/databases/{name}/holds/{hold}/end",
        Needs::Right(Right::Command),
    ),
    ("GET", "/recovery/sites/{id}/protect", Needs::Right(Right::Own)),
    ("POST", "/recovery/sites/{id}/protect", FRESH_OWN),
    ("GET", "/recovery/sites/{id}/repository", Needs::Right(Right::Own)),
    ("POST", "/recovery/sites/{id}/repository", FRESH_OWN),
    ("GET", "/recovery/sites/{id}/drafts/{draft}", Needs::Right(Right::Own)),
    ("POST", "/recovery/sites/{id}/drafts/{draft}/withdrawal", Needs::Right(Right::Own)),
    ("POST", "/recovery/sites/{id}/code", FRESH_OWN),
    ("POST", "/recovery/sites/{id}/look", Needs::Right(Right::Own)),
    ("POST", "/recovery/sites/{id}/removal", FRESH_OWN),
    ("GET", "/style", Needs::Right(Right::View)),
];

#[tokio::test]
async fn every_route_stands_in_the_table() {
    let (app, _) = TestApp::owned().await;
    let routes = router::routes(&app.state);
    let mut real: Vec<_> =
        routes.table().iter().map(|(m, p, n)| (m.as_str(), *p, said(*n))).collect();
    let mut expected: Vec<_> = ROUTES.iter().map(|(m, p, n)| (*m, *p, said(*n))).collect();
    real.sort();
    expected.sort();

    assert_eq!(real, expected);
    app.end().await;
}

fn said(needs: Needs) -> String {
    match needs {
        Needs::Fresh(right, _) => format!("fresh {right:?}"),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn whatever_owners_change_asks_for_the_password_in_words() {
    let (app, _) = TestApp::owned().await;
    for (method, path, needs) in router::routes(&app.state).table() {
        let asks = matches!(needs, Needs::Fresh(_, deed) if deed.len() > 10);
        let changes = method == "POST" && *needs != Needs::Right(Right::View);
        match needs {
            Needs::Fresh(..) => assert!(asks && changes, "{method} {path}"),
            Needs::Right(Right::Own) => {
                assert!(method == "GET" || LOOKS.contains(path), "{method} {path}");
            }
            _ => {}
        }
    }
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
        let (Needs::Right(right) | Needs::Fresh(right, _)) = needs else { continue };
        let nobodys = "01930000-0000-7000-8000-00000000ffff";
        let path = path.replace("{id}", nobodys).replace("{method}", nobodys);
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
