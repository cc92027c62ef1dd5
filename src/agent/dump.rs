//! Logical dumps of a database's whole cluster: each database, what is global to it, the server's settings. They need
//! neither this host nor this version of the server, as its backups do, and hold no moment but their own.

mod expire;
mod findings;
mod prove;
mod shelf;

use std::path::{Path, PathBuf};

pub use self::expire::{expire, going};
pub(super) use self::findings::{are_elsewhere, check, findings};
pub use self::prove::{is_due as proof_is_due, prove};
pub use self::shelf::dumps;
use super::desk::Desk;
use super::news::{News, Tell};
use super::{Error, Protected, Result, notes};
use crate::clock::Clock;
use crate::domain::recovery::Manifest;
use crate::domain::recovery::dump::{self, Dump, FORMAT, Part};
use crate::domain::timeline::Digest;
use crate::pgserver::DataLock;
use crate::recovery::dump::{Cluster, MANIFEST, Writer, end_leftovers, settings_files};
use crate::recovery::restic::{Snapshot, tags};
use crate::recovery::{self, Live, Restic};

const GLOBALS: &str = "globals.sql";
const SETTINGS: &str = "settings";

/// The dumps of a database, and a folder for what is under way.
struct Store<'a> {
    protected: &'a Protected<'a>,
    restic: Restic,
    desk: Desk,
}

impl<'a> Store<'a> {
    fn of(protected: &'a Protected<'_>) -> Result<Store<'a>> {
        let program = Restic::find(&protected.host.search)?;
        let desk =
            Desk::of(protected).map_err(recovery::Error::io("write", &protected.folder()))?;
        let restic = Restic::new(program, protected.repository.clone(), desk.path().to_owned())?;
        Ok(Store { protected, restic, desk })
    }

    /// Whether there is a place for dumps in the repository. It is asked by the other engine first, since restic tries
    /// on for longer than anybody waits.
    async fn is_made(&self) -> Result<bool> {
        let engine = self.protected.engine.program();
        let holds = self.protected.repository.holds_something(engine).await?;
        if !self.protected.repository.has_key() && !holds {
            return Ok(false); // nothing was ever kept there
        }
        self.protected.prepare().await?; // which makes the key, or says that it is lost
        Ok(self.restic.is_made().await?)
    }

    async fn list(&self) -> Result<Vec<Snapshot>> {
        if self.is_made().await? {
            return Ok(self.restic.list(self.protected.name()).await?);
        }
        shelf::refuse_if_gone(self.protected)?;
        Ok(Vec::new())
    }
}

/// The folder of the server's programs, where that can dump.
fn programs(protected: &Protected<'_>) -> Result<PathBuf> {
    let program = protected.program("pg_dump")?;
    match program.parent().filter(|_| program.is_file()) {
        Some(folder) => Ok(folder.to_owned()),
        None => {
            Err(recovery::Error::NoProgram { name: "pg_dump", package: "postgresql-client" }.into())
        }
    }
}

/// One at a time in each repository.
fn hold(protected: &Protected<'_>) -> Result<DataLock> {
    let folder = protected.host.repository_folder(protected.repository_name);
    protected.hold(&folder.join("dumps"))
}

/// Makes a dump. What an earlier one that was killed left at work is ended first.
///
/// # Errors
/// What stands in the way; what was written of it until then is none, and goes with the next that are old.
pub async fn dump(protected: &Protected<'_>, tell: Tell<'_>) -> Result<Dump> {
    let _held = hold(protected)?;
    let store = Store::of(protected)?;
    let making = Making::begin(&store, tell).await?;
    let manifest = making.all().await?;
    making.finish(&manifest).await?;
    let dump = shelf::of(&manifest);
    shelf::note(protected, &dump)?;
    Ok(dump)
}

/// A dump that is being made.
struct Making<'a> {
    store: &'a Store<'a>,
    tell: Tell<'a>,
    writer: Writer<'a>,
    live: Live,
    label: String,
}

