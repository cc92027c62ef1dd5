//! A proof: the newest recovery point is restored to the end of its unbroken log, opened, and read
//! whole. A point is verified by that alone, never by an engine's word.

mod actions;
mod compare;
mod evidence;
mod plan;

use std::path::PathBuf;

pub(super) use self::actions::unnamed;
pub(super) use self::plan::check as check_plan;
use super::desk::Desk;
use super::journal::Journal;
use super::laid::Laid;
use super::news::{News, Tell};
use super::notes::{self, Counts};
use super::points::{self, Entry, Overview};
use super::settings::Size;
use super::{Error, Protected, Result};
use crate::domain::recovery::{Evidence, Lsn};
use crate::recovery::{
    self, Control, Deep, Order, Reached, Room, Scratch, amcheck, check_references, checksums,
    last_record, read_everything,
};

/// What was found, and where it is kept.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The evidence.
    pub evidence: Evidence,
    /// Its file.
    pub file: PathBuf,
    /// Whether the agent's signature lies beside it: one that never joined has no key.
    pub signed: bool,
}

/// Proves the newest point that can be opened.
///
/// # Errors
/// When there is no such point or no room, or when the evidence can't be kept. A proof that does not
/// hold is no error: its evidence says why.
pub async fn prove(protected: &Protected<'_>, tell: Tell<'_>) -> Result<Proof> {
    let _held = protected.hold(&protected.room_folder())?;
    protected.room(Vec::new(), false).clear()?;
    let began = protected.host.clock.now();
    let overview = points::look(protected).await?;
    let entry = overview.newest().ok_or_else(|| Error::NoPoint(protected.name().to_owned()))?;
    protected.make_sure_of_room(&protected.room_folder(), (entry.point.size, 0))?;
    let noted = noted(protected, &entry.point.label).await?;

    let mut journal = Journal::new(&protected.host.clock, tell);
    compare::newest(&mut journal, &overview, entry);
    compare::chain(&mut journal, entry, overview.size);
    let live = overview.live.as_ref();
    let least = live.map(|live| live.least.clone()).unwrap_or_default();
    let room = protected.room(least, live.is_none_or(|live| live.tablespaces));
    let proof = Examination { protected, overview: &overview, entry, noted: noted.as_ref(), tell };
    let seen = proof.examine(room, &mut journal).await;
    let evidence = evidence::of(&proof, began, seen, journal).await;
    let file = notes::keep_evidence(protected.host, notes::PROOFS, &evidence)?;
    Ok(Proof { evidence, signed: notes::is_signed(&file), file })
}

/// What was counted when the backup was made: as it was kept here, else as it lies beside the backup.
async fn noted(protected: &Protected<'_>, label: &str) -> Result<Option<Counts>> {
    match notes::counts(protected, label)? {
        Some(counts) => Ok(Some(counts)),
        None => Laid::of(protected)?.read(label).await,
    }
}

/// What was seen of a restored cluster, as far as it came.
#[derive(Default)]
struct Seen {
    control: Option<Control>,
    /// The end of the log that it was told to reach.
    until: Option<Lsn>,
    reached: Option<Reached>,
    recovered: Option<f64>,
}

struct Examination<'a> {
    protected: &'a Protected<'a>,
    overview: &'a Overview,
    entry: &'a Entry,
    noted: Option<&'a Counts>,
    tell: Tell<'a>,
}

