//! Whether the plan's checks can run once the database is restored: the role they run as must be made in the live
//! cluster, for in a restored one none can be, and the actions among them must stand in `agent.toml`.

use super::super::Protected;
use super::super::planned::{Planned, ready};
use super::super::prove::unnamed;
use super::super::settings::Use;
use super::named;
use crate::domain::finding::Finding;
use crate::domain::plan::document::Check;

/// Nothing is said on a host that no Muster has told of a plan.
pub(super) async fn check(protected: &Protected<'_>) -> Vec<Finding> {
    let what = || named(protected.name(), "checks of the plan");
    let asked = match Planned::of(protected) {
        Planned::Alone | Planned::Untold => return Vec::new(),
        Planned::Asked(asked) if !asked.checks.is_empty() => asked,
        none => {
            return vec![Finding::ok(what(), format!("none: {}", none.why_none(protected.name())))];
        }
    };
    let settings = &protected.host.settings;
    let runs = |check: &&Check| {
        !check.sql.is_empty() || settings.action(&check.action, Use::Check).is_some()
    };
    let (count, role) = (asked.checks.iter().filter(runs).count(), &protected.database.check_role);
    let found = match ready(&protected.options(), &asked, role).await {
        Ok(Ok(database)) => {
            Finding::ok(what(), format!("{count} run in database {database:?} as {role}"))
        }
        Ok(Err(why)) => Finding::warn(what(), format!("none runs: {}", why.words), why.mend),
        Err(_) => Finding::unseen(what(), "the database"),
    };
    let missing = asked.checks.iter().filter(|check| !runs(check)).map(|check| {
        let (words, mend) = unnamed(&check.action);
        Finding::bad(named(protected.name(), "actions of the plan"), words, mend)
    });
    [found].into_iter().chain(missing).collect()
}
