//! One mail, from words to the bytes that travel.

use std::time::SystemTime;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message};
use time::OffsetDateTime;

use super::SendError;

/// A mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Without its angle brackets; the same at each attempt, so that a doubled mail shows once.
    pub message_id: String,
    /// When it was written, for its `Date`.
    pub at: OffsetDateTime,
    /// The bare address.
    pub to: String,
    /// One line; line breaks in it become spaces.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// Where answers go, when not to the sender.
    pub reply_to: Option<String>,
}

impl Mail {
    /// The finished message, or why these words can't be one.
    pub(super) fn message(&self, sender: &Mailbox) -> Result<Message, SendError> {
        let mut builder = Message::builder()
            .message_id(Some(format!("<{}>", self.checked_id()?)))
            .date(SystemTime::from(self.at))
            .from(sender.clone())
            .to(Mailbox::new(None, address(&self.to)?))
            .subject(one_line(&self.subject))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(Mailbox::new(None, address(reply_to)?));
        }
        builder
            .singlepart(SinglePart::plain(self.text.clone()))
            .map_err(|error| SendError::Unsendable { words: error.to_string() })
    }

    fn checked_id(&self) -> Result<&str, SendError> {
        let fits = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>');
        if self.message_id.contains('@') && self.message_id.chars().all(fits) {
            return Ok(&self.message_id);
        }
        let words = format!("“{}” is no message id", one_line(&self.message_id));
        Err(SendError::Unsendable { words })
    }
}

fn address(text: &str) -> Result<Address, SendError> {
    text.parse().map_err(|_| SendError::Unsendable {
        words: format!("“{}” is no mail address", one_line(text)),
    })
}

/// The same text without line breaks and other control characters.
pub(super) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
