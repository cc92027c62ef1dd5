//! One's own card.

use hyper::StatusCode;
use muster::actions::incidents;
use muster::domain::incident::Kind;
use muster::domain::rights::{Right, Rights};
use time::Duration;

use super::{method, press, said, with_rights};
use crate::support::app::{PASSWORD, TestApp};
use crate::support::browser::Browser;

const OTHER: &str = "violet tractor in october";

#[tokio::test]
async fn the_name_in_the_top_line_leads_to_ones_own_card() {
    let (app, ada) = TestApp::on_plan().await;
    assert!(ada.get("/").await.body.contains("<a href=\"/me\">Ada Lovelace</a>"));

    let page = ada.get("/me").await.body;

    for words in [
        "<h1>Ada Lovelace</h1>",
        "1 way to reach you, not verified",
        "ada@example.org",
        "The plan names you for no role",
        "<dt>approve</dt><dd>approves what touches live data",
        "<dt>Grant</dt>",
        "As in the plan (Europe/Berlin)",
        "value=\"Asia/Kathmandu\"",
        "You are signed in here alone.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    app.end().await;
}

#[tokio::test]
async fn what_one_is_called_on_for_and_what_one_has_stand_there() {
    let (app, ada) = TestApp::on_plan().await;
    let key = "update people set key = 'old' where key = 'hana-sato'";
    app.tamper(key).await;
    app.tamper("update people set key = 'hana-sato' where key = 'ada-lovelace'").await;
    let page = ada.get("/me").await.body;
    assert!(page.contains("Technical Lead: you are alternate 1"), "{page}");
    assert!(page.contains("Technical recovery coordination"), "the role's duties: {page}");

    app.tamper("update people set key = 'ada-lovelace' where key = 'hana-sato'").await;
    let incident = app.declare(Kind::Drill, 1).await;
    app.mails().await;
    let by = app.person("ada-lovelace").await;
    let duty = format!(
        "insert into duties (id, incident, role_key, person, since)
         values ('{incident}', '{incident}', 'technical-lead', '{by}', '2026-11-14 02:12Z')"
    );
    app.tamper(&duty).await;
    let page = ada.get("/me").await.body;
    assert!(page.contains("You have Technical Lead"), "{page}");
    assert!(page.contains(&format!("href=\"/incidents/{incident}\"")), "{page}");
    app.end().await;
}

#[tokio::test]
async fn ones_own_name_and_zone_are_changed_without_a_right_but_not_ones_title() {
    let (app, _) = TestApp::on_plan().await;
    let eve = with_rights(&app, &[Right::View]).await;
    app.clock.advance(Duration::minutes(11));
    let typed =
        [("version", "1"), ("name", "Eve Adams"), ("zone", "Asia/Tokyo"), ("title", "Director")];

    assert_eq!(press(&eve, "/me", &typed).await, "/me");

    let page = eve.get("/me").await.body;
    assert!(page.contains("<h1>Eve Adams</h1>") && page.contains("Asia/Tokyo (JST)"), "{page}");
    assert!(!page.contains("Director"));
    let refused = eve.post("/me", &[("version", "2"), ("name", ""), ("zone", "Mars")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("name-error") && refused.body.contains("zone-error"));
    app.end().await;
}

#[tokio::test]
async fn ones_own_ways_are_ones_own_to_change_but_a_level_keeps_somebody() {
    let (app, ada) = TestApp::on_plan().await;
    let eve = with_rights(&app, &[Right::View]).await;
    let typed = [("channel", "phone"), ("address", "+44 20 7946 0123")];
    press(&eve, "/me/methods", &typed).await;
    let phone = method(&app, typed[1].1).await;
    assert_eq!(
        press(&eve, &format!("/me/methods/{phone}/removal"), &[]).await,
        format!("/me?removed={phone}")
    );
    press(&eve, &format!("/me/methods/{phone}/removal/undo"), &[]).await;
    assert!(eve.get("/me").await.body.contains("2 ways to reach you"));
    let others = method(&app, "hana.sato@example.org").await;
    let refused = eve.post(&format!("/me/methods/{others}/removal"), &[]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);

    let only_ada = "update contact_methods set removed_at = now()
                    where address in ('jonas.brandt@example.org', 'emeka.obi@example.org')
                       or channel = 'phone'";
    app.tamper("update people set key = 'jonas' where key = 'jonas-brandt'").await;
    app.tamper("update people set key = 'jonas-brandt' where key = 'ada-lovelace'").await;
    app.tamper(only_ada).await;
    let own = method(&app, "ada@example.org").await;
    let refused = ada.post(&format!("/me/methods/{own}/removal"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("level 1 pages nobody"), "{}", refused.body);
    app.end().await;
}

#[tokio::test]
async fn a_new_password_asks_for_the_old_one_and_signs_out_everywhere_else() {
    let (app, mut ada) = TestApp::owned().await;
    let other = app.signed_in("ada@example.org").await;
    let typed = |old, new, again| [("your_password", old), ("password", new), ("again", again)];

    for (old, new, again, words) in [
        (OTHER, OTHER, OTHER, "your_password-error"),
        (PASSWORD, OTHER, PASSWORD, "again-error"),
        (PASSWORD, "password1234", "password1234", "among the passwords that are tried first"),
        (PASSWORD, "short", "short", "use at least 12 characters"),
        (PASSWORD, "ada.lovelace1815", "ada.lovelace1815", "your own name or address"),
    ] {
        let refused = ada.post("/me/password", &typed(old, new, again)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
        assert!(!refused.body.contains(OTHER), "no password comes back");
    }
    let done = ada.post("/me/password", &typed(PASSWORD, OTHER, OTHER)).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/me?done=password"));

    assert_eq!(ada.get("/me").await.status, StatusCode::SEE_OTHER, "a new session began");
    assert_eq!(other.get("/me").await.status, StatusCode::SEE_OTHER);
    ada.session = done.cookie;
    assert!(ada.get("/me?done=password").await.body.contains("Your new password holds."));
    app.end().await;
}

async fn set_address(browser: &Browser, email: &str) -> (StatusCode, String) {
    let answer = browser.post("/me/address", &[("email", email)]).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn another_address_to_sign_in_with_asks_the_password_and_suspends_the_right_to_approve() {
    let (app, ada) = TestApp::owned().await;
    app.account("Bob", "bob@example.org", Rights::all()).await;
    let other = app.signed_in("ada@example.org").await;
    for (email, words) in
        [("ada@", "Type a mail address"), ("BOB@example.org", "Somebody else signs in")]
    {
        let (status, body) = set_address(&ada, email).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        assert!(body.contains(words), "{words}: {body}");
    }
    app.clock.advance(Duration::minutes(11));
    let (status, asked) = set_address(&ada, "ada@example.com").await;
    assert_eq!(status, StatusCode::OK);
    assert!(asked.contains("Type your password again"), "{asked}");
    assert!(ada.get("/me").await.body.contains("You sign in as ada@example.org"));

    let done = ada.post_shown(&asked, &[("fresh_password", PASSWORD)]).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/me?done=address"));
    assert!(said(&app).await.contains("signs in with another address now"));

    assert_eq!(other.get("/").await.status, StatusCode::SEE_OTHER, "signed out elsewhere");
    let page = ada.get("/me").await.body;
    assert!(page.contains("You sign in as ada@example.com"), "{page}");
    assert!(page.contains("suspended until another owner grants it anew"), "{page}");
    assert!(!page.contains("<dt>approve</dt>"), "{page}");
    app.signed_in("ada@example.com").await;
    app.end().await;
}

#[tokio::test]
async fn one_signs_out_everywhere_else() {
    let (app, ada) = TestApp::owned().await;
    let other = app.signed_in("ada@example.org").await;
    assert!(ada.get("/me").await.body.contains("and in one more place"));

    assert_eq!(press(&ada, "/me/sessions/end", &[]).await, "/me?done=sessions");

    assert_eq!(other.get("/").await.status, StatusCode::SEE_OTHER);
    assert!(ada.get("/me").await.body.contains("You are signed in here alone."));
    app.signed_in("ada@example.org").await;
    app.clock.advance(Duration::days(29));
    assert!(ada.get("/me").await.body.contains("and in one more place"));
    app.clock.advance(Duration::days(2));
    assert!(ada.get("/me").await.body.contains("here alone"), "the other was idle too long");
    app.end().await;
}

#[tokio::test]
async fn a_session_with_a_duty_in_an_open_incident_does_not_expire() {
    let (app, ada) = TestApp::on_plan().await;
    let incident = app.declare(Kind::Drill, 1).await;
    app.mails().await;
    let by = app.person("ada-lovelace").await;
    let duty = format!(
        "insert into duties (id, incident, role_key, person, since)
         values ('{incident}', '{incident}', 'technical-lead', '{by}', '2026-11-14 02:12Z')"
    );
    app.tamper(&duty).await;

    app.clock.advance(Duration::days(100));
    assert_eq!(ada.get("/me").await.status, StatusCode::OK, "idle and old, and on duty");
    let now = app.clock.now();
    let step = incidents::Step::FalseAlarm;
    incidents::step(&app.db, incident, step, by, now).await.unwrap();
    app.mails().await;
    app.clock.advance(Duration::days(1));
    assert_eq!(ada.get("/me").await.status, StatusCode::SEE_OTHER, "the incident is over");
    app.end().await;
}

#[tokio::test]
async fn a_name_that_would_spoil_the_plans_text_is_refused_beside_its_field() {
    let (app, ada) = TestApp::on_plan().await;
    for name in ["Vic\u{7}", "X\r\nBcc: y@example.org", "\u{202E}adA"] {
        let answer = ada.post("/me", &[("name", name), ("zone", ""), ("version", "1")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
        assert!(answer.body.contains("can’t be shown"), "{}", answer.body);
    }
    app.end().await;
}
