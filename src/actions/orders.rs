//! Orders to agents: asked for by people, fetched once, reported on.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::sessions::SignedIn;
use super::sites::agents::{Heard, hear};
use super::sites::{sign, wake};
use super::{ActionError, ActionResult, DEADLINE, databases, timeline};
use crate::db::Db;
use crate::domain::agent::order::{Event, LAPSES_AFTER, Order, PREFIX, State, Task};
use crate::domain::agent::signed::SignedDocument;
use crate::domain::agent::wire::Said;
use crate::domain::id::{OrderId, SiteId};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::fail;
use crate::secrets::KeyRing;
use crate::store;
use crate::store::orders::Kept;

/// Orders of a database that a page shows.
pub(super) const SHOWN: i64 = 5;

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The order's identity.
    pub id: OrderId,
    /// What is to be done.
    pub task: Task,
    /// In which of the database's repositories; none where it is in each.
    pub repository: Option<String>,
}

/// Has the agent of a database do something, as soon as it asks. The same form sent twice is one order.
///
/// # Errors
/// Not found; refused where the same is on its way, or there is no repository of that name.
pub async fn ask(
    db: &Db,
    by: &SignedIn,
    (site, name): (SiteId, &str),
    wish: Wish,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        // whoever asks of this site waits here for the other, so that two see each other's order
        store::sites::lock(conn, site).await?;
        let Wish { id, task, repository } = wish;
        let seen = databases::seen(conn, (site, name)).await?;
        let known = |name: &String| seen.repositories.iter().any(|it| it.repository == *name);
        let is_known = repository.as_ref().is_some_and(known);
        if (task == Task::Lead || repository.is_some()) && !is_known {
            let words = format!("{name} is not kept in a repository of that name");
            return Err(ActionError::refused(words));
        }
        let before = store::orders::of(conn, (site, name), SHOWN).await?;
        let what = |one: &Kept| one.task == task && one.repository == repository;
        let same = |one: &&Kept| one.id != id && what(one) && goes_on(one, now);
        if let Some(other) = before.iter().find(same) {
            let words =
                format!("{} asked for a {} already, and it goes on", other.asked_by, task.words());
            return Err(ActionError::refused(words));
        }
        if !store::orders::insert(
            conn,
            id,
            (site, name, seen.cluster.as_deref()),
            (task, repository.as_deref()),
            by.person,
            now,
        )
        .await?
        {
            return Ok(()); // an old form, sent again
        }
        wake(conn).await?;
        let words = format!("Asked for a {} of {name}", task.words());
        timeline::tell(conn, Kind::Installation, by, words, now).await
    })
    .await
}

fn goes_on(one: &Kept, now: OffsetDateTime) -> bool {
    one.state.by_now(one.since, now).goes_on()
}

/// Takes an order back that its agent has not fetched.
///
/// # Errors
/// Not found; refused where the agent has it.
pub async fn withdraw(
    db: &Db,
    by: &SignedIn,
    (site, id): (SiteId, OrderId),
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let found = store::orders::lock(conn, site, id).await?;
        let order = found.ok_or(ActionError::NotFound("order"))?;
        match order.state {
            State::Withdrawn => return Ok(()),
            State::Ready => store::orders::set_state(conn, id, State::Withdrawn, now).await?,
            _ => return Err(ActionError::refused("its agent has it already")),
        }
        let (what, name) = (order.task.words(), order.database);
        let words = format!("Took the order for a {what} of {name} back");
        timeline::tell(conn, Kind::Installation, by, words, now).await
    })
    .await
}

/// The next order for the agent of a site, bound to its question. From now on it is handed out to nobody: where
/// the answer is lost, so is the order, and a person sees that nothing is known of it.
pub(super) async fn hand_out(
    conn: &mut PgConnection,
    ring: &KeyRing,
    (site, challenge): (SiteId, &str),
    now: OffsetDateTime,
) -> ActionResult<Option<SignedDocument>> {
    let found = store::orders::lock_ready(conn, site, now - LAPSES_AFTER).await?;
    let Some(Kept { id, database, repository, cluster, task, asked_by, .. }) = found else {
        return Ok(None);
    };
    store::orders::set_state(conn, id, State::Handed, now).await?;
    let challenge = challenge.to_owned();
    let order = Order { id, site, database, repository, cluster, task, asked_by, challenge };
    Ok(Some(sign(ring, PREFIX, &order)))
}

/// Takes in what an agent says of an order, once. What it says of another's, or of none, is passed over, so
/// that it says it no more.
///
/// # Errors
/// When the database does not answer.
pub async fn take_in(
    db: &Db,
    site: SiteId,
    said: Said,
    now: OffsetDateTime,
) -> ActionResult<Heard> {
    let event = said.event.received(said.sent_at - now);
    let heard = db.transaction(DEADLINE, async |conn| {
        let heard = hear(conn, site, said.run, now).await?;
        if heard == Heard::Second {
            return Ok(heard);
        }
        let order = store::orders::lock(conn, site, said.order).await?;
        let order = order.filter(|_| event.state.is_of_agents() && event.seq > 0);
        if let Some(order) = order
            && store::orders::hear(conn, order.id, &event, now).await?
            && !event.state.goes_on()
        {
            fail::point("order.heard").await?;
            note_end(conn, &order, &event, now).await?;
        }
        Ok::<_, ActionError>(heard)
    });
    let heard = heard.await?;
    fail::point("order.committed").await?;
    Ok(heard)
}

async fn note_end(
    conn: &mut PgConnection,
    order: &Kept,
    event: &Event,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let site = store::sites::name(conn, order.site).await?.unwrap_or_default();
    let words = format!(
        "The {} of {} that {} asked for {}: {}",
        order.task.words(),
        order.database,
        order.asked_by,
        match event.state {
            State::Succeeded => "is done",
            State::Failed => "failed",
            _ => "has ended, nobody knows how",
        },
        event.words
    );
    let actor = Actor::Agent(site);
    timeline::log(conn, Kind::Installation, actor, Body::words(words), now).await.map(drop)
}
