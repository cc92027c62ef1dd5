//! A hold: nothing of a database's backups is removed until a person lets go.

use time::OffsetDateTime;

use crate::domain::id::{HoldId, IncidentId};

/// One that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its identity.
    pub id: HoldId,
    /// Since when.
    pub since: OffsetDateTime,
    /// Why.
    pub cause: Cause,
}

/// Why there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// An incident touches the database, or did.
    Incident {
        /// Which.
        id: IncidentId,
        /// What responders call it.
        title: String,
    },
    /// A restore of one of its backups did not hold.
    Proof {
        /// Of which.
        label: String,
    },
    /// Somebody wants it so.
    Person {
        /// Who.
        name: String,
    },
}

impl Cause {
    /// In words that follow “held by”.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Cause::Incident { title, .. } => format!("the incident “{title}”"),
            Cause::Proof { label } => format!("a failed proof of {label}"),
            Cause::Person { name } => name.clone(),
        }
    }
}
