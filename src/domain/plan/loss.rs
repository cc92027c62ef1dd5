//! How much of a database may be lost, by the plan.

use time::Duration;

use super::document::{Amount, Plan};
use crate::domain::recovery::Limit;

/// The limit for the database of that key or name; the plan's own recovery point objective where it
/// says nothing of the database, and none where it has no such objective.
#[must_use]
pub fn loss_limit(plan: &Plan, database: &str) -> Option<Limit> {
    let own = plan.database.iter().find(|one| is_called([&one.key, &one.name], database));
    let objective = plan.objective.iter().find(|objective| objective.key == "rpo");
    let target = own.and_then(|own| own.rpo_target).map(|span| span.duration());
    let maximum = own.and_then(|own| own.rpo_maximum).map(|span| span.duration());
    let target = target.or_else(|| span(objective?.target));
    let maximum = maximum.or_else(|| span(objective?.maximum));
    let maximum = maximum.or(target)?;
    Some(Limit { target: target.unwrap_or(maximum).min(maximum), maximum })
}

/// Whether the plan's database of this key and name is the one that `agent.toml` calls so.
#[must_use]
pub fn is_called(key_and_name: [&str; 2], name: &str) -> bool {
    key_and_name.contains(&name)
}

fn span(amount: Amount) -> Option<Duration> {
    match amount {
        Amount::Span(span) => Some(span.duration()),
        Amount::Percent(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan;
    use crate::domain::span::Span;

    #[test]
    fn a_database_has_its_own_limit_else_the_plans() {
        let text = include_str!("../../../plans/labitory.toml");
        let mut plan = plan::parse(text).unwrap().0.plan;
        let (quarter, hour) = (Duration::minutes(15), Duration::HOUR);
        let limit =
            |plan: &Plan, name: &str| loss_limit(plan, name).map(|it| (it.target, it.maximum));
        assert_eq!(limit(&plan, "main"), Some((quarter, hour)));

        plan.database[0].rpo_target = Some(Span::minutes(1));
        let (key, name) = (plan.database[0].key.clone(), plan.database[0].name.clone());
        assert_eq!(limit(&plan, &key), Some((Duration::MINUTE, hour)));
        assert_eq!(limit(&plan, &name), Some((Duration::MINUTE, hour)));
        plan.objective.retain(|objective| objective.key != "rpo");
        assert_eq!(limit(&plan, "main"), None);
        assert_eq!(limit(&plan, &key), Some((Duration::MINUTE, Duration::MINUTE)));
    }
}
