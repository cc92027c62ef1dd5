//! Deeds on the installation's settings: where its mail is handed in.

use std::borrow::Cow;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::letters::{Mailed, Mailroom, zone_of};
use super::mail_source::MailSource;
use super::sessions::SignedIn;
use super::{ActionError, ActionResult, DEADLINE, Wrong, limits, overtaken, timeline};
use crate::db::Db;
use crate::domain::limit::TEST_MAIL;
use crate::domain::message::account;
use crate::domain::timeline::Kind;
use crate::notify::SettingError;
use crate::store;

const SMTP_URL: &str = "smtp_url";
const MAIL_FROM: &str = "mail_from";
const NOT_SET: &str = "no mail server is set; set one first";

/// How mail stands; the server itself is never told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailStands {
    /// When the server was set; none where there is none.
    pub server_set_at: Option<OffsetDateTime>,
    /// The sender; empty where there is none.
    pub from: String,
}

/// What was typed about mail.
#[derive(Debug, Clone)]
pub struct MailTyped<'a> {
    /// The server; empty: the one that is set.
    pub url: &'a str,
    /// The sender.
    pub from: &'a str,
    /// How it stood when the form was drawn.
    pub seen: MailStands,
}

/// How mail stands.
///
/// # Errors
/// When the database does not answer.
pub async fn mail(db: &Db) -> ActionResult<MailStands> {
    db.transaction(DEADLINE, async |conn| stands(conn).await).await
}

/// Sets server and sender; an empty `url` keeps the server that is set. Setting what stands
/// changes nothing; what somebody else set since the form was drawn is told instead of overwritten.
///
/// # Errors
/// [`ActionError::Invalid`] names the field that can't be used, or was changed meanwhile.
pub async fn set_mail(
    db: &Db,
    source: &MailSource,
    typed: &MailTyped<'_>,
    by: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    let MailTyped { url, from, seen } = typed;
    db.transaction(DEADLINE, async |conn| {
        store::settings::lock_all(conn).await?;
        let old = stands(conn).await?;
        let stored = stored_url(conn, source).await;
        let kept = url.is_empty() || stored.as_ref().is_ok_and(|stored| stored == url);
        if kept && stored.is_ok() && old.from == *from {
            return Ok(()); // pressed twice
        }
        if old != *seen {
            return Err(overtaken_mail(conn, &old, seen, by, now).await?);
        }
        let url = if kept { stored?.into() } else { Cow::Borrowed(*url) };
        source.read(&url, from).map_err(wrong)?;
        if !kept {
            let sealed = source.seal(&url)?;
            store::secrets::put(conn, SMTP_URL, &sealed, by.person, now).await?;
        }
        store::settings::put(conn, MAIL_FROM, from, by.person, now).await?;
        let what = if kept { "The sender of mail" } else { "Mail server and sender" };
        timeline::tell(conn, Kind::Settings, by, format!("{what} were set: from {from}"), now).await
    })
    .await
}

/// Takes away the mail server that was shown; the sender stays for the next one.
///
/// # Errors
/// [`ActionError::Refused`] where none is set, or another one was set meanwhile.
pub async fn remove_mail(
    db: &Db,
    seen: Option<OffsetDateTime>,
    by: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    db.transaction(DEADLINE, async |conn| {
        store::settings::lock_all(conn).await?;
        if stands(conn).await?.server_set_at.is_some_and(|set_at| Some(set_at) != seen) {
            return Err(overtaken::refusal(conn, Kind::Settings, &[], by, now).await?);
        }
        if !store::secrets::remove(conn, SMTP_URL).await? {
            return Err(ActionError::refused(NOT_SET));
        }
        timeline::tell(conn, Kind::Settings, by, "The mail server was removed".to_owned(), now)
            .await
    })
    .await
}

async fn stands(conn: &mut PgConnection) -> ActionResult<MailStands> {
    let server = store::secrets::find(conn, SMTP_URL).await?;
    let from = store::settings::find(conn, MAIL_FROM).await?.unwrap_or_default();
    Ok(MailStands { server_set_at: server.map(|server| server.updated_at), from })
}

/// The words beside each field that somebody else changed; never the server itself.
async fn overtaken_mail(
    conn: &mut PgConnection,
    stands: &MailStands,
    seen: &MailStands,
    by: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<ActionError> {
    let first = overtaken::by_whom(conn, Kind::Settings, &[], by, now).await?;
    let server = (stands.server_set_at != seen.server_set_at).then(|| Wrong {
        field: SMTP_URL,
        words: format!("{first}. Type yours again to put it in its place."),
    });
    let from = (stands.from != seen.from).then(|| Wrong {
        field: MAIL_FROM,
        words: format!(
            "{first}. It now reads “{}”. Set mail again to put yours in its place.",
            stands.from
        ),
    });
    Ok(ActionError::Invalid(server.into_iter().chain(from).collect()))
}

/// Sends a mail to the one who asks, now, and says in words what came of it.
///
/// # Errors
/// [`ActionError::Refused`] where no server is set, or with the words of one that did not take it.
pub async fn test_mail(
    room: &Mailroom<'_>,
    by: &SignedIn,
    now: OffsetDateTime,
) -> ActionResult<String> {
    by.require_ownership()?;
    let (to, at) = addressee(room.db, by, now).await?;
    match room.send(&to, account::test(&by.name, &at), now).await? {
        Mailed::Taken { to, answer } => {
            Ok(format!("The mail server took a test message to {to}: {answer}"))
        }
        Mailed::NotTaken { why, .. } => Err(ActionError::refused(why)),
        Mailed::NoServer | Mailed::NoAddress => Err(ActionError::wrong(SMTP_URL, NOT_SET)),
    }
}

/// The address of who asks, and the time where they are.
async fn addressee(db: &Db, by: &SignedIn, now: OffsetDateTime) -> ActionResult<(String, String)> {
    db.transaction(DEADLINE, async |conn| {
        limits::take(conn, TEST_MAIL, by.person.0.as_bytes(), now).await?;
        let account = store::accounts::find(conn, by.person).await?;
        let account = account.ok_or(ActionError::NotFound("account"))?;
        let plan = store::plans::current(conn).await?.map(|revision| revision.plan.document);
        Ok((account.email, zone_of(&by.zone, plan.as_ref()).clock(now)))
    })
    .await
}

async fn stored_url(conn: &mut PgConnection, source: &MailSource) -> ActionResult<String> {
    let found = store::secrets::find(conn, SMTP_URL).await?;
    let found = found.ok_or_else(|| ActionError::wrong(SMTP_URL, NOT_SET))?;
    source.open(&found.sealed).map_err(|unreadable| ActionError::wrong(SMTP_URL, unreadable))
}

fn wrong(error: SettingError) -> ActionError {
    let field = if error == SettingError::Sender { MAIL_FROM } else { SMTP_URL };
    ActionError::wrong(field, error)
}
