//! Messages: what kinds there are, how a delivery stands, when a failed one is tried again.
//!
//! What they say stands in [`page`], [`digest`], [`alarm`] and [`account`].

use std::str::FromStr;

use time::{Duration, OffsetDateTime};

use crate::domain::id::DeliveryId;

pub mod account;
pub mod alarm;
pub mod digest;
pub mod page;

/// What a message says: the same on every channel that has room for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// One line; all that some people read.
    pub subject: String,
    /// The whole, in plain text.
    pub text: String,
}

/// What a message wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An answer from the person it goes to.
    Page,
    /// To be known by an audience.
    Notice,
    /// Somebody to look at Muster itself.
    Alarm,
    /// To prove that a channel carries.
    Test,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 4] = [Kind::Page, Kind::Notice, Kind::Alarm, Kind::Test];

    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Page => "page",
            Kind::Notice => "notice",
            Kind::Alarm => "alarm",
            Kind::Test => "test",
        }
    }

    /// How long a delivery is worth trying; after that the world has moved on.
    #[must_use]
    pub fn patience(self) -> Duration {
        match self {
            Kind::Page | Kind::Alarm => Duration::minutes(30),
            Kind::Notice => Duration::hours(4),
            Kind::Test => Duration::minutes(2),
        }
    }
}

/// How one delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryState {
    /// Not before its release, and until then without a trace.
    Held,
    /// Due, or waiting for its next attempt.
    Waiting,
    /// A sender has it in hand.
    Sending,
    /// The channel took it.
    Sent,
    /// Given up: a fact for somebody to act on.
    Failed,
    /// Taken back before it left.
    Withdrawn,
}

impl DeliveryState {
    /// All states.
    pub const ALL: [DeliveryState; 6] = [
        DeliveryState::Held,
        DeliveryState::Waiting,
        DeliveryState::Sending,
        DeliveryState::Sent,
        DeliveryState::Failed,
        DeliveryState::Withdrawn,
    ];

    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DeliveryState::Held => "held",
            DeliveryState::Waiting => "waiting",
            DeliveryState::Sending => "sending",
            DeliveryState::Sent => "sent",
            DeliveryState::Failed => "failed",
            DeliveryState::Withdrawn => "withdrawn",
        }
    }

    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, DeliveryState::Sent | DeliveryState::Failed | DeliveryState::Withdrawn)
    }
}

/// A name that is no kind of message, or no state of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is neither a kind of message nor a state of a delivery")]
pub struct UnknownName(pub String);

impl FromStr for Kind {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Kind, UnknownName> {
        let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| UnknownName(name.to_owned()))
    }
}

impl FromStr for DeliveryState {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<DeliveryState, UnknownName> {
        let found = DeliveryState::ALL.into_iter().find(|state| state.name() == name);
        found.ok_or_else(|| UnknownName(name.to_owned()))
    }
}

/// The mail's identity, without angle brackets: one a delivery, so that its second copy is known.
#[must_use]
pub fn message_id(delivery: DeliveryId, host: &str) -> String {
    format!("{delivery}@{host}")
}

/// When to try again after `attempt` failed attempts, the first of them at `first`;
/// `None` gives up.
#[must_use]
pub fn next_attempt(
    kind: Kind,
    attempt: u16,
    seed: u64,
    first: OffsetDateTime,
    now: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let next = now + backoff(attempt, seed);
    (next - first <= kind.patience()).then_some(next)
}

/// How long to wait after `attempt` failed attempts: 15 s, 30 s, 60 s … 5 min, each a fifth more
/// or less, so that what failed together doesn't come back together.
#[must_use]
pub fn backoff(attempt: u16, seed: u64) -> Duration {
    let doublings = u32::from(attempt.saturating_sub(1)).min(5);
    let usual = (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS);
    let spread = usual * 2 / 5;
    let wait = usual - spread / 2 + mixed(seed, attempt) % (spread + 1);
    Duration::milliseconds(i64::try_from(wait.min(LONGEST_WAIT_MS)).unwrap_or(i64::MAX))
}

const FIRST_WAIT_MS: u64 = 15_000;
const LONGEST_WAIT_MS: u64 = 300_000;

/// Bits that look unlike those of the neighbouring seed and attempt (the `SplitMix64` finish).
fn mixed(seed: u64, attempt: u16) -> u64 {
    let mut bits = seed ^ u64::from(attempt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const FIRST: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

    #[test]
    fn names_read_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        for state in DeliveryState::ALL {
            assert_eq!(state.name().parse(), Ok(state));
        }
        assert_eq!("pager".parse::<Kind>(), Err(UnknownName("pager".to_owned())));
        assert_eq!("lost".parse::<DeliveryState>(), Err(UnknownName("lost".to_owned())));
    }

    #[test]
    fn waits_double_from_15_s_to_5_min_and_stay_there() {
        for (attempt, usual) in
            [(1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (6, 300), (900, 300)]
        {
            for seed in 0..200 {
                let wait = backoff(attempt, seed).as_seconds_f64();
                let usual = f64::from(usual);
                let most = (usual * 1.2).min(300.0);
                assert!((usual * 0.8..=most).contains(&wait), "{attempt}, {seed}: {wait}");
            }
        }
    }

    #[test]
    fn what_failed_together_comes_back_apart() {
        let mut waits: Vec<_> = (0..100).map(|seed| backoff(1, seed)).collect();
        waits.sort_unstable();
        waits.dedup();

        assert!(waits.len() > 90, "{} different waits of 100", waits.len());
        assert_eq!(backoff(1, 7), backoff(1, 7));
    }

    #[test]
    fn a_page_is_given_up_after_half_an_hour() {
        let (mut now, mut attempt) = (FIRST, 1);
        while let Some(next) = next_attempt(Kind::Page, attempt, 7, FIRST, now) {
            (now, attempt) = (next, attempt + 1);
        }

        assert!((8..=12).contains(&attempt), "{attempt} attempts");
        assert!(now - FIRST > Duration::minutes(24), "{now}");
        assert!(now - FIRST <= Duration::minutes(30), "{now}");
    }
}
