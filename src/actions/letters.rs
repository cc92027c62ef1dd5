//! One mail now, while somebody waits before the page: what came of it is said there.

use std::time::Duration;

use time::OffsetDateTime;

use super::mail_source::MailSource;
use super::paging::Links;
use super::{ActionError, ActionResult, DEADLINE, quarantine};
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::DeliveryId;
use crate::domain::message::{Words, message_id};
use crate::domain::plan::document::Document;
use crate::notify::Mail;
use crate::store::people::Method;

/// How long somebody waits before the page for the server's answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What it takes to mail a link.
#[derive(Debug, Clone, Copy)]
pub struct Mailroom<'a> {
    /// The web's way to the database.
    pub db: &'a Db,
    /// How mail leaves.
    pub source: &'a MailSource,
    /// Addresses of our own pages.
    pub links: &'a Links,
}

/// What came of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mailed {
    /// Nobody has set a mail server.
    NoServer,
    /// No address is known.
    NoAddress,
    /// The server took it.
    Taken {
        /// The address it goes to.
        to: String,
        /// What the server said.
        answer: String,
    },
    /// It was not taken, or nobody knows.
    NotTaken {
        /// The address it was to go to.
        to: String,
        /// Why.
        why: String,
    },
}

impl Mailroom<'_> {
    /// Hands one mail over, and says what came of it.
    pub(super) async fn send(
        &self,
        to: &str,
        words: Words,
        now: OffsetDateTime,
    ) -> ActionResult<Mailed> {
        let not_taken = |why| Mailed::NotTaken { to: to.to_owned(), why };
        if self.db.transaction(DEADLINE, async |conn| quarantine::is_on(conn).await).await? {
            return Ok(not_taken(quarantine::WORDS.to_owned()));
        }
        let mailer = match self.source.mailer(self.db).await {
            Ok(Some(mailer)) => mailer,
            Ok(None) => return Ok(Mailed::NoServer),
            Err(ActionError::Refused(why)) => return Ok(not_taken(why)),
            Err(error) => return Err(error),
        };
        let message_id = message_id(DeliveryId::new(now), self.links.host());
        let Words { subject, text } = words;
        let mail = Mail { message_id, at: now, to: to.to_owned(), subject, text, reply_to: None };
        Ok(match mailer.within(PATIENCE).send(&mail).await {
            Ok(sent) => Mailed::Taken { to: mail.to, answer: sent.words },
            Err(error) => not_taken(error.to_string()),
        })
    }
}

/// A reader's zone: their own, else the plan's.
#[must_use]
pub fn zone_of(own: &str, plan: Option<&Document>) -> Zone {
    let plans = plan.map_or("", |document| &document.zone);
    Zone::parse(if own.is_empty() { plans } else { own }).unwrap_or_else(|_| Zone::utc())
}

/// Whose response team it is, as mails say it.
pub(super) fn organisation(plan: Option<&Document>) -> String {
    let named = plan.map(|document| document.organisation.clone());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "your organisation".to_owned())
}

/// The mail address to try first.
pub(super) fn best_mail(methods: &[Method]) -> Option<&Method> {
    let mails = methods.iter().filter(|method| method.channel == "mail");
    mails.min_by_key(|m| (m.failing_since.is_some(), m.verified_at.is_none(), m.rank))
}
