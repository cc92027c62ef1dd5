//! Two servers on one database: what is due, or was moved with the clock, is done by one of them.

use muster::actions::answers::{Answer, answer};
use muster::domain::id::DeliveryId;
use muster::domain::incident::Kind;
use muster::store;
use muster::worker::turn;
use time::Duration;

use super::{DAY, at, minutes_from};

#[tokio::test]
async fn of_two_servers_that_see_it_one_moves_everything_along() {
    let app = at(None).await;
    app.declare(Kind::Real, 1).await;
    app.mails().await;
    app.clock.set(-DAY);
    let (one, other) = (app.toolbox(), app.toolbox());

    let (one, other) = tokio::join!(turn(&one), turn(&other));

    assert_eq!((one.unwrap(), other.unwrap()), (0, 0));
    let minutes: Vec<_> = minutes_from(&app, 0..=5).await.iter().map(|came| came.0).collect();
    assert_eq!(minutes, [5, 5], "the first once more, and the next");
    app.end().await;
}

#[tokio::test]
async fn of_two_servers_one_asks_who_has_it_and_one_proposes_a_level() {
    let app = at(None).await;
    app.declare(Kind::Real, 1).await;
    app.mails().await;
    let page = sqlx::query_scalar("select id from deliveries");
    let page = DeliveryId(page.fetch_one(app.db.pool().unwrap()).await.unwrap());
    answer(&app.db, page, Answer::Have, app.clock.now()).await.unwrap();

    for what in ["still on it?", "raise it"] {
        app.clock.advance(Duration::minutes(15));
        let (one, other) = (app.toolbox(), app.toolbox());
        let (one, other) = tokio::join!(turn(&one), turn(&other));
        assert!(one.is_ok() && other.is_ok());
        let mails = app.mails().await;
        assert_eq!(mails.iter().filter(|mail| mail.subject.contains(what)).count(), 1, "{what}");
    }
    app.end().await;
}

#[tokio::test]
async fn who_notes_an_earlier_turn_than_another_changes_nothing() {
    let app = at(None).await;
    let (mut conn, now) = (app.aside().await, app.clock.now());

    store::turns::note(&mut conn, now + Duration::SECOND).await.unwrap();
    store::turns::note(&mut conn, now).await.unwrap();

    assert_eq!(store::turns::last(&mut conn).await.unwrap(), Some(now + Duration::SECOND));
    app.end().await;
}
