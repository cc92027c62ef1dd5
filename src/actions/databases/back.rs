//! What is known of bringing the databases back that an incident touches.

use time::{Duration, OffsetDateTime};

use super::{DEADLINE, PROOFS, Standing, standing_in};
use crate::actions::ActionResult;
use crate::db::Db;
use crate::domain::incident::{Affected, Incident};
use crate::domain::plan::document::Plan;
use crate::domain::plan::touches;
use crate::store;
use crate::store::databases::Database;
use crate::store::orders::Kept;

/// Orders of an incident that a page shows.
const MOST_ORDERS: i64 = 60;

/// One database.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    /// How it stands.
    pub standing: Standing,
    /// Whether the incident goes on and touches it.
    pub touched: bool,
    /// How long its last restores took on its own host until it answered, the newest first.
    pub lasted: Vec<Duration>,
    /// What was asked for in the incident, the newest first.
    pub orders: Vec<Kept>,
}

impl Back {
    /// What a restore takes, by the middle one of those that were measured; none where there is none.
    #[must_use]
    pub fn takes(&self) -> Option<Duration> {
        middle(self.lasted.clone())
    }
}

fn middle(mut all: Vec<Duration>) -> Option<Duration> {
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

/// Those that what is down stands on, and those of which anything was asked for in the incident; the gravest first. Of an
/// incident that is over the latter alone.
///
/// # Errors
/// When the database does not answer.
pub async fn ways_back(
    db: &Db,
    incident: &Incident,
    (plan, affected): (&Plan, &[Affected]),
    now: OffsetDateTime,
) -> ActionResult<Vec<Back>> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let orders = store::orders::of_incident(conn, incident.id, MOST_ORDERS).await?;
        let touched = |name: &str| incident.is_open() && touches(plan, affected, name);
        let is_of = |order: &Kept, site, name: &str| order.site == site && order.database == name;
        let wanted = |one: &Database| {
            let name = one.seen.name.as_str();
            touched(name) || orders.iter().any(|order| is_of(order, one.site, name))
        };
        let mut all = Vec::new();
        for standing in standing_in(conn, Some(plan), wanted, now).await? {
            let (site, name) = (standing.site, standing.seen.name.as_str());
            let own = orders.iter().filter(|order| is_of(order, site, name)).cloned().collect();
            let proofs = store::proofs::of(conn, (site, name), PROOFS).await?;
            let proofs = proofs.iter();
            let here = proofs.filter(|it| it.holds && it.of.is_none() && it.subject.is_point());
            let lasted = here.filter_map(|it| it.lasted()).collect();
            all.push(Back { touched: touched(name), standing, lasted, orders: own });
        }
        Ok(all)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restore_takes_what_the_middle_one_took() {
        let of =
            |seconds: &[i64]| middle(seconds.iter().map(|it| Duration::seconds(*it)).collect());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[900, 5, 7]), Some(Duration::seconds(7)));
    }
}
