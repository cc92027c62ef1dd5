//! Whether the plan's checks can run once the database is restored: the role they run as must be made
//! in the live cluster, for in a restored one none can be.

use super::super::Protected;
use super::super::planned::{Planned, ready};
use super::named;
use crate::domain::agent::asked::Asked;
use crate::domain::finding::Finding;

/// Nothing is said on a host that no Muster has told of a plan.
pub(super) async fn check(protected: &Protected<'_>) -> Option<Finding> {
    let what = || named(protected.name(), "checks of the plan");
    let planned = Planned::of(protected);
    let count = |asked: &Asked| asked.checks.iter().filter(|check| !check.sql.is_empty()).count();
    let asked = match planned {
        Planned::Alone | Planned::Untold => return None,
        Planned::Asked(asked) if count(&asked) > 0 => asked,
        none => {
            return Some(Finding::ok(what(), format!("none: {}", none.why_none(protected.name()))));
        }
    };
    let role = &protected.database.check_role;
    Some(match ready(&protected.options(), &asked, role).await {
        Ok(Ok(database)) => {
            Finding::ok(what(), format!("{} run in database {database:?} as {role}", count(&asked)))
        }
        Ok(Err(why)) => Finding::warn(what(), format!("none runs: {}", why.words), why.mend),
        Err(_) => Finding::unseen(what(), "the database"),
    })
}
