//! Hands mails to a server, one connection each, and knows how far it came when it fails.

use std::fmt;
use std::iter;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands;
use lettre::transport::smtp::extension::{ClientId, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::time::{Instant, timeout, timeout_at};

use super::SendError;
use super::mail::{Mail, one_line};
use super::server::{Security, Server, SettingError};
use super::tally::Tally;

/// How long one send may take, so that a hung server frees its slot; with [`PARTING`] 10 s.
const LIMIT: Duration = Duration::from_secs(9);
/// How long a polite end may take, once the answer is known.
const PARTING: Duration = Duration::from_secs(1);
const _: () = assert!(LIMIT.as_secs() + PARTING.as_secs() <= 10);
/// How long one of a host's addresses may take to answer, so that the next gets its chance.
const CONNECTING: Duration = Duration::from_secs(3);
/// How much of a server's words is worth keeping.
const WORDS: usize = 300;

/// A server that takes Muster's mail.
#[derive(Clone)]
pub struct Mailer {
    host: String,
    port: u16,
    protection: Protection,
    login: Option<Credentials>,
    sender: Mailbox,
    limit: Duration,
    tally: Tally,
}

#[derive(Clone)]
enum Protection {
    Plain,
    StartTls(TlsParameters),
    Implicit(TlsParameters),
}

/// The server took the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it answered, often with the number under which it keeps it.
    pub words: String,
}

impl Mailer {
    /// Reads a setting such as `smtps://name:password@mail.example.org`; `authority` is the PEM of
    /// a certificate to trust beside the system's. It reads the system's certificates from disk.
    ///
    /// # Errors
    /// [`SettingError`] says what is wrong with the setting, the sender or the authority.
    pub fn from_url(
        url: &str,
        sender: &str,
        authority: Option<&str>,
    ) -> Result<Mailer, SettingError> {
        let server = Server::parse(url)?;
        let sender = sender.parse().map_err(|_| SettingError::Sender)?;
        let protection = match server.security {
            Security::Plain => Protection::Plain,
            Security::StartTls => Protection::StartTls(tls(&server.host, authority)?),
            Security::Implicit => Protection::Implicit(tls(&server.host, authority)?),
        };
        let Server { host, port, login, .. } = server;
        let tally = Tally::default();
        Ok(Mailer { host, port, protection, login, sender, limit: LIMIT, tally })
    }

    /// The same with another limit on how long one send may take.
    #[must_use]
    pub fn within(self, limit: Duration) -> Mailer {
        Mailer { limit, ..self }
    }

    /// The same, counting its sends there.
    #[must_use]
    pub fn counted_by(self, tally: Tally) -> Mailer {
        Mailer { tally, ..self }
    }

    /// Hands over one mail, within ten seconds.
    ///
    /// # Errors
    /// [`SendError`] tells whether to come back, to give up, or that it may have arrived.
    pub async fn send(&self, mail: &Mail) -> Result<Sent, SendError> {
        let ended = self.hand_in(mail).await;
        self.tally.note(&ended);
        ended
    }

    async fn hand_in(&self, mail: &Mail) -> Result<Sent, SendError> {
        let message = mail.message(&self.sender)?;
        let dot = AtomicBool::new(false);
        let deadline = Instant::now() + self.limit;

        let mut connection = self.open(deadline).await?;
        let answer = timeout_at(deadline, hand_over(&mut connection, &message, &dot)).await;
        let lost = |words| match dot.load(Ordering::Relaxed) {
            true => SendError::Unknown { words },
            false => SendError::Unreachable { words },
        };
        let Ok(answer) = answer else { return Err(lost(self.silence())) };
        part(connection).await;
        match answer {
            Ok(response) => Ok(Sent { words: words(&spoken(&response)) }),
            Err(error) => Err(refusal(&error).unwrap_or_else(|| lost(cause(&error)))),
        }
    }

    /// Connects and signs in without sending anything.
    ///
    /// # Errors
    /// [`SendError`] as sending would meet it.
    pub async fn check(&self) -> Result<(), SendError> {
        let connection = self.open(Instant::now() + self.limit).await?;
        part(connection).await;
        Ok(())
    }

    async fn open(&self, deadline: Instant) -> Result<AsyncSmtpConnection, SendError> {
        timeout_at(deadline, self.connect())
            .await
            .map_err(|_| SendError::Unreachable { words: self.silence() })?
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let hello = ClientId::default();
        let place = (self.host.as_str(), self.port);
        let wrapped = match &self.protection {
            Protection::Implicit(tls) => Some(tls.clone()),
            Protection::StartTls(_) | Protection::Plain => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(place, Some(CONNECTING), &hello, wrapped, None)
                .await
                .map_err(unopened)?;
        if let Protection::StartTls(tls) = &self.protection {
            if !connection.can_starttls() {
                return Err(unencrypted());
            }
            connection.starttls(tls.clone(), &hello).await.map_err(unopened)?;
        }
        if let Some(login) = &self.login {
            connection.auth(DEFAULT_MECHANISMS, login).await.map_err(unopened)?;
        }
        Ok(connection)
    }

    fn silence(&self) -> String {
        format!("no answer from {} within {:?}", self.host, self.limit)
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("signs_in", &self.login.is_some())
            .finish_non_exhaustive()
    }
}

fn tls(host: &str, authority: Option<&str>) -> Result<TlsParameters, SettingError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authority {
        let certificate =
            Certificate::from_pem(pem.as_bytes()).map_err(|_| SettingError::Authority)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|_| SettingError::Authority)
}

/// Sets `dot` just before the final dot leaves: from then on the mail may be the server's.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
    dot: &AtomicBool,
) -> Result<Response, Error> {
    let envelope = message.envelope();
    let foreign =
        envelope.from().into_iter().chain(envelope.to()).any(|a| !a.to_string().is_ascii());
    let parameters = if foreign { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
    connection.command(commands::Mail::new(envelope.from().cloned(), parameters)).await?;
    for recipient in envelope.to() {
        connection.command(commands::Rcpt::new(recipient.clone(), Vec::new())).await?;
    }
    connection.command(commands::Data).await?;
    let after_the_body = iter::from_fn(|| {
        dot.store(true, Ordering::Relaxed);
        None
    });
    connection.message_iter(iter::once(message.formatted()).chain(after_the_body)).await
}

async fn part(mut connection: AsyncSmtpConnection) {
    let _ = timeout(PARTING, connection.abort()).await;
}

fn unopened(error: Error) -> SendError {
    refusal(&error).unwrap_or_else(|| SendError::Unreachable { words: cause(&error) })
}

fn unencrypted() -> SendError {
    let words = "it offers no STARTTLS; write smtps:// if it encrypts from the start, \
                 or add ?tls=none on a network you trust";
    SendError::Unreachable { words: words.to_owned() }
}

/// The server's own no, if it said one.
fn refusal(error: &Error) -> Option<SendError> {
    let code = u16::from(error.status()?);
    let words = cause(error);
    Some(match error.is_transient() {
        true => SendError::Temporary { code, words },
        false => SendError::Permanent { code, words },
    })
}

fn cause(error: &Error) -> String {
    let source = std::error::Error::source(error);
    words(&source.map_or_else(|| error.to_string(), ToString::to_string))
}

fn spoken(response: &Response) -> String {
    format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))
}

/// Somebody else's words, fit for a page and a database row.
fn words(text: &str) -> String {
    one_line(text).chars().take(WORDS).collect()
}
