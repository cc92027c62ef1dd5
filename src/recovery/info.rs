//! What lies in a repository, read from the engine's JSON.

use serde::Deserialize;
use time::OffsetDateTime;

use super::{Engine, Error, Repository, Result};
use crate::domain::recovery::{Kind, Lsn, Point, Segment, SegmentSize};

const DOING: &str = "looking into the repository";
/// The engine's code for a database that it was never told of.
const NO_STANZA: i64 = 1;
const NO_BACKUP: i64 = 2;
const OK: i64 = 0;

/// A database's part of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shelf {
    /// Whether there is a place for the database at all.
    pub made: bool,
    /// The archive of the cluster as it is now: `15-1`; none before its place is made.
    pub archive: Option<String>,
    /// Its recovery points, the oldest first.
    pub points: Vec<Point>,
}

#[derive(Deserialize)]
struct Stanza {
    #[serde(default)]
    archive: Vec<Archive>,
    #[serde(default)]
    backup: Vec<Backup>,
    #[serde(default)]
    repo: Vec<Repo>,
}

#[derive(Deserialize)]
struct Archive {
    database: Database,
    id: String,
}

#[derive(Deserialize)]
struct Database {
    id: u64,
}

#[derive(Deserialize)]
struct Repo {
    status: Status,
}

#[derive(Deserialize)]
struct Status {
    code: i64,
    message: String,
}

#[derive(Deserialize)]
struct Backup {
    label: String,
    #[serde(rename = "type")]
    kind: String,
    prior: Option<String>,
    database: Database,
    #[serde(default)]
    error: Option<bool>,
    lsn: Ends<String>,
    timestamp: Ends<i64>,
    archive: Ends<String>,
    info: Sizes,
}

#[derive(Deserialize)]
struct Ends<T> {
    start: T,
    stop: T,
}

#[derive(Deserialize)]
struct Sizes {
    size: u64,
    repository: Stored,
}

#[derive(Deserialize)]
struct Stored {
    delta: u64,
}

/// Reads what lies there of a database.
///
/// # Errors
/// When the repository can't be read; with another key's it says so.
pub async fn points(engine: &Engine, repository: &Repository, size: SegmentSize) -> Result<Shelf> {
    let answer = engine.ask(DOING, &["info"]).await?;
    let stanzas: Vec<Stanza> =
        serde_json::from_value(answer).map_err(|_| Error::Unreadable { doing: DOING })?;
    let Some(stanza) = stanzas.into_iter().next() else { return Ok(Shelf::default()) };
    let status = stanza.repo.first().map(|repo| (repo.status.code, repo.status.message.as_str()));
    match status {
        Some((NO_STANZA, _)) => return Ok(Shelf::default()),
        Some((OK | NO_BACKUP, _)) | None => {}
        Some((_, said)) if said.contains("CryptoError") || said.contains("FormatError") => {
            return Err(Error::WrongKey {
                repository: repository.place().to_string(),
                key: repository.key(),
            });
        }
        Some((_, said)) => return Err(Error::Engine { doing: DOING, said: said.to_owned() }),
    }
    shelf(stanza, size).ok_or(Error::Unreadable { doing: DOING })
}

fn shelf(stanza: Stanza, size: SegmentSize) -> Option<Shelf> {
    let newest = stanza.archive.iter().max_by_key(|archive| archive.database.id);
    let of_now = |backup: &Backup| newest.is_none_or(|it| it.database.id == backup.database.id);
    let points = stanza.backup.into_iter().filter(of_now).map(|backup| point(backup, size));
    let mut points = points.collect::<Option<Vec<_>>>()?;
    points.sort_by_key(|point| point.stopped);
    Some(Shelf { made: true, archive: newest.map(|archive| archive.id.clone()), points })
}

fn point(backup: Backup, size: SegmentSize) -> Option<Point> {
    let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).ok();
    Some(Point {
        kind: match backup.kind.as_str() {
            "full" => Kind::Full,
            "diff" => Kind::Differential,
            "incr" => Kind::Incremental,
            _ => return None,
        },
        prior: backup.prior,
        started: at(backup.timestamp.start)?,
        stopped: at(backup.timestamp.stop)?,
        first: Segment::named(&backup.archive.start, size)?,
        last: Segment::named(&backup.archive.stop, size)?,
        stop: backup.lsn.stop.parse::<Lsn>().ok()?,
        size: backup.info.size,
        stored: backup.info.repository.delta,
        damaged: backup.error.unwrap_or(false),
        label: backup.label,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: &str = r#"[{"archive":[{"database":{"id":1,"repo-key":1},"id":"15-1","max":"00000001000000000000000C",
        "min":"000000010000000000000008"}],"backup":[{"archive":{"start":"00000001000000000000000B",
        "stop":"00000001000000000000000C"},"backrest":{"format":5,"version":"2.45"},
        "database":{"id":1,"repo-key":1},"error":false,"info":{"delta":23270984,"repository":{"delta":2902352,
        "size":2902352},"size":23270984},"label":"20261127-071921F","lsn":{"start":"0/B00028","stop":"0/C00050"},
        "prior":null,"reference":null,"timestamp":{"start":1795763961,"stop":1795763963},"type":"full"}],
        "cipher":"aes-256-cbc","db":[],"name":"main","repo":[{"cipher":"aes-256-cbc","key":1,
        "status":{"code":0,"message":"ok"}}],"status":{"code":0,"message":"ok"}}]"#;

    #[test]
    fn a_backup_becomes_a_point() {
        let size = SegmentSize::of(1 << 20).unwrap();
        let mut stanzas: Vec<Stanza> = serde_json::from_str(INFO).unwrap();

        let shelf = shelf(stanzas.remove(0), size).unwrap();

        assert_eq!(shelf.archive.as_deref(), Some("15-1"));
        let point = &shelf.points[0];
        assert_eq!((point.label.as_str(), point.kind), ("20261127-071921F", Kind::Full));
        assert_eq!((point.first.number, point.last.number), (11, 12));
        assert_eq!(point.stop.to_string(), "0/C00050");
        assert_eq!((point.size, point.stored, point.damaged), (23_270_984, 2_902_352, false));
    }
}
