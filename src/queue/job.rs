//! What Muster does by itself.

use serde_json::{Value, json};

use crate::domain::id::DeliveryId;

/// One piece of work. Arguments are identities: its body reads the world again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Sends one delivery.
    SendDelivery {
        /// Which.
        delivery: DeliveryId,
    },
}

const FORMAT: u64 = 1;

impl Job {
    /// The kinds that this release knows; it leaves others to those that do.
    pub const KINDS: [&str; 1] = ["send-delivery"];

    /// Its kind's name in the database.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Job::SendDelivery { .. } => "send-delivery",
        }
    }

    pub(super) fn args(self) -> Value {
        match self {
            Job::SendDelivery { delivery } => json!({ "format": FORMAT, "delivery": delivery }),
        }
    }

    pub(super) fn dedup_key(self) -> String {
        match self {
            Job::SendDelivery { delivery } => delivery.to_string(),
        }
    }

    pub(super) fn read(kind: &str, args: &Value) -> Option<Job> {
        let known = args.get("format")?.as_u64()? == FORMAT && kind == "send-delivery";
        let delivery = args.get("delivery")?.as_str()?.parse().ok()?;
        known.then_some(Job::SendDelivery { delivery })
    }
}
