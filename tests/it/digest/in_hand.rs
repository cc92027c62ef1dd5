//! A digest in a worker's hand while others come and go: it fails, left already, or is told anew.

use muster::actions::paging::{self, Came, Letter, note, take_digest};
use muster::domain::id::DeliveryId;
use muster::domain::incident::Kind;
use muster::notify::SendError;
use time::Duration;

use super::{JONAS, count, to, unsent};
use crate::support::app::TestApp;

/// The digest that was made last.
async fn newest(app: &TestApp) -> DeliveryId {
    let sql = "select digest from deliveries where digest is not null order by id desc limit 1";
    DeliveryId(sqlx::query_scalar(sql).fetch_one(app.db.pool().unwrap()).await.unwrap())
}

/// Takes a digest in hand, as a worker does; none where there is nothing to send.
async fn take(app: &TestApp, digest: DeliveryId) -> Option<Letter> {
    take_digest(&app.db, &app.state.links, digest, app.clock.now()).await.unwrap()
}

/// A moment later the mail server says that it will never take it.
async fn fails(app: &TestApp, letter: &Letter) {
    app.clock.advance(Duration::SECOND);
    let came = Came::Failed(SendError::Permanent { code: 550, words: "no such user".into() });
    note(&app.db, letter, &came, app.clock.now()).await.unwrap();
}

/// Whoever comes back makes the digest, which is to be sent.
async fn folded(app: &TestApp) -> DeliveryId {
    paging::fold(&app.db, &app.clock, &app.toolbox().worked).await.unwrap();
    newest(app).await
}

/// A digest to Jonas, in hand; he can be reached by another address if it fails.
async fn in_hand() -> (TestApp, DeliveryId, Letter) {
    let (app, _, _) = unsent(&[(Kind::Real, 1)]).await;
    let more = "insert into contact_methods (id, person, channel, address, rank, created_at)
                select gen_random_uuid(), id, 'mail', 'jonas@home.example', 2, now()
                from people where key = 'jonas-brandt'";
    assert_eq!(app.tamper(more).await, 1);
    app.clock.advance(Duration::hours(1));
    let digest = folded(&app).await;
    let letter = take(&app, digest).await.unwrap();
    (app, digest, letter)
}

#[tokio::test]
async fn each_other_address_of_a_person_is_tried_once_when_a_digest_fails() {
    let (app, first, letter) = in_hand().await;
    fails(&app, &letter).await;
    let second = newest(&app).await;
    assert_ne!(second, first);
    let letter = take(&app, second).await.unwrap();
    assert_eq!(letter.mail.to, "jonas@home.example");
    let sorted = "update contact_methods set rank = 3 where address like 'jonas.brandt@%'";
    assert_eq!(app.tamper(sorted).await, 1); // now the one that failed would come after it

    fails(&app, &letter).await;

    assert_eq!(newest(&app).await, second);
    app.end().await;
}

#[tokio::test]
async fn a_digest_that_left_is_not_sent_again() {
    let (app, digest, _) = in_hand().await;
    assert_eq!(to(JONAS, &app.mails().await).len(), 1, "its job was still to be done");

    assert!(take(&app, digest).await.is_none(), "whoever sent it died before putting it down");
    app.end().await;
}

#[tokio::test]
async fn what_a_newer_digest_tells_of_is_tried_no_more_when_its_worker_wakes() {
    let (app, old, letter) = in_hand().await;
    app.worker_ends();
    app.clock.advance(Duration::hours(1));
    let new = folded(&app).await;
    assert_ne!(new, old);

    fails(&app, &letter).await;

    assert_eq!(newest(&app).await, new);
    assert_eq!(count(&app, "deliveries where state = 'failed'").await, 0);
    let letter = take(&app, new).await.unwrap();
    fails(&app, &letter).await;
    let next =
        format!("deliveries where digest = '{}' and state = 'waiting'", newest(&app).await.0);
    assert_eq!(count(&app, &next).await, 1, "the newer one alone goes to the next address");
    app.end().await;
}
