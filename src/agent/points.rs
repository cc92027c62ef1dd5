//! What could be recovered of a database, and what would be lost now. It is said also while the
//! database is down, for that is when it is asked.

mod findings;

use time::OffsetDateTime;

use super::desk::Desk;
use super::laid::Laid;
use super::{Error, Protected, Result, backlog, check, exposure, notes};
use crate::domain::recovery::evidence::Subject;
use crate::domain::recovery::{
    Archive, Chain, Evidence, Exposure, Listed, ListedGap, Lsn, Point, Segment, SegmentSize,
};
use crate::recovery::{self, Control, Live, Shelf};

/// All of it.
#[derive(Debug, Clone)]
pub struct Overview {
    /// When it was looked at.
    pub at: OffsetDateTime,
    /// The cluster as it runs; none while it is down.
    pub live: Option<Live>,
    /// The size of its segments.
    pub size: SegmentSize,
    /// The timeline that it is on.
    pub timeline: u32,
    /// What the repository calls its log; none where there is none yet.
    pub archive_id: Option<String>,
    /// What lies in the repository of its log.
    pub archive: Archive,
    /// In which repository its recovery points lie.
    pub repository: String,
    /// These, the oldest first.
    pub points: Vec<Entry>,
    /// What would be lost now.
    pub exposure: Exposure,
}

/// One recovery point.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The point.
    pub point: Point,
    /// The log from it on.
    pub chain: Chain,
    /// The time of the last commit in that log, where one is found near its end.
    pub until: Option<OffsetDateTime>,
    /// The last proof of it.
    pub proof: Option<Proof>,
}

/// How a proof ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// Whether it held.
    pub held: bool,
    /// When it was made.
    pub at: OffsetDateTime,
    /// Until where it went.
    pub until: Lsn,
}

/// Looks.
///
/// # Errors
/// When repository or notes can't be read; where the engine is too old for the server it is that which is said.
pub async fn look(protected: &Protected<'_>) -> Result<Overview> {
    match look_at(protected).await {
        Err(error) => Err(check::too_old(protected).await.unwrap_or(error)),
        seen => seen,
    }
}

async fn look_at(protected: &Protected<'_>) -> Result<Overview> {
    let desk = Desk::of(protected).map_err(recovery::Error::io("write", &protected.folder()))?;
    let live = match protected.is_here() {
        true => Live::look(&protected.options()).await.ok(),
        false => None,
    };
    let (size, timeline) = match &live {
        Some(live) if !live.standby => (live.segment, Some(live.timeline)),
        _ if protected.is_here() => at_rest(protected).await.map(|(size, it)| (size, Some(it)))?,
        _ => (by_note(protected).await?, None),
    };
    let archived = match protected.leads() {
        true => timeline.and_then(|it| archived(protected, live.as_ref(), size, it)),
        false => None, // it comes from the lead, a moment later
    };
    let (shelf, archive) = stock(protected, size, &desk).await?;
    let timeline = timeline.unwrap_or_else(|| archive.newest_timeline());
    let proofs = notes::evidence(protected)?;
    let points = shelf.points.into_iter().map(|point| {
        let chain = archive.chain(&point, timeline, archived);
        let proof = proofs.iter().rfind(|it| it.label == point.label).map(proof);
        Entry { point, chain, until: None, proof }
    });
    let points = points.collect();
    let mut overview = Overview {
        at: protected.host.clock.now(),
        repository: protected.repository_name.to_owned(),
        size,
        timeline,
        points,
        archive_id: shelf.archive,
        archive,
        exposure: Exposure::Everything,
        live,
    };
    if protected.is_here() {
        say_until(protected, &mut overview, &desk).await?;
    }
    overview.exposure = exposure::of(protected, &overview).await;
    Ok(overview)
}

impl Overview {
    /// Reckons anew what would be lost, by what was known of the repository.
    pub(super) async fn refresh(&mut self, protected: &Protected<'_>) {
        self.at = protected.host.clock.now();
        self.exposure = exposure::of(protected, self).await;
    }

    /// Its recovery points as they are told to others.
    #[must_use]
    pub fn listed(&self) -> Vec<Listed> {
        self.points.iter().map(|entry| entry.listed(&self.repository, self.size)).collect()
    }

    /// The newest point that can be opened.
    #[must_use]
    pub fn newest(&self) -> Option<&Entry> {
        self.points.iter().rfind(|entry| entry.chain.opens(&entry.point))
    }

