//! Two owners change one person: the second is told what the first did, and loses nothing.

use hyper::StatusCode;
use muster::actions::accounts;
use muster::domain::rights::{Right, Rights};
use time::Duration;

use super::{path, press};
use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};
use crate::support::form;

type Fields = Vec<(String, String)>;

/// Two owners, and Bob, who may look.
struct Owners {
    app: TestApp,
    ada: Browser,
    eve: Browser,
    bob: String,
}

impl Owners {
    async fn new(bobs: &[Right]) -> Owners {
        let (app, ada) = TestApp::owned().await;
        app.account("Eve Adams", "eve@example.org", Rights::all()).await;
        app.account("Bob", "bob@example.org", Rights::from_iter(bobs.iter().copied())).await;
        let (eve, bob) = (app.signed_in("eve@example.org").await, path(&app, "bob").await);
        Owners { app, ada, eve, bob }
    }

    /// The form of Bob's rights as it is drawn now.
    async fn drawn(&self) -> Fields {
        rights_form(&self.ada.get(&self.bob).await.body, &self.bob)
    }

    async fn set(&self, browser: &Browser, form: &Fields, rights: &[&str]) -> Answer {
        let version = form.iter().filter(|(name, _)| name == "account_version");
        let version = version.map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = version.chain(rights.iter().map(|name| ("rights", *name))).collect();
        browser.post(&format!("{}/rights", self.bob), &fields).await
    }

    async fn may(&self, right: &str) -> bool {
        let sql = format!(
            "select from accounts where email = 'bob@example.org' and '{right}' = any(rights)"
        );
        self.app.tamper(&sql).await == 1
    }
}

fn rights_form(page: &str, bob: &str) -> Fields {
    form::fields(page, &format!("{bob}/rights"))
}

fn chosen(form: &Fields) -> Vec<&str> {
    form.iter().filter(|(name, _)| name == "rights").map(|(_, value)| value.as_str()).collect()
}

#[tokio::test]
async fn the_second_to_set_rights_is_told_who_was_first_and_presses_again() {
    let owners = Owners::new(&[Right::View, Right::Command]).await;
    let drawn = owners.drawn().await;
    owners.app.clock.advance(Duration::minutes(2));
    let first = owners.set(&owners.eve, &drawn, &["view"]).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);

    let mine = ["view", "respond", "command"];
    let refused = owners.set(&owners.ada, &drawn, &mine).await;

    assert_eq!(refused.status, StatusCode::CONFLICT);
    for words in [
        "Eve Adams changed this in between, 02:14 UTC: “Bob may now: view”. Look at what stands now",
        "Stands now: view.",
        "<title>Error: ",
    ] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    assert!(!owners.may("command").await, "Eve took it away, and it stays away");
    let again = rights_form(&refused.body, &owners.bob);
    assert_eq!(chosen(&again), mine, "what was chosen is kept");
    for _ in 0..2 {
        let done = owners.set(&owners.ada, &again, &mine).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    }
    assert!(owners.may("command").await && owners.may("respond").await);
    owners.app.end().await;
}

#[tokio::test]
async fn a_right_to_approve_that_was_suspended_meanwhile_is_not_granted_anew_unseen() {
    let owners = Owners::new(&[Right::View, Right::Approve]).await;
    let (app, drawn) = (&owners.app, owners.drawn().await);
    let bob = app.signed_in("bob@example.org").await;
    let who = app.who(&bob).await;
    let now = app.clock.now();
    accounts::change_address(&app.db, &app.ring, &who, "bob@example.com", now).await.unwrap();

    let refused = owners.set(&owners.ada, &drawn, &["view", "approve"]).await;

    assert_eq!(refused.status, StatusCode::CONFLICT);
    for words in ["Somebody changed this in between.", "suspended until another owner grants it"] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    let suspended = "select from grants where suspended_at is not null and revoked_at is null";
    assert_eq!(app.tamper(suspended).await, 1);
    let again = rights_form(&refused.body, &owners.bob);
    let done = owners.set(&owners.ada, &again, &["view", "approve"]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(app.tamper(suspended).await, 0, "seen, and granted anew");
    assert!(
        app.signed_in("bob@example.com").await.get("/me").await.body.contains("approve"),
        "sealed"
    );
    owners.app.end().await;
}

#[tokio::test]
async fn of_two_who_set_rights_at_once_one_is_told_of_the_other() {
    let owners = Owners::new(&[Right::View]).await;
    let drawn = owners.drawn().await;

    let (one, two) = tokio::join!(
        owners.set(&owners.ada, &drawn, &["view", "command"]),
        owners.set(&owners.eve, &drawn, &["view", "respond"]),
    );

    let mut statuses = [one.status, two.status];
    statuses.sort_by_key(StatusCode::as_u16);
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    assert_ne!(owners.may("command").await, owners.may("respond").await);
    owners.app.end().await;
}

#[tokio::test]
async fn the_second_to_change_a_name_is_told_who_was_first_and_when() {
    let owners = Owners::new(&[Right::View]).await;
    owners.app.clock.advance(Duration::minutes(2));
    let change = |name| [("version", "1"), ("name", name), ("title", ""), ("zone", "")];
    press(&owners.eve, &owners.bob, &change("Robert")).await;

    let refused = owners.ada.post(&owners.bob, &change("Bobby")).await;

    assert_eq!(refused.status, StatusCode::CONFLICT);
    let words = "Eve Adams changed this in between, 02:14 UTC: “Bob: name “Bob” became “Robert””.";
    assert!(refused.body.contains(words), "{}", refused.body);
    assert!(refused.body.contains("Stands now: Robert."), "{}", refused.body);
    owners.app.end().await;
}
