//! Where a sheet is written: on the terminal, or into files that their owner alone may read.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use askama::Template;

use crate::domain::kit::Sheet;
use crate::domain::kit::sheet::WITHOUT;

/// A page to print, that needs nothing from elsewhere.
#[derive(Template)]
#[template(path = "kit/sheet.html")]
struct Page<'a> {
    sheet: &'a Sheet<'a>,
    without: &'static str,
}

/// Files that wait for a sheet; removed where none comes.
pub(in crate::cli) struct Paper(Vec<(PathBuf, Option<File>)>);

impl Paper {
    /// Makes the files before anything is done: a kit whose sheet can't be written is none.
    pub(in crate::cli) fn laid_out(files: &[PathBuf]) -> anyhow::Result<Paper> {
        let mut paper = Paper(Vec::new());
        for path in files {
            let file = File::options().write(true).create_new(true).mode(0o600).open(path);
            let file =
                file.with_context(|| format!("no sheet can be written to {}", path.display()))?;
            paper.0.push((path.clone(), Some(file)));
        }
        Ok(paper)
    }

    /// Writes it, as a page where a file's name ends so; without files on the standard output.
    pub(in crate::cli) fn write(mut self, sheet: &Sheet<'_>) -> anyhow::Result<()> {
        if self.0.is_empty() {
            let mut out = std::io::stdout().lock();
            return Ok(write!(out, "{}", sheet.text()).and_then(|()| out.flush())?);
        }
        for (path, file) in &mut self.0 {
            let text = match is_page(path) {
                true => Page { sheet, without: WITHOUT }.render()?,
                false => sheet.text(),
            };
            if let Some(file) = file {
                let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
                written.with_context(|| format!("{} can't be written", path.display()))?;
            }
        }
        for (path, file) in &mut self.0 {
            *file = None; // from now on it stays
            eprintln!("The sheet is in {}: print it, then remove the file.", path.display());
        }
        Ok(())
    }
}

impl Drop for Paper {
    fn drop(&mut self) {
        for (path, _) in self.0.iter().filter(|(_, file)| file.is_some()) {
            let _ = std::fs::remove_file(path); // it was made by us, and holds nothing whole
        }
    }
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case(OsStr::new("html")))
}
