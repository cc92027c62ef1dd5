//! A send that an owner cancels before it left.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::{ActionResult, timeline};
use super::make::Roster;
use super::settle::{about, entry, tell};
use crate::domain::id::{DeliveryId, PersonId};
use crate::domain::message::{DeliveryState, Kind};
use crate::domain::timeline::{Actor, Body};
use crate::store;

/// Muster tries this delivery no more, and its incident's timeline says who wanted that. One that
/// has ended stays as it is.
pub(in crate::actions) async fn cancel(
    conn: &mut PgConnection,
    id: DeliveryId,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let Some((message, incident)) = about(conn, id).await? else { return Ok(()) };
    let Some(delivery) = store::deliveries::lock(conn, id).await? else { return Ok(()) };
    if delivery.state.is_settled() {
        return Ok(());
    }
    store::deliveries::set_state(conn, id, DeliveryState::Withdrawn, None, now).await?;
    let settled = store::messages::settle(conn, message.id, now).await?;
    let Some(incident) = incident else { return Ok(()) };
    let roster = Roster::read(conn).await?;
    let name = delivery.person.map_or("somebody", |person| roster.name(person));
    let what = if message.kind == Kind::Page { "page" } else { "notice" };
    let words = Body::words(format!("Cancelled the {what} to {name}: Muster tries it no more."));
    timeline::say(conn, &incident, entry(&message), Actor::Person(by), words, now).await?;
    if settled {
        tell(conn, Some(&incident), &message, now).await?;
    }
    Ok(())
}
