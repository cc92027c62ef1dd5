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
    /// Sends one digest: several deliveries in one mail.
    SendDigest {
        /// The one that names it.
        delivery: DeliveryId,
    },
}

const FORMAT: u64 = 1;

impl Job {
    /// The kinds that this release knows; it leaves others to those that do.
    pub const KINDS: [&str; 2] = ["send-delivery", "send-digest"];

    /// Its kind's name in the database.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Job::SendDelivery { .. } => "send-delivery",
            Job::SendDigest { .. } => "send-digest",
        }
    }

    /// The delivery that it sends, alone or before others.
    #[must_use]
    pub fn delivery(self) -> DeliveryId {
        match self {
            Job::SendDelivery { delivery } | Job::SendDigest { delivery } => delivery,
        }
    }

    pub(super) fn args(self) -> Value {
        json!({ "format": FORMAT, "delivery": self.delivery() })
    }

    pub(super) fn dedup_key(self) -> String {
        self.delivery().to_string()
    }

    pub(super) fn read(kind: &str, args: &Value) -> Option<Job> {
        (args.get("format")?.as_u64()? == FORMAT).then_some(())?;
        let delivery = args.get("delivery")?.as_str()?.parse().ok()?;
        match kind {
            "send-delivery" => Some(Job::SendDelivery { delivery }),
            "send-digest" => Some(Job::SendDigest { delivery }),
            _ => None,
        }
    }
}