impl Examination<'_> {
    /// Each step needs the one before; the first that fails ends it, and the scratch is removed.
    async fn examine(&self, room: Room, journal: &mut Journal<'_>) -> Seen {
        let mut seen = Seen::default();
        let _ended = self.steps(room, journal, &mut seen).await;
        seen
    }

    async fn steps(&self, room: Room, journal: &mut Journal<'_>, seen: &mut Seen) -> Option<()> {
        let began = self.protected.host.clock.now();
        let mut scratch = self.restore(room, journal).await?;
        seen.control = scratch.control().cloned();
        let aimed = self.aim(&mut scratch);
        let until = journal.step("find the end of the log", aimed, ToString::to_string).await?;
        seen.until = Some(until);
        let until = |it: &Reached| format!("recovered to {}", it.lsn);
        seen.reached = Some(journal.step("open", scratch.open(), until).await?);
        let recovered = self.protected.host.clock.now() - began;
        seen.recovered = Some(recovered.as_seconds_f64());
        self.read(&scratch, journal).await?;
        plan::check(self.protected, &scratch, journal).await; // while nothing can be written yet
        let (timeline, lsn) =
            journal.step("promote", scratch.promote(), |(_, lsn)| format!("left at {lsn}")).await?;
        if let Some(reached) = &mut seen.reached {
            reached.timeline = Some(timeline);
            compare::reached(journal, scratch.order(), reached, lsn);
        }
        self.deep(&scratch, journal).await;
        scratch.stop().await;
        self.checksums(&scratch, journal).await;
        Some(())
    }

    async fn restore(&self, room: Room, journal: &mut Journal<'_>) -> Option<Scratch> {
        let show = |progress| (self.tell)(News::Copied(progress));
        let Entry { point, chain, .. } = self.entry;
        let (label, timeline) = (point.label.clone(), chain.timeline);
        let order = Order { label, timeline, until: point.stop };
        let work = Scratch::restore(&self.protected.engine, room, order, show);
        let size = Size(point.size);
        journal.step("restore", work, |_| format!("{size} from {}", point.label)).await
    }

    /// At the end of the log: the target that is asked for by name, so that a restore that falls short of it fails.
    async fn aim(&self, scratch: &mut Scratch) -> Result<Lsn> {
        let until = self.end_of_log(scratch).await?;
        scratch.aim(&self.protected.engine, until)?;
        Ok(until)
    }

    /// Where the last whole record begins, before the first hole.
    async fn end_of_log(&self, scratch: &Scratch) -> Result<Lsn> {
        let Examination { protected, overview, entry, .. } = self;
        let desk = Desk::of(protected);
        let desk = desk.map_err(recovery::Error::io("write", &protected.folder()))?;
        let waldump = scratch.program("pg_waldump")?;
        let engine = protected.engine.for_copy(&scratch.cluster());
        let last = entry.chain.last.unwrap_or(entry.point.last).number;
        for number in (entry.point.last.number..=last).rev() {
            let segment = overview.archive.along(&entry.chain, number);
            let file = recovery::fetch(&engine, segment, overview.size, desk.path()).await?;
            let Some(file) = file else { break };
            let found = last_record(&waldump, &file).await?;
            if let Some(lsn) = found.filter(|lsn| *lsn >= entry.point.stop) {
                return Ok(lsn);
            }
        }
        Ok(entry.point.stop)
    }

    async fn read(&self, scratch: &Scratch, journal: &mut Journal<'_>) -> Option<()> {
        let work = read_everything(|database| scratch.options(database));
        let found = journal
            .step("read every column of every table", work, |it| compare::summary(it))
            .await?;
        compare::tables(journal, &found);
        compare::counts(journal, self.noted, &found);
        let work = check_references(|database| scratch.options(database));
        let said = |found: &Vec<_>| format!("{} keys", found.len());
        let found = journal.step("check foreign keys", work, said).await?;
        compare::references(journal, &found);
        Some(())
    }

    async fn deep(&self, scratch: &Scratch, journal: &mut Journal<'_>) {
        let work = amcheck(scratch, self.protected.host.settings.limits.processes);
        if let Some(found) = journal.step("check heaps and indexes", work, compare::said).await {
            compare::deep(journal, "pg_amcheck", "no fault in any heap or index", &found);
        }
    }

    async fn checksums(&self, scratch: &Scratch, journal: &mut Journal<'_>) {
        if scratch.control().is_none_or(|control| !control.checksums) {
            let off =
                Deep::Unavailable("this cluster was made without checksums (initdb -k)".to_owned());
            return compare::deep(journal, "checksums", "every page fits its checksum", &off);
        }
        let cluster = scratch.cluster();
        let work = async { checksums(&scratch.program("pg_checksums")?, &cluster).await };
        if let Some(found) = journal.step("check checksums", work, compare::said).await {
            compare::deep(journal, "checksums", "every page fits its checksum", &found);
        }
    }
}
