//! The site in memory, shared by all requests.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use time::OffsetDateTime;

use super::page::{redraw, render};
use super::site::Site;
use super::view::View;
use super::{PublishError, files};
use crate::pulse::Pulse;

/// What is served now; cheap to clone.
#[derive(Debug, Clone)]
pub struct Published {
    folder: Arc<PathBuf>,
    site: Arc<RwLock<Arc<Site>>>,
    renewed: Pulse,
}

impl Published {
    /// What the folder holds from before, with its own age; else an empty page.
    ///
    /// # Errors
    /// [`PublishError`] when the empty page can't be drawn.
    pub fn open(folder: PathBuf, now: OffsetDateTime) -> Result<Published, PublishError> {
        let site = match files::read(&folder)? {
            Some(site) => site,
            None => Site { version: None, ..render(&View::empty(), 0, now)? },
        };
        let site = Arc::new(RwLock::new(Arc::new(site)));
        Ok(Published { folder: Arc::new(folder), site, renewed: Pulse::default() })
    }

    /// What is served now. Holds no lock once it returns.
    #[must_use]
    pub fn site(&self) -> Arc<Site> {
        Arc::clone(&self.site.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How long ago this process last made it anew; none where it never did.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.renewed.age()
    }

    /// Draws this view, serves it from now on, and then keeps it in the folder.
    ///
    /// # Errors
    /// [`PublishError`] when it can't be drawn; when the folder can't be written it is served all
    /// the same.
    pub async fn show(
        &self,
        view: View,
        version: i64,
        now: OffsetDateTime,
    ) -> Result<(), PublishError> {
        let old = self.site();
        let drawn = tokio::task::spawn_blocking(move || redraw(&view, version, now, Some(&old)));
        self.put(drawn.await.map_err(std::io::Error::other)??).await
    }

    pub(super) async fn put(&self, site: Site) -> Result<(), PublishError> {
        let site = Arc::new(site);
        *self.site.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&site);
        self.renewed.beat();
        let folder = Arc::clone(&self.folder);
        let written = tokio::task::spawn_blocking(move || files::write(&folder, &site));
        written.await.map_err(std::io::Error::other)??;
        Ok(())
    }
}
