//! What the plan asks of restored databases: agents keep it within their schedule, signed with it.

use serde::{Deserialize, Serialize};

use crate::domain::plan::document::{Check, Plan};
use crate::domain::plan::is_called;

/// Bytes that all checks may have together: an agent takes answers of 256 KB, and hands its schedule
/// back whenever it asks for another.
pub const ROOM: usize = 64 * 1024;

/// One database of the plan, and its checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its key in the plan.
    pub key: String,
    /// Its name in the server.
    pub name: String,
    /// What a restored copy is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// How many more there are, for which there is no room.
    #[serde(default, skip_serializing_if = "is_none")]
    pub left_out: usize,
    /// An incident is open, and none that is touches it. An older Muster says so of none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spared: bool,
}

impl Asked {
    /// Of all databases, in the plan's order.
    #[must_use]
    pub fn by(plan: &Plan) -> Vec<Asked> {
        let mut taken = 0;
        let mut fits = |check: &&Check| {
            taken += serde_json::to_vec(check).map_or(ROOM, |bytes| bytes.len());
            taken <= ROOM
        };
        let databases = plan.database.iter().map(|database| {
            let checks: Vec<Check> = database.check.iter().take_while(&mut fits).cloned().collect();
            let left_out = database.check.len() - checks.len();
            let (key, name) = (database.key.clone(), database.name.clone());
            Asked { key, name, checks, left_out, spared: false }
        });
        databases.collect()
    }

    /// Whether it is what `agent.toml` calls so.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        is_called([&self.key, &self.name], name)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
fn is_none(left_out: &usize) -> bool {
    *left_out == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labitory() -> Plan {
        crate::domain::plan::parse(include_str!("../../../plans/labitory.toml")).unwrap().0.plan
    }

    #[test]
    fn a_database_is_found_by_its_key_or_its_name_with_its_checks_in_order() {
        let asked = Asked::by(&labitory());

        let one = asked.iter().find(|one| one.is_called("labitory")).unwrap();
        assert!(one.is_called("labitory_prod") && !one.is_called("main"));
        assert_eq!((one.checks.len(), one.left_out), (labitory().database[0].check.len(), 0));
        assert_eq!(one.checks[0].expect, "> 0");
    }

    #[test]
    fn what_is_larger_than_an_agent_takes_is_left_out_and_counted() {
        let mut plan = labitory();
        let check = Check { sql: "\"".repeat(20_000), ..plan.database[0].check[0].clone() };
        plan.database[0].check = vec![check; 9];
        let mut second = plan.database[0].clone();
        second.check.truncate(1);
        plan.database.push(second);

        let asked = Asked::by(&plan);

        let counts = asked.iter().map(|one| (one.checks.len(), one.left_out));
        assert_eq!(counts.collect::<Vec<_>>(), [(1, 8), (0, 1)]);
    }
}
