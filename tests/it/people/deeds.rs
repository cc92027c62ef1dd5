//! Deeds check right and password themselves, whatever door they are called by.

use muster::actions::people::{self, Addition, Addressed, Edit};
use muster::actions::sessions::SignedIn;
use muster::actions::settings::{MailStands, MailTyped};
use muster::actions::{ActionError, ActionResult, accounts, plans, settings};
use muster::domain::id::{MethodId, PersonId};
use muster::domain::rights::{Right, Rights};
use time::{Duration, OffsetDateTime};

use super::method;
use crate::support::app::{LABITORY, START, TestApp};

/// Every deed that owners alone do, tried by somebody.
async fn try_all(
    app: &TestApp,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Vec<(&'static str, ActionResult<()>)> {
    let TestApp { db, ring, .. } = app;
    let (hana, mail) = (app.person("hana-sato").await, method(app, "hana.sato@example.org").await);
    let room = app.state.mailroom();
    let new = Addition {
        id: PersonId::new(START),
        name: "Bob",
        title: "",
        zone: "",
        mail: "",
        phone: "",
    };
    let edit = Edit { version: 1, name: "H.", title: None, zone: "" };
    let way = Addressed { id: MethodId::new(START), channel: "mail", address: "hana@example.com" };
    let (url, from) = ("smtp://127.0.0.1", "muster@example.org");
    let server = MailTyped { url, from, seen: MailStands::default() };
    vec![
        ("add", people::add(db, by, &new, now).await),
        ("edit", people::edit(db, by, hana, &edit, now).await),
        ("add a method", people::add_method(db, by, hana, &way, now).await),
        ("remove one", people::remove_method(db, by, hana, mail, now).await),
        ("restore one", people::restore_method(db, by, hana, mail, now).await),
        ("order them", people::order_methods(db, by, hana, (1, &[(mail, 2)]), now).await),
        ("ask by mail", people::mail_verification(&room, by, hana, mail, now).await.map(drop)),
        ("take off", people::take_off(db, ring, by, hana, now).await),
        ("put back", people::put_back(db, by, hana, now).await),
        ("make a link", accounts::make_link(db, by, hana, now).await.map(drop)),
        ("set rights", accounts::set_rights(db, ring, by, hana, (1, &Rights::all()), now).await),
        ("disable", accounts::disable(db, ring, by, hana, now).await),
        ("enable", accounts::enable(db, ring, by, hana, now).await),
        ("set mail", settings::set_mail(db, &app.state.mail, &server, by, now).await),
        ("remove mail", settings::remove_mail(db, None, by, now).await),
        ("a plan", plans::import(db, LABITORY, Some(by), Some(2), now).await.map(drop)),
    ]
}

#[tokio::test]
async fn owners_deeds_are_refused_to_others_and_to_owners_whose_password_is_stale() {
    let (app, ada) = TestApp::on_plan().await;
    let most = [Right::View, Right::Respond, Right::Command, Right::Approve];
    app.account("Eve", "eve@example.org", Rights::from_iter(most)).await;
    let eve = app.signed_in("eve@example.org").await;
    let (ada, eve) = (app.who(&ada).await, app.who(&eve).await);

    for (deed, done) in try_all(&app, &eve, START).await {
        assert!(matches!(done, Err(ActionError::NotAllowed(_))), "{deed}: {done:?}");
    }
    for (deed, done) in try_all(&app, &ada, START + Duration::minutes(11)).await {
        assert!(matches!(done, Err(ActionError::NotFresh)), "{deed}: {done:?}");
    }
    let late = accounts::change_address(
        &app.db,
        &app.ring,
        &eve,
        "eve@example.com",
        START + Duration::minutes(11),
    );
    assert!(matches!(late.await, Err(ActionError::NotFresh)));
    assert_eq!(app.tamper("select from contact_methods where removed_at is not null").await, 0);
    app.end().await;
}
