//! What lies in a repository beside the backups and is none: files of Muster's own, in a folder that the engine
//! passes over, not encrypted by the repository's key.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;

use super::repository::{Place, make_folder, replace};
use super::{Engine, Error, Result};

const FOLDER: &str = "muster";

impl Place {
    /// Puts a text there, in place of the one before.
    ///
    /// # Errors
    /// Where the place can't be reached or written.
    pub async fn put_aside(&self, search: &OsStr, name: &str, text: &str) -> Result<()> {
        match self {
            Place::Folder(root) => put(root, name, text),
            Place::Bucket(bucket) => {
                bucket.put(&Engine::find(search)?, &within(name), text.as_bytes()).await
            }
        }
    }

    /// Reads one; none where there is none.
    ///
    /// # Errors
    /// Where the place can't be reached or read.
    pub async fn read_aside(&self, search: &OsStr, name: &str) -> Result<Option<String>> {
        match self {
            Place::Folder(root) => {
                let path = root.join(FOLDER).join(name);
                match std::fs::read_to_string(&path) {
                    Err(error) if error.kind() == ErrorKind::NotFound && root.is_dir() => Ok(None),
                    read => read.map(Some).map_err(Error::io("read", &path)),
                }
            }
            Place::Bucket(bucket) => bucket.get(&Engine::find(search)?, &within(name)).await,
        }
    }

    /// The names of all.
    ///
    /// # Errors
    /// Where the place can't be reached or read.
    pub async fn names_aside(&self, search: &OsStr) -> Result<Vec<String>> {
        match self {
            Place::Folder(root) => names(root),
            Place::Bucket(bucket) => bucket.names(&Engine::find(search)?, FOLDER).await,
        }
    }

    /// Removes one, if it is there.
    ///
    /// # Errors
    /// Where the place can't be reached or written.
    pub async fn remove_aside(&self, search: &OsStr, name: &str) -> Result<()> {
        match self {
            Place::Folder(root) => {
                let path = root.join(FOLDER).join(name);
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                    removed => removed.map_err(Error::io("remove", &path)),
                }
            }
            Place::Bucket(bucket) => bucket.remove(&Engine::find(search)?, &within(name)).await,
        }
    }

    /// Where such a file lies, in words.
    #[must_use]
    pub fn aside(&self, name: &str) -> String {
        match self {
            Place::Folder(root) => root.join(FOLDER).join(name).display().to_string(),
            Place::Bucket(bucket) => bucket.at(&bucket.path.join(FOLDER).join(name)),
        }
    }
}

fn within(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

/// A folder that is not there may be a share that is not mounted: it is not made.
fn put(root: &Path, name: &str, text: &str) -> Result<()> {
    root.metadata().map_err(Error::io("reach the repository", root))?;
    make_folder(&root.join(FOLDER))?;
    replace(&root.join(FOLDER).join(name), text.as_bytes())
}

fn names(root: &Path) -> Result<Vec<String>> {
    let folder = root.join(FOLDER);
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound && root.is_dir() => return Ok(Vec::new()),
        entries => entries.map_err(Error::io("read", &folder))?,
    };
    Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_text_lies_beside_the_backups_and_a_share_that_is_away_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let (search, name) = (OsStr::new(""), "site-kit-1.kit");
        let away = Place::Folder(folder.path().join("share"));
        let there = Place::Folder(folder.path().to_owned());

        assert!(away.put_aside(search, name, "sealed").await.is_err());
        assert!(away.read_aside(search, name).await.is_err(), "unknown is not none");
        assert!(away.names_aside(search).await.is_err() && !folder.path().join("share").exists());
        assert_eq!(there.read_aside(search, name).await.unwrap(), None);
        assert_eq!(there.names_aside(search).await.unwrap(), Vec::<String>::new());
        there.put_aside(search, name, "sealed").await.unwrap();
        there.put_aside(search, name, "sealed anew").await.unwrap();
        assert_eq!(there.read_aside(search, name).await.unwrap().as_deref(), Some("sealed anew"));
        assert_eq!(there.names_aside(search).await.unwrap(), [name]);
        assert_eq!(there.aside(name), format!("{}/muster/{name}", folder.path().display()));
        there.remove_aside(search, name).await.unwrap();
        there.remove_aside(search, name).await.unwrap();
        assert_eq!(there.names_aside(search).await.unwrap(), Vec::<String>::new());
    }
}
