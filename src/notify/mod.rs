//! Sends what leaves for people, and for who watches. It knows servers and addresses, nothing of
//! incidents.

mod heartbeat;
mod mail;
mod mailer;
mod server;
mod tally;

pub use heartbeat::{Heartbeat, HeartbeatError};
pub use mail::Mail;
pub use mailer::{Mailer, Sent};
pub use server::SettingError;
pub use tally::Tally;

/// Why a message didn't go, told apart by what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server said to come back later.
    #[error("the mail server said {code}, not now: {words}")]
    Temporary {
        /// Its answer's number, 4xx.
        code: u16,
        /// Its answer's text.
        words: String,
    },
    /// The server will never take it.
    #[error("the mail server refused with {code}: {words}")]
    Permanent {
        /// Its answer's number, 5xx.
        code: u16,
        /// Its answer's text.
        words: String,
    },
    /// No conversation came about, or it broke off before the mail was handed over.
    #[error("the mail server can’t be reached: {words}")]
    Unreachable {
        /// What went wrong.
        words: String,
    },
    /// The whole mail was handed over, and no answer came back.
    #[error("the mail may have arrived, the server’s answer was lost: {words}")]
    Unknown {
        /// What went wrong.
        words: String,
    },
    /// The mail itself is at fault, so no server was asked.
    #[error("this mail can’t be sent: {words}")]
    Unsendable {
        /// What is wrong with it.
        words: String,
    },
}

impl SendError {
    /// Whether the same mail may go through later; if not, the next method's turn has come.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            SendError::Temporary { .. }
            | SendError::Unreachable { .. }
            | SendError::Unknown { .. } => true,
            SendError::Permanent { .. } | SendError::Unsendable { .. } => false,
        }
    }

    /// The server's number, where it gave one.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match self {
            SendError::Temporary { code, .. } | SendError::Permanent { code, .. } => Some(*code),
            _ => None,
        }
    }
}
