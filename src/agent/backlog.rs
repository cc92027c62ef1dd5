//! What of a cluster's log waits to be archived, the room that is left for it, and when that is full.

use std::fs::DirEntry;
use std::path::{Path, PathBuf};

use time::Duration;

use super::Protected;
use super::check::named;
use super::settings::Size;
use crate::domain::civil;
use crate::domain::counted::counted;
use crate::domain::finding::Finding;
use crate::domain::recovery::backlog::{Backlog, Forecast, Growing, Growth, Mark, Nearness};
use crate::domain::recovery::{Segment, SegmentSize};
use crate::recovery::{Live, free_bytes};

/// A disk that is full within so long is to be looked at.
const SOON: Duration = Duration::DAY;
/// Segments that wait while all is well: one is written while the one before is archived.
const IN_FLIGHT: u64 = 2;
/// Letters of a segment's name.
const NAME: usize = 24;

/// The files of the log that the cluster has marked so, by their names.
pub(super) fn marked(protected: &Protected<'_>, how: &str) -> Vec<String> {
    let marks = entries(&folder(protected).join("archive_status"));
    let name = |mark: DirEntry| Some(mark.file_name().to_str()?.strip_suffix(how)?.to_owned());
    marks.filter_map(name).collect()
}

/// Looks; of a cluster that is down its folder still tells. None where nothing waits.
pub(super) fn look(
    protected: &Protected<'_>,
    live: Option<&Live>,
    growing: &mut Growing,
) -> Option<Backlog> {
    let (segments, size) = segments(&folder(protected)).unzip();
    let ready = marked(protected, ".ready");
    let is_segment = |name: &&String| size.is_some_and(|it| Segment::named(name, it).is_some());
    let waiting = ready.iter().filter(is_segment).count() as u64;
    let (Some(segments), Some(size), 1..) = (segments, size, waiting) else {
        growing.clear();
        return None;
    };
    let in_log = |live: &Live| live.flushed.0 / size.bytes();
    let ahead = |live| segments.iter().filter(|it| it.number > in_log(live)).count() as u64;
    Some(Backlog {
        waiting,
        held: segments.len() as u64 * size.bytes(),
        free: free_bytes(&folder(protected)).ok()?,
        ahead: live.map_or(0, ahead) * size.bytes(),
        growth: live.and_then(|live| grown(protected, live, (waiting, size), growing)),
    })
}

/// How it grows, by the position that the cluster writes at.
fn grown(
    protected: &Protected<'_>,
    live: &Live,
    (waiting, size): (u64, SegmentSize),
    growing: &mut Growing,
) -> Option<Growth> {
    let begun = live.flushed.0 % size.bytes();
    growing.add(Mark { at: protected.host.clock.now(), bytes: waiting * size.bytes() + begun });
    if !live.archiver.is_failing() {
        return growing.growth(None, IN_FLIGHT * size.bytes());
    }
    let since = live.archiver.last_at.map(|at| Mark { at, bytes: size.bytes() });
    growing.growth(since, 0)
}

/// What one look says of it.
pub(super) fn check(protected: &Protected<'_>, live: Option<&Live>) -> Option<Finding> {
    let seen = look(protected, live, &mut Growing::default())?;
    let fine = || Finding::ok(named(protected.name(), "pg_wal"), words(&seen));
    Some(trouble(protected, &seen).unwrap_or_else(fine))
}

/// What is wrong with it.
pub(super) fn trouble(protected: &Protected<'_>, seen: &Backlog) -> Option<Finding> {
    let check = named(protected.name(), "pg_wal");
    let mend = "see first to archiving: its finding says how. To win time, give that disk room, or take from it what \
                is not the database's; remove nothing from pg_wal, for that loses commits";
    let floor = protected.host.settings.limits.disk_floor;
    if Size(seen.free) < floor {
        let words = format!("{}; the floor is {floor}", words(seen));
        return Some(Finding::bad(check, words, mend));
    }
    match seen.forecast() {
        Forecast::FullIn(left) if Nearness::of(left) > Nearness::Far => {
            Some(Finding::bad(check, words(seen), mend))
        }
        Forecast::FullIn(left) if left < SOON => Some(Finding::warn(check, words(seen), mend)),
        _ => None,
    }
}

fn words(seen: &Backlog) -> String {
    let wait = if seen.waiting == 1 { "waits" } else { "wait" };
    let (held, free) = (Size(seen.held), Size(seen.free));
    let waits = counted(seen.waiting, "segment");
    let found =
        format!("{waits} {wait} to be archived; pg_wal holds {held}, its disk has {free} left");
    match seen.forecast() {
        Forecast::FullIn(left) => {
            let left = civil::about(left);
            format!("{found} and is full in about {left}: then Postgres stops")
        }
        Forecast::DoesNotFill => format!("{found} and does not fill"),
        Forecast::Unknown => format!("{found}; how fast that goes is not known yet"),
    }
}

/// All segments that lie there, and their size.
fn segments(folder: &Path) -> Option<(Vec<Segment>, SegmentSize)> {
    let is_segment = |entry: &DirEntry| {
        let name = entry.file_name();
        name.len() == NAME && name.as_encoded_bytes().iter().all(u8::is_ascii_hexdigit)
    };
    let files: Vec<_> = entries(folder).filter(is_segment).collect();
    let size = SegmentSize::of(files.first()?.metadata().ok()?.len())?;
    let named = |file: &DirEntry| Segment::named(file.file_name().to_str()?, size);
    Some((files.iter().filter_map(named).collect(), size))
}

fn entries(folder: &Path) -> impl Iterator<Item = DirEntry> + use<> {
    std::fs::read_dir(folder).into_iter().flatten().flatten()
}

fn folder(protected: &Protected<'_>) -> PathBuf {
    protected.database.data_dir.join("pg_wal")
}
