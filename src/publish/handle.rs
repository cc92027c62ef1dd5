//! The page in memory, shared by all requests.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use time::OffsetDateTime;

use super::page::{Pages, render};
use super::view::View;
use super::{PublishError, files};

/// The page that is served now; cheap to clone.
#[derive(Debug, Clone)]
pub struct Published {
    folder: Arc<PathBuf>,
    pages: Arc<RwLock<Arc<Pages>>>,
}

impl Published {
    /// What the folder holds from before, with its own age; else an empty page.
    ///
    /// # Errors
    /// [`PublishError`] when the empty page can't be drawn.
    pub fn open(folder: PathBuf, now: OffsetDateTime) -> Result<Published, PublishError> {
        let pages = match files::read(&folder) {
            Some(pages) => pages?,
            None => Pages { version: None, ..render(&View::empty(), 0, now)? },
        };
        Ok(Published { folder: Arc::new(folder), pages: Arc::new(RwLock::new(Arc::new(pages))) })
    }

    /// What is served now. Holds no lock once it returns.
    #[must_use]
    pub fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.pages.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Serves these from now on, and then keeps them in the folder.
    ///
    /// # Errors
    /// [`PublishError::Files`] when the folder can't be written; they are served all the same.
    pub async fn put(&self, pages: Pages) -> Result<(), PublishError> {
        let pages = Arc::new(pages);
        *self.pages.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&pages);
        let folder = Arc::clone(&self.folder);
        let written = tokio::task::spawn_blocking(move || files::write(&folder, &pages));
        written.await.map_err(std::io::Error::other)??;
        Ok(())
    }
}
