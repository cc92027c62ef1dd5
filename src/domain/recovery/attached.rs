//! What hangs on a cluster that lives, and what each needs when a restored one takes its place: none of it comes with a
//! copy.

use serde::{Deserialize, Serialize};

use crate::domain::cut::cut;

/// Of each sort so many are told of.
const MOST: usize = 20;
/// Letters that are kept of a name.
const LONGEST: usize = 200;

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attached {
    /// Whether it follows another cluster itself.
    pub follows: bool,
    /// What follows it.
    pub standbys: Vec<Standby>,
    /// Its replication slots.
    pub slots: Vec<Slot>,
    /// Its subscriptions to others, each with its database.
    pub subscriptions: Vec<(String, String)>,
    /// What manages it for high availability.
    pub managers: Vec<String>,
}

/// Something that takes its log as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standby {
    /// What it calls itself.
    pub name: String,
    /// From where; none where that is this host.
    pub address: Option<String>,
    /// How it goes, as Postgres says it: `streaming`, `catchup`.
    pub state: String,
    /// Bytes of the log that it has not taken yet; none where that is unknown.
    pub behind: Option<u64>,
    /// Whether it takes single changes as a subscriber does, and is no copy of the whole.
    pub logical: bool,
}

/// A place in the log that is kept for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// The database that it is of; none where it is of the whole cluster.
    pub database: Option<String>,
    /// Whether somebody takes from it just now.
    pub active: bool,
    /// Bytes of the log that are kept for it; none where that is unknown.
    pub held: Option<u64>,
}

impl Attached {
    /// Whether nothing does.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Attached::default()
    }

    /// Standbys that could take over: copies of the whole that keep up.
    pub fn could_take_over(&self) -> impl Iterator<Item = &Standby> {
        self.standbys.iter().filter(|it| !it.logical && it.state == "streaming")
    }

    /// The same within bounds.
    pub(in crate::domain) fn receive(&mut self) {
        let cut = |text: &mut String| cut(text, LONGEST);
        self.standbys.truncate(MOST);
        for one in &mut self.standbys {
            [&mut one.name, &mut one.state].into_iter().chain(&mut one.address).for_each(cut);
        }
        self.slots.truncate(MOST);
        for one in &mut self.slots {
            [&mut one.name].into_iter().chain(&mut one.database).for_each(cut);
        }
        self.subscriptions.truncate(MOST);
        for (name, database) in &mut self.subscriptions {
            [name, database].into_iter().for_each(cut);
        }
        self.managers.truncate(MOST);
        self.managers.iter_mut().for_each(cut);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_copy_of_the_whole_that_keeps_up_could_take_over() {
        let standby = |state: &str, logical| Standby {
            name: "s".repeat(900),
            address: None,
            state: state.to_owned(),
            behind: Some(0),
            logical,
        };
        let standbys = vec![
            standby("streaming", false),
            standby("streaming", true),
            standby("catchup", false),
        ];
        let mut attached = Attached { standbys, ..Attached::default() };
        assert_eq!(attached.could_take_over().count(), 1);
        assert!(!attached.is_nothing() && Attached::default().is_nothing());

        attached.standbys = vec![attached.standbys[0].clone(); 90];
        attached.receive();
        assert_eq!((attached.standbys.len(), attached.standbys[0].name.len()), (20, 200));
    }
}
