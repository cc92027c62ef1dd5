//! Which databases an incident touches.

use super::document::Plan;
use super::loss::is_called;
use crate::domain::incident::{Affected, WHOLE};

/// Whether what is down stands on the database of that key or name. With nothing chosen it may be any; of a
/// database that the plan does not name nobody knows what stands on it, so it is touched too.
#[must_use]
pub fn touches(plan: &Plan, affected: &[Affected], database: &str) -> bool {
    let own = plan.database.iter().find(|one| is_called([&one.key, &one.name], database));
    let Some(own) = own.filter(|own| !own.components.is_empty()) else { return true };
    if affected.iter().all(|it| it.key == WHOLE) {
        return true;
    }
    affected.iter().any(|it| match it.key.split_once('.') {
        Some(("component", key)) => own.components.iter().any(|component| component == key),
        Some(("function", key)) => {
            let function = plan.function.iter().find(|function| function.key == key);
            function.is_none_or(|function| {
                function.components.iter().any(|key| own.components.contains(key))
            })
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::incident::Outage;
    use crate::domain::plan;

    fn down(key: &str) -> Affected {
        let since = datetime!(2026-11-14 12:00 UTC);
        Affected { key: key.to_owned(), outage: Outage::Down, since, restored_at: None }
    }

    #[test]
    fn a_database_is_touched_by_what_stands_on_it_and_by_what_nobody_knows() {
        let text = include_str!("../../../plans/labitory.toml");
        let mut plan = plan::parse(text).unwrap().0.plan;
        let key = plan.database[0].key.clone();
        let on_it = plan.database[0].components[0].clone();
        let apart = plan.component.iter().find(|it| !plan.database[0].components.contains(&it.key));
        let apart = apart.unwrap().key.clone();
        plan.function[0].components = vec![on_it.clone()];
        plan.function[1].components = vec![apart.clone()];
        let function = |at: usize| format!("function.{}", plan.function[at].key);
        let touched = |keys: &[&str]| {
            touches(&plan, &keys.iter().map(|key| down(key)).collect::<Vec<_>>(), &key)
        };

        assert!(touched(&[]) && touched(&[WHOLE]), "nothing was chosen");
        assert!(touched(&[&format!("component.{on_it}")]) && touched(&[&function(0)]));
        assert!(!touched(&[&format!("component.{apart}")]) && !touched(&[&function(1)]));
        assert!(!touched(&[WHOLE, &function(1)]), "something else was chosen");
        assert!(touches(&plan, &[down(&function(1))], "another"), "it is in no plan");
    }
}
