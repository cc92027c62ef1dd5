//! The mailer in force: given at start, or set on the Settings page.

use crate::actions::ActionResult;
use crate::db::Db;
use crate::notify::Mailer;
use crate::secrets::KeyRing;

/// Where a mailer comes from.
#[derive(Debug, Clone)]
pub enum MailSource {
    /// Given at start: it overrides what the page says.
    Given(Mailer),
    /// The secret on the Settings page, read at each send.
    Page {
        /// Opens it.
        ring: KeyRing,
        /// One more authority to trust.
        authority: Option<String>,
    },
}

impl MailSource {
    /// The mailer, where one is configured.
    pub(super) async fn mailer(&self, db: &Db) -> ActionResult<Option<Mailer>> {
        let (ring, authority) = match self {
            MailSource::Given(mailer) => return Ok(Some(mailer.clone())),
            MailSource::Page { ring, authority } => (ring, authority),
        };
        let Some((sealed, from)) = crate::actions::paging::mail_setting(db).await? else {
            return Ok(None);
        };
        let opened = ring.open("secret:smtp_url", &sealed).map_err(|error| error.to_string());
        let url = opened.and_then(|plain| {
            String::from_utf8(plain.expose().clone()).map_err(|error| error.to_string())
        });
        let made = url.and_then(|url| {
            Mailer::from_url(&url, &from, authority.as_deref()).map_err(|e| e.to_string())
        });
        if let Err(error) = &made {
            tracing::error!(%error, "the mail setting cannot be used");
        }
        Ok(made.ok())
    }
}