    /// The good points on the timeline that the cluster is on, the oldest first.
    pub fn on_this_timeline(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        let good = |it: &&Entry| {
            it.chain.opens(&it.point) && !it.point.damaged && it.chain.timeline == self.timeline
        };
        self.points.iter().filter(good)
    }

    /// Of these the one whose log reaches furthest.
    #[must_use]
    pub fn furthest(&self) -> Option<&Entry> {
        self.on_this_timeline().max_by_key(|it| it.chain.end(self.size))
    }
}

impl Entry {
    fn listed(&self, repository: &str, size: SegmentSize) -> Listed {
        let Entry { point, chain, until, proof } = self;
        Listed {
            label: point.label.clone(),
            repository: repository.to_owned(),
            kind: point.kind,
            stopped: point.stopped,
            size: point.size,
            stored: point.stored,
            timeline: point.last.timeline,
            opens: chain.opens(point),
            unbroken_until: chain.last.map(|last| last.name(size)),
            last_commit: *until,
            gap: chain.gap.map(|gap| ListedGap {
                first: gap.first.name(size),
                missing: gap.missing,
                behind: gap.behind,
            }),
            damaged: point.damaged,
            verified: proof.map(|proof| proof.held),
            proved_at: proof.map(|proof| proof.at),
        }
    }
}

/// What a cluster that is down says of itself.
pub(super) async fn at_rest(protected: &Protected<'_>) -> Result<(SegmentSize, u32)> {
    let program = protected.program("pg_controldata")?;
    let control = Control::of(&program, &protected.database.data_dir).await?;
    Ok((control.segment, control.timeline))
}

/// What was noted of one that is not here.
async fn by_note(protected: &Protected<'_>) -> Result<SegmentSize> {
    let note = Laid::of(protected)?.newest().await?;
    let size = note.and_then(|note| note.server).and_then(|it| SegmentSize::of(it.segment));
    size.ok_or_else(|| Error::NoNote(protected.name().to_owned()))
}

/// The last segment that the cluster says it has archived: its statistics name the last file, which
/// may be another, so its own marks are looked at too.
fn archived(
    protected: &Protected<'_>,
    live: Option<&Live>,
    size: SegmentSize,
    timeline: u32,
) -> Option<Segment> {
    let marks = backlog::marked(protected, ".done").into_iter();
    let last = live.and_then(|live| live.archiver.last.clone());
    let segments = marks.chain(last).filter_map(|name| Segment::named(&name, size));
    segments.filter(|segment| segment.timeline == timeline).max()
}

async fn stock(
    protected: &Protected<'_>,
    size: SegmentSize,
    desk: &Desk,
) -> Result<(Shelf, Archive)> {
    let holds = protected.repository.holds_something(protected.engine.program()).await?;
    if !protected.repository.has_key() && !holds {
        return Ok((Shelf::default(), Archive::empty(size))); // no backup was ever asked for
    }
    protected.prepare().await?;
    let shelf = recovery::points(&protected.engine, &protected.repository, size).await?;
    let archive = match &shelf.archive {
        Some(id) => recovery::archive(&protected.engine, id, size, desk.path()).await?,
        None => Archive::empty(size),
    };
    Ok((shelf, archive))
}

/// Chains mostly end at one and the same segment, which is looked into once.
async fn say_until(protected: &Protected<'_>, overview: &mut Overview, desk: &Desk) -> Result<()> {
    let size = overview.size;
    let mut seen: Vec<(Segment, Option<OffsetDateTime>)> = Vec::new();
    for entry in &mut overview.points {
        let Some(last) = entry.chain.last else { continue };
        let known = seen.iter().find(|(segment, _)| *segment == last).map(|(_, until)| *until);
        entry.until = match known {
            Some(until) => until,
            None => exposure::last_commit_until(protected, last, size, desk.path()).await?,
        };
        seen.push((last, entry.until));
    }
    Ok(())
}

/// The last proof of a database that was made by this agent; it holds where the last one of a dump does, too.
pub(super) fn last_proof(protected: &Protected<'_>) -> Result<Option<Proof>> {
    let all = notes::evidence(protected)?;
    let last = |subject| all.iter().rfind(|it| it.subject == subject);
    let of_dump = last(Subject::Dump).is_none_or(|it| it.holds);
    Ok(last(Subject::Point).map(|it| Proof { held: it.holds && of_dump, ..proof(it) }))
}

fn proof(evidence: &Evidence) -> Proof {
    Proof { held: evidence.holds, at: evidence.began, until: evidence.asked.lsn }
}