impl<'a> Making<'a> {
    async fn begin(store: &'a Store<'a>, tell: Tell<'a>) -> Result<Making<'a>> {
        let protected = store.protected;
        let database = protected.database;
        store.restic.end_leftovers();
        end_leftovers(&database.socket, database.port, &database.user);
        let live = Live::look(&protected.options()).await?;
        let programs = programs(protected)?;
        protected.prepare().await?;
        if store.is_made().await? {
            store.restic.unlock().await?;
        } else {
            shelf::refuse_if_gone(protected)?;
            tell(News::Begun("making a place for dumps in the repository".to_owned()));
            store.restic.make().await?;
        }
        let writer = Writer {
            programs,
            socket: &database.socket,
            port: database.port,
            user: &database.user,
            options: protected.options(),
            restic: &store.restic,
        };
        let label = dump::label(store.now());
        Ok(Making { store, tell, writer, live, label })
    }

    /// All but the manifest.
    async fn all(&self) -> Result<Manifest> {
        let began = self.store.now();
        let Cluster { roles, mut databases } = Cluster::look(&self.writer.options).await?;
        let many = databases.len();
        for (number, one) in (1..).zip(&mut databases) {
            self.say(format!("dumping database {number} of {many}: {:?}", one.name));
            let file = format!("{number}.dump");
            let (part, found) = self.writer.database(&one.name, &file, &self.tags(&file)).await?;
            (one.part, one.extensions) = (part, found.extensions);
            (one.tables, one.privileged) = (found.tables, found.privileged);
        }
        self.say("dumping roles and tablespaces".to_owned());
        let globals = self.writer.globals(GLOBALS, &self.tags(GLOBALS)).await?;
        self.say("keeping the server's settings".to_owned());
        let settings = self.settings().await?;
        Ok(Manifest {
            format: FORMAT,
            label: self.label.clone(),
            database: self.store.protected.name().to_owned(),
            system_identifier: self.live.system_identifier.clone(),
            server: self.live.version.clone(),
            lsn: self.live.flushed,
            began,
            ended: self.store.now(),
            roles,
            databases,
            globals,
            settings,
        })
    }

    /// Files that are gone since the server read them are left out; all others must be read.
    async fn settings(&self) -> Result<Vec<Part>> {
        let mut files = settings_files(&self.writer.options).await?;
        files.retain(|file| file.exists());
        let mut parts = Vec::new();
        for file in &files {
            let text = std::fs::read(file).map_err(recovery::Error::io("read", file))?;
            let sha256 = Digest::of_bytes(&text).to_string();
            let path = file.to_string_lossy().into_owned();
            parts.push(Part { file: path, bytes: text.len() as u64, sha256 });
        }
        self.store.restic.keep_files(&files, &self.tags(SETTINGS)).await?;
        Ok(parts)
    }

    /// Writes what makes it one, once all else is seen to lie there.
    async fn finish(&self, manifest: &Manifest) -> Result<()> {
        let restic = &self.store.restic;
        let listed = restic.list(self.store.protected.name()).await?;
        let id = |file: &str| snapshot(&listed, &self.label, file);
        let files = manifest.databases.iter().map(|it| it.part.file.as_str());
        for file in files.chain([GLOBALS]) {
            id(file).ok_or_else(|| missing(file))?;
        }
        let kept = restic.contents(id(SETTINGS).ok_or_else(|| missing(SETTINGS))?).await?;
        for part in &manifest.settings {
            let same = kept.iter().any(|it| (&it.path, it.size) == (&part.file, part.bytes));
            same.then_some(()).ok_or_else(|| missing(&part.file))?;
        }
        let text = notes::text(Path::new(MANIFEST), manifest)?;
        restic.keep_text(&text, MANIFEST, &self.tags(MANIFEST)).await?;
        Ok(())
    }

    fn tags(&self, file: &str) -> [String; 3] {
        tags(self.store.protected.name(), &self.label, file)
    }

    fn say(&self, what: String) {
        (self.tell)(News::Begun(what));
    }
}

impl Store<'_> {
    fn now(&self) -> time::OffsetDateTime {
        let clock: &Clock = &self.protected.host.clock;
        clock.now()
    }
}

/// restic's name for a file of a dump.
fn snapshot<'a>(listed: &'a [Snapshot], dump: &str, file: &str) -> Option<&'a str> {
    let found = listed.iter().rfind(|it| it.dump == dump && it.file == file)?;
    Some(&found.id)
}

fn missing(file: &str) -> Error {
    let said = format!("restic ended well, and the repository does not list {file}");
    recovery::Error::Engine { doing: "keeping the dump", said }.into()
}
