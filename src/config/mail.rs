//! Mail as the one who starts Muster sets it; it overrides what owners set on the page.

use lettre::message::Mailbox;
use lettre::transport::smtp::client::Certificate;

use super::key;
use super::smtp_url::SmtpUrl;
use super::sources::{Sources, Text, path};

/// Mail settings.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Server and sender, if both were given here.
    pub outgoing: Option<Outgoing>,
    /// One more authority to trust, as PEM, whichever server is used.
    pub ca: Option<String>,
}

/// What is needed to send a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The server.
    pub smtp: SmtpUrl,
    /// The sender.
    pub from: Mailbox,
}

pub(super) fn read(sources: &mut Sources) -> Mail {
    let before = sources.problem_count();
    let smtp = sources.one(key::SMTP_URL, |text| text.text.parse::<SmtpUrl>());
    let from = sources.one(key::MAIL_FROM, |text| {
        text.text.parse::<Mailbox>().map_err(|_| "Muster <muster@example.org>, or an address alone")
    });
    let sound = sources.problem_count() == before;
    let outgoing = match (smtp, from) {
        (Some(smtp), Some(from)) => Some(Outgoing { smtp, from }),
        (Some(_), None) if sound => {
            let words = "this needs MUSTER_MAIL_FROM, the sender of its mails, too";
            sources.refuse(key::SMTP_URL, words.to_owned());
            None
        }
        (None, Some(_)) if sound => {
            let words = "this only goes with MUSTER_SMTP_URL; a server that is set on the \
                         Settings page has its sender there";
            sources.refuse(key::MAIL_FROM, words.to_owned());
            None
        }
        _ => None,
    };
    Mail { outgoing, ca: sources.one(key::SMTP_CA, certificate) }
}

fn certificate(text: &Text) -> Result<String, String> {
    let wanted = "a PEM file with a certificate";
    let pem = std::fs::read(path(text)?).map_err(|error| format!("{wanted}; here: {error}"))?;
    let good = Certificate::from_pem(&pem).is_ok();
    let pem = String::from_utf8(pem).ok().filter(|_| good);
    pem.filter(|pem| pem.contains("-----BEGIN CERTIFICATE-----")).ok_or_else(|| wanted.to_owned())
}
