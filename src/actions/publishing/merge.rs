//! Two incidents that are one: the public reads of one.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::ActionResult;
use super::{phase_changed, renamed, say, show, states, withdraw};
use crate::domain::incident::{Incident, Prepared};
use crate::domain::plan::document::Plan;
use crate::store;

/// An incident was merged into another: what the public knew of it ends with a word that it goes on
/// there, under public titles alone. Of what the public never knew, as of a drill, it hears nothing.
pub(in crate::actions) async fn merged(
    conn: &mut PgConnection,
    from: &Incident,
    (into, plan): (&Incident, &Plan),
    now: OffsetDateTime,
) -> ActionResult<()> {
    withdraw(conn, from).await?;
    let told = store::public::find(conn, from.id).await?;
    let shown = store::public::find(conn, into.id).await?;
    let Some(told) = told else {
        if shown.is_some() {
            states::join(conn, from.id, (into, plan), now).await?;
            renamed(conn, into, plan, now).await?;
        }
        return Ok(());
    };
    let promised = shown.as_ref().and_then(|shown| shown.next_by);
    let prepared = Prepared::new(into, plan, now);
    let title = prepared.title();
    show(conn, into, title, promised.into_iter().chain(told.next_by).min()).await?;
    states::join(conn, from.id, (into, plan), now).await?;
    store::public::set_ended(conn, from.id, from.ended_at).await?;
    states::follow_all(conn, from, plan, now).await?;
    let (there, here) = words(&told.title, title);
    say(conn, from, &there, now).await?;
    say(conn, into, &here, now).await
}

/// What is said of the one that ends, and of the one that goes on.
fn words(from: &str, into: &str) -> (String, String) {
    match from == into {
        true => (
            "This was told of twice. What follows is told there.".to_owned(),
            "This was told of twice. What follows is told here.".to_owned(),
        ),
        false => (
            format!("This is the same incident as “{into}”. What follows is told there."),
            format!("“{from}” is the same incident. What follows is told here."),
        ),
    }
}

/// That was undone: each is told of on its own again.
pub(in crate::actions) async fn unmerged(
    conn: &mut PgConnection,
    from: &Incident,
    (into, plan): (&Incident, &Plan),
    now: OffsetDateTime,
) -> ActionResult<()> {
    phase_changed(conn, from, now).await?;
    if store::public::find(conn, into.id).await?.is_none() {
        return Ok(());
    }
    states::part(conn, from.id, (into, plan), now).await?;
    renamed(conn, into, plan, now).await?;
    match store::public::find(conn, from.id).await? {
        Some(told) => {
            let words = format!("“{}” is told of on its own again.", told.title);
            say(conn, into, &words, now).await
        }
        None => Ok(()),
    }
}
