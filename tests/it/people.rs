//! The roster's pages: inviting somebody, and what an owner may press.

use axum::http::StatusCode;

use crate::support::app::{PASSWORD, TestApp};

#[tokio::test]
async fn an_owner_invites_a_person_who_then_reads_the_roster() {
    let (app, owner) = TestApp::owned().await;
    let insert = "insert into people (id, key, name, created_at)
                  values ('01930000-0000-7000-8000-000000000001', 'bob', 'Bob', now())";
    app.tamper(insert).await;
    let path = "/people/01930000-0000-7000-8000-000000000001";
    assert!(owner.get("/people").await.body.contains("Bob"));

    let shown = owner.post(&format!("{path}/link"), &[]).await;
    let token = shown.body.split("/invitation/").nth(1).unwrap()[..22].to_owned();
    let link = format!("/invitation/{token}");
    let mut bob = app.browser();
    assert_eq!(bob.get(&link).await.status, StatusCode::OK);
    let fields = [("email", "bob@example.org"), ("password", PASSWORD), ("again", PASSWORD)];
    let taken = bob.post(&link, &fields).await;

    assert_eq!((taken.status, taken.location.as_str()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(app.browser().get(&link).await.status, StatusCode::CONFLICT, "once");
    bob = app.signed_in("bob@example.org").await;
    assert_eq!(bob.get("/people").await.status, StatusCode::OK);
    let refused = bob.post(&format!("{path}/rights"), &[("rights", "own")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let given = owner.post(&format!("{path}/rights"), &[("rights", "command")]).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER);
    app.end().await;
}
