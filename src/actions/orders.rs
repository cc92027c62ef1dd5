//! Orders to agents: asked for by people, fetched once, reported on.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::sessions::SignedIn;
use super::sites::agents::{Heard, hear};
use super::sites::{sign, wake};
use super::{ActionError, ActionResult, DEADLINE, databases, restores, timeline};
use crate::db::Db;
use crate::domain::agent::order::{Event, LAPSES_AFTER, Order, PREFIX, Routine, State, Task};
use crate::domain::agent::signed::SignedDocument;
use crate::domain::agent::watched::Watched;
use crate::domain::agent::wire::Said;
use crate::domain::id::{IncidentId, OrderId, SiteId};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::fail;
use crate::secrets::KeyRing;
use crate::store;
use crate::store::orders::{Kept, New};

/// Orders of a database that a page shows.
pub(super) const SHOWN: i64 = 5;

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The order's identity.
    pub id: OrderId,
    /// What is to be done.
    pub task: Task,
    /// In which of the database's repositories; none where it is in each, or in the one that leads.
    pub repository: Option<String>,
}

/// Has the agent of a database do something that may be done again, as soon as it asks. The same form sent twice is
/// one order.
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
        let seen = databases::seen(conn, (site, name)).await?;
        let words = format!("Asked for a {} of {name}", wish.task.words());
        if !place(conn, (site, &seen), (&wish, None), by, now).await? {
            return Ok(()); // an old form, sent again
        }
        timeline::tell(conn, Kind::Installation, by, words, now).await
    })
    .await
}

/// Puts an order where the agent finds it, of a site that the caller has locked. False: this very order was placed
/// already.
pub(super) async fn place(
    conn: &mut PgConnection,
    (site, seen): (SiteId, &Watched),
    (wish, incident): (&Wish, Option<IncidentId>),
    by: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<bool> {
    let Wish { id, task, repository } = wish;
    let name = seen.name.as_str();
    let known = |name: &String| seen.repositories.iter().any(|it| it.repository == *name);
    let is_known = repository.as_ref().is_some_and(known);
    if (*task == Routine::Lead.into() || repository.is_some()) && !is_known {
        let words = format!("{name} is not kept in a repository of that name");
        return Err(ActionError::refused(words));
    }
    let before = store::orders::going_on(conn, (site, name)).await?;
    let what = |one: &Kept| one.task == *task && one.repository == *repository;
    let same = |one: &&Kept| one.id != *id && what(one) && goes_on(one, now);
    if let Some(other) = before.iter().find(same) {
        let words =
            format!("{} asked for a {} already, and it goes on", other.asked_by, task.words());
        return Err(ActionError::refused(words));
    }
    let new = New {
        id: *id,
        site,
        database: name,
        repository: repository.as_deref(),
        cluster: seen.cluster.as_deref(),
        task,
        incident,
        by: by.person,
    };
    let is_new = store::orders::insert(conn, new, now).await?;
    if is_new {
        wake(conn).await?;
    }
    Ok(is_new)
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
        note_withdrawal(conn, &order, by, now).await
    })
    .await
}

async fn note_withdrawal(
    conn: &mut PgConnection,
    order: &Kept,
    by: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let (what, name) = (order.task.words(), &order.database);
    if let Some(id) = order.incident {
        let words = format!("On {name}: took back the {what}");
        return restores::say(conn, id, Actor::Person(by.person), words, now).await;
    }
    let words = format!("Took the order for a {what} of {name} back");
    timeline::tell(conn, Kind::Installation, by, words, now).await
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
    let Some(Kept { id, database, repository, cluster, task, incident, asked_by, .. }) = found
    else {
        return Ok(None);
    };
    store::orders::set_state(conn, id, State::Handed, now).await?;
    let drill = match incident {
        Some(id) => store::incidents::find(conn, id).await?.is_some_and(|it| it.is_drill()),
        None => false,
    };
    let challenge = challenge.to_owned();
    let order = Order {
        id,
        site,
        database,
        repository,
        cluster,
        task,
        incident,
        drill,
        asked_by,
        challenge,
    };
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
    let ended = match event.state {
        State::Succeeded => "is done",
        State::Failed => "failed",
        State::Withdrawn => "was taken back",
        _ => "has ended, nobody knows how",
    };
    let (what, name, by, said) =
        (order.task.words(), &order.database, &order.asked_by, &event.words);
    let actor = Actor::Agent(site);
    if let Some(id) = order.incident {
        let words = format!("On {name}: the {what} {ended}: {said}");
        return restores::say(conn, id, actor, words, now).await;
    }
    let words = format!("The {what} of {name} that {by} asked for {ended}: {said}");
    timeline::log(conn, Kind::Installation, actor, Body::words(words), now).await.map(drop)
}
