//! A proof of a dump: each of its databases is brought back into an empty cluster, and every table's rows are counted;
//! its other files are read back and compared with what was put in.

mod compare;
mod evidence;

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;

use super::{GLOBALS, SETTINGS, Store, programs, shelf, snapshot};
use crate::agent::journal::Journal;
use crate::agent::news::Tell;
use crate::agent::notes;
use crate::agent::prove::Proof;
use crate::agent::settings::Size;
use crate::agent::{Error, Protected, Result};
use crate::domain::counted::counted;
use crate::domain::recovery::dump::Dumped;
use crate::domain::recovery::{Dump, Dumps, Manifest};
use crate::recovery::dump::{Copy, MANIFEST, Restored, fetch, manifest, read};
use crate::recovery::restic::Snapshot;
use crate::recovery::{self, Room};

/// Bytes a second that a restore is given time for, beside an hour: what a dump holds may never end by itself.
const SLOWEST: u64 = 4 << 20;
const AT_LEAST: Duration = Duration::from_secs(3_600);

/// Whether the newest dump was never proved.
#[must_use]
pub fn is_due(dumps: &Dumps) -> bool {
    dumps.unable.is_none() && dumps.last().is_some_and(|dump| dump.verified.is_none())
}

/// Proves the newest dump.
///
/// # Errors
/// When there is none or no room, or when the evidence can't be kept. A proof that does not hold is no error: its
/// evidence says why.
pub async fn prove(protected: &Protected<'_>, tell: Tell<'_>) -> Result<Proof> {
    let _held = protected.hold(&protected.room_folder())?;
    let room = protected.room(Vec::new(), false);
    room.clear()?;
    let store = Store::of(protected)?;
    let (listed, dumps) = shelf::all(&store).await?;
    let dump = dumps.last().ok_or_else(|| Error::NoDump(protected.name().to_owned()))?;
    let programs = programs(protected)?;
    let began = store.now();
    let mut journal = Journal::new(&protected.host.clock, tell);
    let examination = Examination { store: &store, listed: &listed, dump, room };
    let held = examination.manifest(&mut journal).await;
    let mut done = None;
    if let Some(held) = &held {
        make_sure_of_room(protected, held)?;
        let late = AT_LEAST + Duration::from_secs(held.size() / SLOWEST);
        let work = examination.steps(&programs, held, &mut journal);
        done = timeout(late, work).await.unwrap_or(None);
        if done.is_none() && journal.holds() {
            let found = format!("not within {} s", late.as_secs());
            journal.check("the restore", "ends", found, false);
        }
    }
    let seen = Seen { held, done };
    let evidence = evidence::of(&store, dump, (began, seen), journal).await;
    let file = notes::keep_evidence(protected.host, notes::PROOFS, &evidence)?;
    Ok(Proof { evidence, signed: notes::is_signed(&file), file })
}

fn make_sure_of_room(protected: &Protected<'_>, held: &Manifest) -> Result<()> {
    let largest = held.databases.iter().map(|it| it.part.bytes).max().unwrap_or(0);
    // each file lies there while it is brought back
    protected.make_sure_of_room(&protected.room_folder(), (held.size(), largest))
}

struct Examination<'a> {
    store: &'a Store<'a>,
    listed: &'a [Snapshot],
    dump: &'a Dump,
    room: Room,
}

/// What came of it, as far as it came.
struct Seen {
    held: Option<Manifest>,
    /// Seconds until all of it was back.
    done: Option<f64>,
}

impl Examination<'_> {
    fn id(&self, file: &str) -> Result<&str, recovery::Error> {
        let said = || format!("the repository does not list {file}");
        snapshot(self.listed, &self.dump.label, file)
            .ok_or_else(|| recovery::Error::Engine { doing: "reading a dump", said: said() })
    }

    async fn manifest(&self, journal: &mut Journal<'_>) -> Option<Manifest> {
        let desk = self.store.desk.path();
        let work = async { manifest(&self.store.restic, self.id(MANIFEST)?, desk).await };
        let said = |it: &Manifest| {
            let (databases, roles) = (it.databases.len() as u64, it.roles.len() as u64);
            format!("{}, {}", counted(databases, "database"), counted(roles, "role"))
        };
        journal.step("read what the dump holds", work, said).await
    }

    /// The first step that fails ends it, and the copy is removed.
    async fn steps(
        &self,
        programs: &Path,
        held: &Manifest,
        journal: &mut Journal<'_>,
    ) -> Option<f64> {
        let began = self.store.now();
        let work = Copy::make(self.room.clone(), programs.to_owned(), &held.roles);
        let said = |_: &Copy| counted(held.roles.len() as u64, "role");
        let copy = journal.step("make an empty copy with the dump’s roles", work, said).await?;
        for (number, one) in (1..).zip(&held.databases) {
            self.database(&copy, (number, one), journal).await?;
        }
        drop(copy);
        let lasted = (self.store.now() - began).as_seconds_f64();
        let left_out = "comments, publications, subscriptions, event triggers, user mappings, security labels and \
                        passwords are kept, and not brought back into the copy";
        journal.check("what a copy leaves out", "told", left_out, true);
        self.files(held, journal).await?;
        Some(lasted)
    }

    async fn database(
        &self,
        copy: &Copy,
        (number, one): (usize, &Dumped),
        journal: &mut Journal<'_>,
    ) -> Option<()> {
        let work = async {
            let id = self.id(&one.part.file)?;
            fetch(&self.store.restic, id, &one.part, &copy.desk()).await
        };
        let size = Size(one.part.bytes);
        let said = |_: &_| format!("{size}, as it was put in");
        let file = journal.step(&format!("fetch the dump of {:?}", one.name), work, said).await?;
        let said = |it: &Restored| {
            let rows: u64 = it.tables.iter().filter_map(|table| table.rows).sum();
            format!("{rows} rows of {}", counted(it.tables.len() as u64, "table"))
        };
        let work = copy.restore(number, &file, one);
        let restored =
            journal.step(&format!("restore {:?} by pg_restore", one.name), work, said).await;
        let _ = std::fs::remove_file(&file); // it goes with the folder at the latest
        let restored = restored?;
        compare::rows(journal, one, &restored);
        compare::extensions(journal, one, &restored);
        Some(())
    }

    /// What is not brought back is read: whether it is what was put in.
    async fn files(&self, held: &Manifest, journal: &mut Journal<'_>) -> Option<()> {
        let work = async {
            let restic = &self.store.restic;
            read(restic, self.id(GLOBALS)?, &held.globals).await
        };
        let size = Size(held.globals.bytes);
        journal
            .step("read roles and tablespaces", work, |_| format!("{size}, as it was put in"))
            .await?;
        let folder = self.store.desk.path().join(SETTINGS);
        let work = async { self.store.restic.restore(self.id(SETTINGS)?, &folder).await };
        let said = |(): &()| counted(held.settings.len() as u64, "file");
        journal.step("read the server’s settings", work, said).await?;
        let same = held.settings.iter().filter(|part| compare::is_same(&folder, part)).count();
        let (expected, found) =
            ("as they were put in", format!("{same} of {}", held.settings.len()));
        journal.check("files of settings", expected, found, same == held.settings.len());
        Some(())
    }
}
