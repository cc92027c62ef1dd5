//! What handlers need, and nothing global.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;

use crate::actions;
use crate::actions::letters::Mailroom;
use crate::actions::mail_source::MailSource;
use crate::actions::paging::Links;
use crate::actions::readiness::Warned;
use crate::actions::sites::own::OwnAgent;
use crate::clock::Clock;
use crate::db::Db;
use crate::publish::Published;
use crate::secrets::{KeyRing, Passwords};
use crate::tls::Kept;
use crate::web::hub::Hub;
use crate::web::pages::live::News;

/// The state of the router. Each layer of each request clones it, so that costs no more than a count.
#[derive(Clone)]
pub struct AppState(Arc<AppParts>);

/// What it holds.
#[derive(Clone)]
pub struct AppParts {
    /// The web's own way to the database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Seals and link tokens.
    pub ring: KeyRing,
    /// Hashes passwords, a few at a time.
    pub passwords: Passwords,
    /// Whether somebody owns this installation.
    pub owned: Owned,
    /// What the public is served.
    pub published: Published,
    /// How mail leaves.
    pub mail: MailSource,
    /// What the plan's text is warned of.
    pub warned: Warned,
    /// Links in mails, and what they stand for.
    pub links: Links,
    /// Tells live pages of new entries.
    pub hub: Hub,
    /// The agent for Muster's own database; none where others run that.
    pub own_agent: Option<OwnAgent>,
    /// The certificate that serve itself shows; none where it speaks plain http.
    pub certificate: Option<Kept>,
    /// What live pages were given a moment ago.
    pub news: Arc<News>,
    /// Cancelled when the server is to end: streams end then.
    pub stop: CancellationToken,
}

impl From<AppParts> for AppState {
    fn from(parts: AppParts) -> AppState {
        AppState(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

impl AppParts {
    /// What it takes to mail a link from a page.
    #[must_use]
    pub fn mailroom(&self) -> Mailroom<'_> {
        Mailroom { db: &self.db, source: &self.mail, links: &self.links }
    }
}

/// Remembers that there is an owner; until there is one, the database is asked.
#[derive(Clone, Default)]
pub struct Owned(Arc<AtomicBool>);

impl Owned {
    /// Whether there is an owner.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn check(&self, db: &Db) -> actions::ActionResult<bool> {
        if !self.0.load(Ordering::Relaxed) && actions::accounts::owner_exists(db).await? {
            self.0.store(true, Ordering::Relaxed);
        }
        Ok(self.0.load(Ordering::Relaxed))
    }
}

macro_rules! parts {
    ($($field:ident: $part:ty,)*) => {$(
        impl FromRef<AppState> for $part {
            fn from_ref(state: &AppState) -> $part {
                state.$field.clone()
            }
        }
    )*};
}

parts! {
    db: Db,
    clock: Clock,
    ring: KeyRing,
    passwords: Passwords,
    owned: Owned,
    published: Published,
    mail: MailSource,
    links: Links,
    hub: Hub,
    stop: CancellationToken,
}
