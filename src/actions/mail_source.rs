//! The mail channel in force: a server given when Muster starts, else the one on the Settings page.

use super::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::notify::{Mailer, SettingError, Tally};
use crate::secrets::KeyRing;
use crate::store;

/// What the sealed server is sealed for.
const SEAL: &str = "secret:smtp_url";

/// Where mailers come from; cheap to clone.
#[derive(Debug, Clone)]
pub struct MailSource {
    given: Option<Mailer>,
    ring: KeyRing,
    authority: Option<String>,
    tally: Tally,
}

impl MailSource {
    /// The Settings page alone; `authority` is the PEM of one more authority to trust.
    #[must_use]
    pub fn of_page(ring: KeyRing, authority: Option<String>) -> MailSource {
        MailSource { given: None, ring, authority, tally: Tally::default() }
    }

    /// The same, overridden by a mailer that was given at start.
    #[must_use]
    pub fn given(self, mailer: Mailer) -> MailSource {
        MailSource { given: Some(mailer), ..self }
    }

    /// Whether what the Settings page says is overridden.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.given.is_some()
    }

    /// How the sends of all its mailers ended.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally.clone()
    }

    /// Whether mail can leave at all, so far as anybody has said how.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_set(&self, db: &Db) -> ActionResult<bool> {
        Ok(self.is_given() || stored(db).await?.is_some())
    }

    /// The mailer in force; none where nobody has set one.
    ///
    /// # Errors
    /// [`ActionError::Refused`] says why the one that is set can't be used.
    pub async fn mailer(&self, db: &Db) -> ActionResult<Option<Mailer>> {
        if let Some(given) = &self.given {
            return Ok(Some(given.clone().counted_by(self.tally.clone())));
        }
        let Some((sealed, from)) = stored(db).await? else { return Ok(None) };
        let url = self.open(&sealed)?;
        let mailer = self.read(&url, &from).map_err(ActionError::refused)?;
        Ok(Some(mailer.counted_by(self.tally.clone())))
    }

    /// Reads what is typed on the Settings page.
    pub(super) fn read(&self, url: &str, from: &str) -> Result<Mailer, SettingError> {
        Mailer::from_url(url, from, self.authority.as_deref())
    }

    pub(super) fn seal(&self, url: &str) -> ActionResult<Vec<u8>> {
        Ok(self.ring.seal(SEAL, url.as_bytes())?)
    }

    pub(super) fn open(&self, sealed: &[u8]) -> ActionResult<String> {
        let opened = self.ring.open(SEAL, sealed).ok();
        let url = opened.and_then(|plain| String::from_utf8(plain.expose().clone()).ok());
        url.ok_or_else(|| {
            ActionError::refused(
                "this key ring can’t open the mail server that is set; set it again under Settings",
            )
        })
    }
}

async fn stored(db: &Db) -> ActionResult<Option<(Vec<u8>, String)>> {
    db.transaction(DEADLINE, async |conn| Ok(store::settings::mail(conn).await?)).await
}
