//! What lies in the archive of the write-ahead log, listed name by name.

use std::path::{Path, PathBuf};

use super::{Engine, Error, Result};
use crate::domain::recovery::{Archive, History, Segment, SegmentSize};

const DOING: &str = "listing the archive";

/// Lists what lies in the archive `id`; `desk` is a folder for what must be read meanwhile.
///
/// # Errors
/// When it can't be listed, or a history can't be read.
pub async fn archive(engine: &Engine, id: &str, size: SegmentSize, desk: &Path) -> Result<Archive> {
    let folder = format!("archive/{}/{id}", engine.stanza());
    let listed = engine.ask(DOING, &["--recurse", "repo-ls", &folder]).await?;
    let names = listed.as_object().ok_or(Error::Unreadable { doing: DOING })?;
    let mut archive = Archive::empty(size);
    for path in names.keys() {
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some(timeline) = name.strip_suffix(".history").and_then(timeline) {
            archive.note_history(history(engine, name, timeline, desk).await?);
        } else {
            archive.note(name);
        }
    }
    Ok(archive)
}

/// Brings a segment to `desk`; none where the archive has no such one.
///
/// # Errors
/// When it lies there and can't be read.
pub async fn fetch(
    engine: &Engine,
    segment: Segment,
    size: SegmentSize,
    desk: &Path,
) -> Result<Option<PathBuf>> {
    let name = segment.name(size);
    let to = desk.join(&name);
    Ok(engine.get(&name, &to).await?.then_some(to))
}

async fn history(engine: &Engine, name: &str, timeline: u32, desk: &Path) -> Result<History> {
    let to = desk.join(name);
    let unreadable = Error::Unreadable { doing: "reading a timeline's history" };
    if !engine.get(name, &to).await? {
        return Err(unreadable);
    }
    let text = std::fs::read_to_string(&to).map_err(Error::io("read", &to))?;
    let _ = std::fs::remove_file(&to); // the desk is cleared anyway
    History::read(timeline, &text).ok_or(unreadable)
}

fn timeline(hex: &str) -> Option<u32> {
    u32::from_str_radix(hex, 16).ok()
}
