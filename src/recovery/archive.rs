//! What lies in the archive of the write-ahead log, listed name by name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Engine, Error, Result};
use crate::domain::recovery::{Archive, History, Segment, SegmentSize};

const DOING: &str = "listing the archive";
const HISTORY: &str = ".history";

/// Lists what lies in the archive `id`; `desk` is a folder for what must be read meanwhile.
///
/// # Errors
/// When it can't be listed, or a history can't be read.
pub async fn archive(engine: &Engine, id: &str, size: SegmentSize, desk: &Path) -> Result<Archive> {
    let mut archive = Archive::empty(size);
    for name in names(engine, id).await? {
        if let Some(timeline) = name.strip_suffix(HISTORY).and_then(timeline) {
            archive.note_history(history(engine, &name, timeline, desk).await?);
        } else {
            archive.note(&name);
        }
    }
    Ok(archive)
}

/// The names of all that lies in the archive `id`.
async fn names(engine: &Engine, id: &str) -> Result<impl Iterator<Item = String>> {
    let folder = format!("archive/{}/{id}", engine.stanza());
    let listed = engine.ask(DOING, &["--recurse", "repo-ls", &folder]).await?;
    let serde_json::Value::Object(listed) = listed else {
        return Err(Error::Unreadable { doing: DOING });
    };
    let names = listed.into_iter().map(|(path, _)| path);
    Ok(names.map(|path| path.rsplit('/').next().unwrap_or_default().to_owned()))
}

/// What of the log lies in the archive `id`.
///
/// # Errors
/// When it can't be listed.
pub async fn log(engine: &Engine, id: &str, size: SegmentSize) -> Result<Log> {
    Ok(Log::of(names(engine, id).await?, size))
}

/// Copies a file of the log from one repository to another by way of `desk`; what is not there any more is not
/// copied.
///
/// # Errors
/// When it can't be read or written.
pub async fn copy_onward(from: &Engine, to: &Engine, name: &str, desk: &Path) -> Result<()> {
    let file = desk.join(name);
    if from.get(name, &file).await? {
        to.put(&file).await?;
        let _ = std::fs::remove_file(&file); // the desk is cleared anyway
    }
    Ok(())
}

/// The files of an archive, by which another one is filled up.
#[derive(Debug, Default)]
pub struct Log {
    /// By number and timeline, which is the order in which they were written.
    segments: BTreeSet<(u64, u32)>,
    histories: BTreeSet<String>,
}

impl Log {
    fn of(names: impl Iterator<Item = String>, size: SegmentSize) -> Log {
        let mut log = Log::default();
        for name in names {
            if name.strip_suffix(HISTORY).and_then(timeline).is_some() {
                log.histories.insert(name);
            } else if let Some(Segment { timeline, number }) = Segment::named(&name, size) {
                log.segments.insert((number, timeline));
            }
        }
        log
    }

    /// What of this one the other lacks and has use for, the oldest first: from the first segment on that it has,
    /// or where it has none the newest. Histories come before, for no segment of their timelines is of use without.
    #[must_use]
    pub fn beyond(&self, other: &Log, size: SegmentSize) -> Vec<String> {
        let first = other.segments.first().or(self.segments.last()).map(|(number, _)| *number);
        let segments = self.segments.difference(&other.segments);
        let segments = segments.filter(|(number, _)| Some(*number) >= first);
        let named = segments.map(|&(number, timeline)| Segment { timeline, number }.name(size));
        self.histories.difference(&other.histories).cloned().chain(named).collect()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_repository_lacks_what_came_since_its_first_segment_in_the_order_of_writing() {
        let size = SegmentSize::of(16 << 20).unwrap();
        let log = |names: &[&str]| Log::of(names.iter().map(|&name| name.to_owned()), size);
        let zst = |tail: &str, timeline: u32| {
            format!("{timeline:08X}00000000000000{tail}-{:040x}.zst", 7)
        };
        let here =
            [zst("07", 1), zst("08", 1), zst("09", 2), zst("09", 1), "00000002.history".into()];
        let here = here.each_ref().map(String::as_str);

        assert_eq!(
            log(&here).beyond(&log(&[&zst("08", 1)]), size),
            ["00000002.history", "000000010000000000000009", "000000020000000000000009"],
            "07 was there before it began"
        );
        assert_eq!(log(&here[..2]).beyond(&log(&[]), size), ["000000010000000000000008"]);
        assert_eq!(log(&here).beyond(&log(&here), size), [""; 0]);
        assert_eq!(log(&[]).beyond(&log(&here), size), [""; 0]);
    }
}
