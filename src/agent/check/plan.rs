//! Whether the plan's checks can run once the database is restored: the role they run as must be made
//! in the live cluster, for in a restored one none can be.

use super::super::Protected;
use super::super::planned::{Planned, hindrance, place};
use super::named;
use crate::domain::finding::Finding;
use crate::recovery::{self, Role, databases};

/// Nothing is said on a host that no Muster has told of a plan.
pub(super) async fn check(protected: &Protected<'_>) -> Option<Finding> {
    let what = || named(protected.name(), "checks of the plan");
    let planned = Planned::of(protected);
    let asked = match planned {
        Planned::Alone | Planned::Untold => return None,
        Planned::Asked(asked) if asked.checks.iter().any(|check| !check.sql.is_empty()) => asked,
        none => {
            return Some(Finding::ok(what(), format!("none: {}", none.why_none(protected.name()))));
        }
    };
    let options = protected.options();
    let look = async {
        let found = databases(&options).await?;
        let name = &protected.database.check_role;
        let database = match place(&asked, &found) {
            Ok(database) => database,
            Err(hindrance) => return Ok(Err(hindrance)),
        };
        let role = Role::look(&options, name, database).await?;
        Ok::<_, recovery::Error>(match hindrance(&role, name, database) {
            Some(hindrance) => Err(hindrance),
            None => Ok(format!("{} run in {database} as {name}", asked.checks.len())),
        })
    };
    Some(match look.await {
        Ok(Ok(words)) => Finding::ok(what(), words),
        Ok(Err(why)) => Finding::warn(what(), format!("none runs: {}", why.words), why.mend),
        Err(_) => Finding::unseen(what(), "the database"),
    })
}
