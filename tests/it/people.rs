//! The roster in the browser: who is on it, how they are reached, what their accounts may do.

mod absence;
mod deeds;
mod invitations;
mod me;
mod methods;
mod overtaken;
mod roster;
mod verifying;

use hyper::StatusCode;
use muster::domain::id::MethodId;
use muster::domain::rights::{Right, Rights};

use crate::support::app::TestApp;
use crate::support::browser::Browser;

/// The page of whoever has this key.
async fn path(app: &TestApp, key: &str) -> String {
    format!("/people/{}", app.person(key).await)
}

/// The newest words in the installation's stream.
async fn said(app: &TestApp) -> String {
    let newest = "select convert_from(b.body, 'utf8') from entry_bodies b join installation i
                  on b.stream = i.id order by b.seq desc limit 1";
    sqlx::query_scalar(newest).fetch_one(app.db.pool().unwrap()).await.unwrap()
}

/// The method of that address, as it stands.
async fn method(app: &TestApp, address: &str) -> MethodId {
    let sql = "select id from contact_methods where address = $1 and removed_at is null";
    let query = sqlx::query_scalar(sql).bind(address);
    MethodId(query.fetch_one(app.db.pool().unwrap()).await.expect(address))
}

/// Somebody with these rights, signed in.
async fn with_rights(app: &TestApp, rights: &[Right]) -> Browser {
    app.account("Eve", "eve@example.org", Rights::from_iter(rights.iter().copied())).await;
    app.signed_in("eve@example.org").await
}

/// Presses a button of a person's page, and expects to be led on.
async fn press(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.post(path, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
    answer.location
}
