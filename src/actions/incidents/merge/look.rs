//! Looking at what a merge would move, before anything is pressed.

use time::OffsetDateTime;

use super::{Moves, Side, words};
use crate::actions::incidents::read;
use crate::actions::{ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::id::IncidentId;
use crate::domain::incident::{Incident, Prepared, Refusal};
use crate::store;

/// What an incident may be merged into.
#[derive(Debug, Clone)]
pub struct Others {
    /// The incident, with its plan.
    pub from: Side,
    /// Those of its kind that go on, gravest first.
    pub open: Vec<Incident>,
    /// What would move into the chosen one.
    pub look: Option<Look>,
}

/// What would move, and what the public would read.
#[derive(Debug, Clone)]
pub struct Look {
    /// The incident that goes on, with its plan.
    pub into: Side,
    /// Why it can't be merged now.
    pub refused: Option<Refusal>,
    /// What comes over and what changes, each under its name.
    pub facts: Vec<(&'static str, String)>,
    /// What the public calls both, where it knows the one that ends.
    pub public: Option<(String, String)>,
}

/// What an incident may be merged into, and what moves into the one that was chosen, if any.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn look(
    db: &Db,
    id: IncidentId,
    into: Option<IncidentId>,
    now: OffsetDateTime,
) -> ActionResult<Others> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let (incident, plan) = read(conn, id).await?;
        let from = Side { incident, plan };
        let mut open = store::incidents::open(conn).await?;
        open.retain(|other| other.id != id && other.kind == from.incident.kind);
        let look = match into {
            Some(into) => Some(chosen(conn, &from, into, now).await?),
            None => None,
        };
        Ok(Others { from, open, look })
    })
    .await
}

async fn chosen(
    conn: &mut sqlx::PgConnection,
    from: &Side,
    into: IncidentId,
    now: OffsetDateTime,
) -> ActionResult<Look> {
    let (incident, plan) = read(conn, into).await?;
    let into = Side { incident, plan };
    let moves = Moves::read(conn, from, &into).await?;
    let people = store::people::all(conn).await?;
    let facts = words::facts(&moves, (&into.incident, &into), &people, now);
    let told = store::public::find(conn, from.incident.id).await?;
    let told = told.filter(|told| told.ended_at.is_none() && !from.incident.is_drill());
    let title = Prepared::new(&moves.becomes, &into.plan, now).title().to_owned();
    let refused = from.incident.mergeable(&into.incident, now).err();
    Ok(Look { refused, facts, public: told.map(|told| (told.title, title)), into })
}
