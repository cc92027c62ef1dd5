//! Mail: the server is really spoken to, sign-in and all, and is handed nothing.

use super::Finding;
use crate::actions::mail_source::MailSource;
use crate::cli::serve::mail_source;
use crate::config::{Outgoing, Settings};
use crate::db::Db;
use crate::domain::redacted::redacted;
use crate::notify::{Mailer, SendError};
use crate::secrets::KeyRing;

const SET: &str = "set one under Settings, or by MUSTER_SMTP_URL and MUSTER_MAIL_FROM";

pub(super) async fn check(settings: &Settings, ring: Option<KeyRing>, db: Option<&Db>) -> Finding {
    let mailer = match (&settings.mail.outgoing, ring, db) {
        (Some(given), ..) => from_settings(given, settings.mail.ca.as_deref()),
        (None, Some(ring), Some(db)) => match mail_source(settings, ring) {
            Ok(source) => from_page(&source, db).await,
            Err(error) => Err(Finding::bad("mail", redacted(&error.to_string()), SET)),
        },
        (None, None, _) => Err(Finding::unseen("mail", "the key ring")),
        (None, Some(_), None) => Err(Finding::unseen("mail", "the database")),
    };
    match mailer {
        Ok(mailer) => speak(&mailer).await,
        Err(finding) => finding,
    }
}

fn from_settings(given: &Outgoing, authority: Option<&str>) -> Result<Mailer, Finding> {
    let (url, from) = (given.smtp.text.expose(), given.from.to_string());
    Mailer::from_url(url, &from, authority)
        .map_err(|error| Finding::bad("mail", error.to_string(), "mend MUSTER_SMTP_URL"))
}

async fn from_page(source: &MailSource, db: &Db) -> Result<Mailer, Finding> {
    match source.mailer(db).await {
        Ok(Some(mailer)) => Ok(mailer),
        Ok(None) => Err(Finding::bad("mail", "no mail server is set: nobody can be paged", SET)),
        Err(error) => Err(Finding::bad("mail", redacted(&error.to_string()), SET)),
    }
}

async fn speak(mailer: &Mailer) -> Finding {
    let Err(error) = mailer.check().await else {
        return Finding::ok("mail", "the server answers and takes our sign-in (nothing was sent)");
    };
    let mend = match error {
        SendError::Temporary { .. } => "ask again in some minutes; its own log says more",
        SendError::Permanent { .. } => "does it know this name and password? set them again",
        _ => "is the server's name and port right, and does a firewall let this machine out?",
    };
    Finding::bad("mail", redacted(&error.to_string()), mend)
}
