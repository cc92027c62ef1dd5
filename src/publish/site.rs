//! The public files, the same in memory and in the folder: each with its bytes, packed and plain.

use std::collections::BTreeMap;
use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use time::OffsetDateTime;

use super::PublishError;

/// The page itself; `/status` is another name of it.
pub const HOME: &str = "status.html";
/// The same for programs.
pub const JSON: &str = "status.json";
/// All that was said, for feed readers.
pub const FEED: &str = "status.atom";
/// All that is over, month by month.
pub const HISTORY: &str = "status/history.html";
/// What it looks like, a copy of its own.
pub const STYLESHEET: &str = "status/app.css";
/// Its icon.
pub const ICON: &str = "status/icon.svg";
/// Where each incident has a page, named by its number.
pub const INCIDENTS: &str = "status/incidents";

const CSS: &[u8] = include_bytes!("../../static/app.css");
const SVG: &[u8] = include_bytes!("../../static/icon.svg");

/// All that the public is served, by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub(super) files: BTreeMap<String, File>,
    /// The public view's counter; none after a restart, until it was read.
    pub version: Option<i64>,
    /// When time alone makes it untrue.
    pub untrue_at: Option<OffsetDateTime>,
}

/// One file as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is, as a browser is told.
    pub kind: &'static str,
    /// Its content.
    pub bytes: Bytes,
    /// The same, compressed.
    pub packed: Bytes,
    /// Names these bytes, as an ETag is written.
    pub etag: String,
}

impl Site {
    /// A site of these files, each with its path. What `old` has already is not packed again.
    pub(super) fn of(
        files: impl IntoIterator<Item = (String, Bytes)>,
        old: Option<&Site>,
    ) -> Result<Site, PublishError> {
        let named = |(path, bytes): (String, Bytes)| {
            let same = old.and_then(|old| old.file(&path)).filter(|file| file.bytes == bytes);
            let file = same.cloned().map_or_else(|| File::new(kind(&path), bytes), Ok)?;
            Ok((path, file))
        };
        let files = files.into_iter().map(named).collect::<Result<_, PublishError>>()?;
        Ok(Site { files, version: None, untrue_at: None })
    }

    /// The files that are the same whatever happens.
    pub(super) fn assets() -> [(String, Bytes); 2] {
        [
            (STYLESHEET.to_owned(), Bytes::from_static(CSS)),
            (ICON.to_owned(), Bytes::from_static(SVG)),
        ]
    }

    /// The file at a path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// All of them, each with its path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }
}

impl File {
    fn new(kind: &'static str, bytes: Bytes) -> Result<File, PublishError> {
        let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
        let named: String = digest.as_ref().iter().take(8).map(|b| format!("{b:02x}")).collect();
        let packed = packed(&bytes)?;
        Ok(File { kind, bytes, packed, etag: format!("W/\"{named}\"") })
    }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("atom") => "application/atom+xml; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn packed(bytes: &[u8]) -> Result<Bytes, PublishError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.into())
}
