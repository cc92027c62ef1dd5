//! What an agent found for an order: names and numbers, never rows.

use serde::{Deserialize, Serialize};

use crate::domain::cut::cut;
use crate::domain::recovery::{Check, Difference, Suspects};

/// Transactions and tables that are kept of one answer, the newest and the first; so many are looked at by a person.
const MOST: usize = 100;
/// Letters that are kept of a text.
const LONGEST: usize = 300;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// In the log.
    Suspects(Suspects),
    /// By the plan's checks, in a copy.
    Checks(Vec<Check>),
    /// Between a copy and what lives.
    Differences {
        /// The tables that differ.
        differ: Vec<Difference>,
        /// So many tables were compared.
        compared: usize,
        /// So many more differ than are named here.
        #[serde(default)]
        more: usize,
    },
}

impl Answer {
    /// The same within bounds, so that it can be told at all, and an agent can fill neither database nor page. Bounded
    /// twice it is the same.
    #[must_use]
    pub fn bounded(mut self) -> Answer {
        match &mut self {
            Answer::Suspects(suspects) => suspects.receive(MOST),
            Answer::Checks(checks) => {
                checks.truncate(MOST);
                for check in checks {
                    let texts = [&mut check.name, &mut check.expected, &mut check.found];
                    let texts = texts.into_iter().chain(&mut check.plan).chain(&mut check.said);
                    texts.for_each(|text| cut(text, LONGEST));
                }
            }
            Answer::Differences { differ, more, .. } => {
                *more = more.saturating_add(differ.len().saturating_sub(MOST));
                differ.truncate(MOST);
                differ.iter_mut().for_each(Difference::receive);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::OffsetDateTime;

    use crate::domain::recovery::{Changes, Rows, Suspect, Xid};

    #[test]
    fn of_many_tables_the_first_are_named_and_the_others_counted() {
        let one = Difference {
            database: "main".to_owned(),
            table: "t".repeat(900),
            live: Rows::Counted(1),
            copy: Rows::NoTable,
        };
        let said = Answer::Differences { differ: vec![one.clone(); 150], compared: 400, more: 7 };

        let Answer::Differences { differ, more, compared } = said.bounded() else { panic!() };
        assert_eq!((differ.len(), more, compared), (100, 57, 400));
        assert_eq!((differ[0].table.len(), one.more()), (300, Some(-1)));
    }

    #[test]
    fn of_many_transactions_the_newest_are_named_and_the_others_counted_once() {
        let suspect = |xid| Suspect {
            xid: Xid(xid),
            at: OffsetDateTime::UNIX_EPOCH,
            changes: Changes::default(),
            anew: false,
            removed: Vec::new(),
        };
        let found = (0..150).map(suspect).collect();
        let said = Suspects { found, since: OffsetDateTime::UNIX_EPOCH, database: None, more: 0 };

        let Answer::Suspects(kept) = Answer::Suspects(said).bounded().bounded() else { panic!() };
        assert_eq!((kept.found.len(), kept.found[0].xid, kept.more), (100, Xid(50), 50));
    }
}
