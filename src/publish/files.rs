//! The page as files, for any static web server and for the next start.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::page::Pages;
use super::{ICON, PublishError, STYLESHEET};

/// Writes the folder; each file appears whole or not at all.
pub(super) fn write(folder: &Path, pages: &Pages) -> io::Result<()> {
    fs::create_dir_all(folder.join("status"))?;
    replace(folder, "status/app.css", STYLESHEET)?;
    replace(folder, "status/icon.svg", ICON)?;
    replace(folder, "status.json", &pages.json)?;
    replace(folder, "index.html", &pages.html)?;
    File::open(folder)?.sync_all()
}

/// What was written last, if anything was.
pub(super) fn read(folder: &Path) -> Option<Result<Pages, PublishError>> {
    let html = fs::read(folder.join("index.html")).ok()?;
    let json = fs::read(folder.join("status.json")).ok()?;
    Some(Pages::of(html.into(), json.into(), None))
}

fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let fresh = folder.join(format!("{name}.new"));
    let mut file = File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(fresh, folder.join(name))
}
