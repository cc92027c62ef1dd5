//! What is known of bringing the databases back that an incident touches.

use time::{Duration, OffsetDateTime};

use super::{DEADLINE, PROOFS, Standing, touched_by};
use crate::actions::ActionResult;
use crate::db::Db;
use crate::domain::incident::Affected;
use crate::domain::plan::document::Plan;
use crate::store;

/// One database.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    /// How it stands.
    pub standing: Standing,
    /// How long its last restores took on its own host until it answered, the newest first.
    pub lasted: Vec<Duration>,
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

/// Those that what is down stands on, the gravest first.
///
/// # Errors
/// When the database does not answer.
pub async fn ways_back(
    db: &Db,
    (plan, affected): (&Plan, &[Affected]),
    now: OffsetDateTime,
) -> ActionResult<Vec<Back>> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let mut all = Vec::new();
        for standing in touched_by(conn, (plan, affected), now).await? {
            let name = (standing.site, standing.seen.name.as_str());
            let proofs = store::proofs::of(conn, name, PROOFS).await?;
            let own =
                proofs.iter().filter(|it| it.holds && it.of.is_none() && it.subject.is_point());
            let lasted = own.filter_map(|it| it.lasted()).collect();
            all.push(Back { standing, lasted });
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
