//! Identities: one UUIDv7 newtype a noun, so that a person is never taken for an incident.
//!
//! An id made by a browser is an identity, never an order.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identity, made at `now`.
            #[must_use]
            pub fn new(now: OffsetDateTime) -> Self {
                Self(new_uuid(now))
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// One account's right to approve, as it was granted once.
    GrantId
    /// A task on an incident.
    TaskId
    /// One person and method that a message goes to.
    DeliveryId
    /// A person holding a role in an incident.
    DutyId
    /// The evidence of one proof or restore
    EvidenceId
    /// What the owner of a host is asked to allow.
    DraftId
    /// One reason why nothing of a database's backups is removed
    HoldId
    /// One entry of a timeline.
    EntryId
    /// An incident, real or drill.
    IncidentId
    /// A piece of Muster's own queued work.
    JobId
    /// A page, notice, alarm or test.
    MessageId
    /// A way to reach a person.
    MethodId
    /// Work for a site
    OrderId
    /// Somebody on the roster.
    PersonId
    /// Words on the status page.
    PostId
    /// One process of an agent, from its start to its end.
    RunId
    /// Somebody's word of where a kit's sheet lies.
    SheetId
    /// A host where an agent works.
    SiteId
    /// A chain of entries: one per incident, and the installation's.
    StreamId
}

fn new_uuid(now: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(now.unix_timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.nanosecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn two_ids_of_one_instant_differ() {
        let now = datetime!(2026-11-14 02:12 UTC);

        assert_ne!(PersonId::new(now), PersonId::new(now));
    }
}
