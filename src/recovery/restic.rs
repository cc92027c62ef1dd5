//! restic: keeps files of any kind encrypted, beside the engine's backups and by the same key.
//!
//! Its exit codes are read with its words: 3 means that something was left out, and a byte that has changed in the
//! repository is found only by whoever reads it.

mod place;
mod said;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

pub use self::said::{Node, Snapshot, tags};
use super::repository::{Place, Repository};
use super::tool::{
    Answer, Passed, Sink, Source, Tally, Tool, command_line, end_group, find_program, processes,
};
use super::{Error, Result};

/// How long it may take to answer a question.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it may take to make room.
const LONG: Duration = Duration::from_secs(2 * 3_600);
const KEEPING: &str = "keeping a file of the dump";
/// All its snapshots are of one host's, whatever that is called today.
const HOST: &str = "muster";
/// What it does that must not go on without the agent.
const CHANGES: [&str; 4] = ["backup", "forget", "prune", "init"];

/// restic, set to work on one repository.
#[derive(Debug, Clone)]
pub struct Restic {
    program: PathBuf,
    repository: Repository,
    /// Where it may keep what is under way, encrypted.
    temporary: PathBuf,
}

impl Restic {
    /// Finds it.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn find(search: &OsStr) -> Result<PathBuf> {
        find_program(search, "restic").ok_or(Error::NoProgram { name: "restic", package: "restic" })
    }

    /// Whether it can keep anything in that place.
    ///
    /// # Errors
    /// Why it can't.
    pub fn reaches(place: &Place) -> Result<()> {
        let no = || Error::OutOfReach { place: place.to_string() };
        place::is_reached(place).then_some(()).ok_or_else(no)
    }

    /// Sets it to work beside the backups of a repository.
    ///
    /// # Errors
    /// When it can't keep anything there.
    pub fn new(program: PathBuf, repository: Repository, temporary: PathBuf) -> Result<Restic> {
        Restic::reaches(repository.place())?;
        Ok(Restic { program, repository, temporary })
    }

    /// Its version, in its own words: `0.14.0`.
    ///
    /// # Errors
    /// When it can't be run.
    pub async fn version(&self) -> Result<String> {
        let answer = Tool::new(&self.program).arg("version").run().await?;
        let version = answer.out.split_whitespace().nth(1);
        version
            .map(str::to_owned)
            .ok_or(Error::Unreadable { doing: "asking restic for its version" })
    }

    /// Whether there is a place for it in the repository, which the key opens.
    ///
    /// # Errors
    /// Why that can't be said, another key among it.
    pub async fn is_made(&self) -> Result<bool> {
        let answer = self.bounded(self.tool(Tool::new).args(["cat", "config"])).await?;
        match self.fault("looking for dumps", &answer) {
            None => Ok(true),
            Some(None) => Ok(false),
            Some(Some(error)) => Err(error),
        }
    }

    /// Makes the place.
    ///
    /// # Errors
    /// What it complains of.
    pub async fn make(&self) -> Result<()> {
        let answer = self.bounded(self.tool(Tool::new).args(["init"])).await?;
        self.finished("making a place for dumps", &answer)
    }

    /// Takes away locks of those that are gone.
    ///
    /// # Errors
    /// What it complains of.
    pub async fn unlock(&self) -> Result<()> {
        let answer = self.bounded(self.tool(Tool::new).args(["unlock"])).await?;
        self.finished("removing stale locks", &answer)
    }

    /// What lies there of a database, the oldest first.
    ///
    /// # Errors
    /// What it complains of.
    pub async fn list(&self, database: &str) -> Result<Vec<Snapshot>> {
        const DOING: &str = "listing the dumps";
        let tool = self.tool(Tool::new).args(["--json", "snapshots", "--tag"]);
        let answer = self.bounded(tool.arg(said::database_tag(database))).await?;
        match self.fault(DOING, &answer) {
            None => said::snapshots(&answer.out).ok_or(Error::Unreadable { doing: DOING }),
            Some(None) => Ok(Vec::new()),
            Some(Some(error)) => Err(error),
        }
    }

    /// What a snapshot holds.
    ///
    /// # Errors
    /// What it complains of.
    pub async fn contents(&self, snapshot: &str) -> Result<Vec<Node>> {
        const DOING: &str = "listing a dump";
        let tool = self.tool(Tool::new).args(["--json", "ls", "--long", snapshot]);
        let answer = self.bounded(tool).await?;
        self.finished(DOING, &answer)?;
        said::nodes(&answer.out).ok_or(Error::Unreadable { doing: DOING })
    }

    /// Keeps what a program writes.
    pub(super) async fn keep(&self, source: Source, name: &str, tags: &[String]) -> Result<Passed> {
        let (passed, answer) = source.into_tool(self.taking(name, tags)).await?;
        self.kept(name, passed, &answer)
    }

    /// Keeps a text.
    ///
    /// # Errors
    /// What it complains of.
    pub async fn keep_text(&self, text: &[u8], name: &str, tags: &[String]) -> Result<()> {
        let mut sink = Sink::start(self.taking(name, tags))?;
        let mut tally = Tally::new();
        tally.note(text);
        let _ = sink.take(text).await; // what it answers says more
        let answer = sink.end(KEEPING).await?;
        self.kept(name, tally.passed(), &answer).map(drop)
    }

    fn taking(&self, name: &str, tags: &[String]) -> Tool {
        let tool =
            self.tool(Tool::gently).args(["--json", "backup", "--stdin", "--stdin-filename", name]);
        tool.args(["--host", HOST, "--tag"]).arg(tags.join(","))
    }

    /// It says how much it has taken in, which must be all.
    fn kept(&self, name: &str, passed: Passed, answer: &Answer) -> Result<Passed> {
        self.finished(KEEPING, answer)?;
        match said::taken(&answer.out) {
            Some(bytes) if bytes == passed.bytes => Ok(passed),
            Some(bytes) => {
                let said = format!("of {} bytes of {name} it took {bytes}", passed.bytes);
                Err(Error::Engine { doing: KEEPING, said })
            }
            None => Err(Error::Unreadable { doing: KEEPING }),
        }
    }

    /// Keeps files where they lie.
    ///
    /// # Errors
    /// What it complains of; also where one could not be read.
    pub async fn keep_files(&self, files: &[PathBuf], tags: &[String]) -> Result<()> {
        let tool =
            self.tool(Tool::gently).args(["--json", "backup", "--force", "--host", HOST, "--tag"]);
        let tool = tool.arg(tags.join(",")).arg("--").args(files);
        let answer = self.bounded(tool).await?;
        self.finished("keeping the server's settings", &answer)
    }

    /// Reads a file of a snapshot, into a new file where one is named.
    pub(super) async fn fetch(
        &self,
        snapshot: &str,
        name: &str,
        to: Option<&Path>,
    ) -> Result<Passed> {
        let tool = self.tool(Tool::gently).args(["dump", snapshot]).arg(format!("/{name}"));
        let fetched = Source::start(tool, "reading a dump")?.read(to).await;
        fetched.map_err(|error| match error {
            Error::Engine { doing, said } => {
                let answer = Answer {
                    ended_well: false,
                    out: String::new(),
                    errors: format!("Fatal: {said}"),
                };
                self.fault(doing, &answer).flatten().unwrap_or(Error::Engine { doing, said })
            }
            other => other,
        })
    }

    /// Brings all files of a snapshot here, below a folder, and has each compared with what it should be.
    ///
    /// # Errors
    /// What it complains of.
    pub async fn restore(&self, snapshot: &str, to: &Path) -> Result<()> {
        let tool =
            self.tool(Tool::gently).args(["restore", snapshot, "--verify", "--target"]).arg(to);
        let answer = self.bounded(tool).await?;
        self.finished("bringing files back", &answer)
    }

    /// Lets snapshots go, then what nothing refers to any more.
    ///
    /// # Errors
    /// What it complains of.
    pub async fn forget(&self, snapshots: &[&str]) -> Result<()> {
        let forget = self.bounded(self.tool(Tool::new).arg("forget").args(snapshots)).await?;
        self.finished("removing old dumps", &forget)?;
        let prune = self.tool(Tool::gently).args(["prune", "--max-repack-size", "1G"]);
        let prune = within(LONG, prune).await?;
        self.finished("making room of old dumps", &prune)
    }

    /// Ends what an agent that was killed left at work here; what only reads is let be.
    pub fn end_leftovers(&self) {
        let mut wanted = OsString::from("--repo=");
        wanted.push(place::address(self.repository.place()));
        for process in processes() {
            let line = command_line(process.pid);
            let changes = line.iter().any(|word| CHANGES.iter().any(|it| word == it));
            if is_called(&line, "restic") && line.contains(&wanted) && changes {
                tracing::info!(restic.pid = process.pid, "ending a restic that was left at work");
                end_group(nix::unistd::Pid::from_raw(process.group));
            }
        }
    }

    /// The repository is always named, its key by a file that nobody else may read, and what opens a bucket by the
    /// environment. Nothing of it is kept elsewhere on the host.
    fn tool(&self, how: impl Fn(&Path) -> Tool) -> Tool {
        let (place, mut key) = (self.repository.place(), OsString::from("--password-file="));
        key.push(self.repository.key());
        let mut repository = OsString::from("--repo=");
        repository.push(place::address(place));
        let tool = how(&self.program).arg(repository).arg(key).arg("--no-cache");
        let tool = place::secrets(place)
            .into_iter()
            .fold(tool, |tool, (name, value)| tool.env(name, value));
        tool.env("TMPDIR", &self.temporary)
            .env("RESTIC_PROGRESS_FPS", "0.1")
            .args(place::options(place))
    }

    async fn bounded(&self, tool: Tool) -> Result<Answer> {
        within(PATIENCE, tool).await
    }

    fn finished(&self, doing: &'static str, answer: &Answer) -> Result<()> {
        let none = || Error::Engine { doing, said: "there is no place for dumps in it".to_owned() };
        match self.fault(doing, answer) {
            None => Ok(()),
            Some(error) => Err(error.unwrap_or_else(none)),
        }
    }

    /// What is wrong, if anything; nothing in particular where there is no such repository at all.
    fn fault(&self, doing: &'static str, answer: &Answer) -> Option<Option<Error>> {
        if answer.ended_well {
            return None;
        }
        let said = format!("{}\n{}", answer.out, answer.errors);
        if said::is_missing(&said) {
            return Some(None);
        }
        if said::is_other_key(&said) {
            let repository = format!("{} (its dumps)", self.repository.place());
            return Some(Some(Error::WrongKey { repository, key: self.repository.key() }));
        }
        let said = match answer.complaint() {
            words if words.starts_with("it said nothing") => said.trim().to_owned(),
            words => words,
        };
        Some(Some(Error::Engine { doing, said }))
    }
}

async fn within(patience: Duration, tool: Tool) -> Result<Answer> {
    let said = || format!("no answer within {patience:?}");
    let late = |_| Error::Engine { doing: "waiting for restic", said: said() };
    timeout(patience, tool.run()).await.map_err(late)?
}

/// Whether a process was started from a program of that name, or is about to become it: `ionice … nice -n 10 restic …`.
pub(super) fn is_called(line: &[OsString], name: &str) -> bool {
    line.iter().take(9).any(|word| Path::new(word).file_name() == Some(OsStr::new(name)))
}
