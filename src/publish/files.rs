//! The site as files, for any static web server and for the next start.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use bytes::Bytes;

use super::PublishError;
use super::site::{FEED, HISTORY, HOME, INCIDENTS, JSON, Site};

/// What a static server shows when it is asked for the folder.
const INDEX: &str = "index.html";
/// What links to incidents, in the order in which it is written after them.
const LISTS: [&str; 4] = [JSON, FEED, HISTORY, HOME];

/// Writes the folder; each file appears whole or not at all, and what it links to before it.
pub(super) fn write(folder: &Path, site: &Site) -> io::Result<()> {
    fs::create_dir_all(folder.join(INCIDENTS))?;
    let mut files: Vec<_> = site.files().collect();
    files.sort_by_key(|(path, _)| LISTS.iter().position(|list| list == path));
    let index = site.file(HOME).map(|file| (INDEX, file));
    for (path, file) in files.into_iter().chain(index) {
        replace(&folder.join(path), &file.bytes)?;
    }
    forget(folder, site)?;
    for changed in [folder.to_owned(), folder.join("status"), folder.join(INCIDENTS)] {
        fs::File::open(changed)?.sync_all()?;
    }
    Ok(())
}

/// What was written last, if anything was; a release before this one wrote the index alone.
pub(super) fn read(folder: &Path) -> Result<Option<Site>, PublishError> {
    let home = fs::read(folder.join(HOME)).or_else(|_| fs::read(folder.join(INDEX)));
    let Ok(home) = home else { return Ok(None) };
    let mut found = vec![(HOME.to_owned(), Bytes::from(home))];
    for (path, asset) in Site::assets() {
        let kept = fs::read(folder.join(&path)).map_or(asset, Bytes::from);
        found.push((path, kept));
    }
    let pages = pages(folder).into_iter().map(|name| format!("{INCIDENTS}/{name}"));
    let lists = LISTS.into_iter().filter(|path| *path != HOME).map(str::to_owned);
    for path in pages.chain(lists) {
        if let Ok(bytes) = fs::read(folder.join(&path)) {
            found.push((path, bytes.into()));
        }
    }
    Site::of(found, None).map(Some)
}

/// Writes a file where it says something else.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let mut file = fs::File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(fresh, path)
}

/// Removes the pages of incidents that are shown no more.
fn forget(folder: &Path, site: &Site) -> io::Result<()> {
    for name in pages(folder) {
        let path = format!("{INCIDENTS}/{name}");
        if site.file(&path).is_none() {
            fs::remove_file(folder.join(path))?;
        }
    }
    Ok(())
}

/// The names of the incidents' pages in the folder.
fn pages(folder: &Path) -> BTreeSet<String> {
    let found = fs::read_dir(folder.join(INCIDENTS)).into_iter().flatten().flatten();
    let names = found.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| is_page(name)).collect()
}

fn is_page(name: &str) -> bool {
    let number = name.strip_suffix(".html").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}
