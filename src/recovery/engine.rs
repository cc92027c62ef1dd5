//! pgBackRest: found, told what to do, and heard.

mod expiry;
mod leftovers;
mod progress;
mod version;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

pub use self::expiry::Removal;
pub(super) use self::leftovers::end_on;
pub use self::progress::Progress;
pub use self::version::{Version, newest_server};
use super::tool::{Answer, Tool, find_program};
use super::{Error, Result};
use crate::domain::agent::archiving;

/// How long the engine may take to answer a question about a folder.
const PATIENCE: Duration = Duration::from_secs(120);

/// The engine, set to work for one database and one repository.
#[derive(Debug, Clone)]
pub struct Engine {
    program: PathBuf,
    config: PathBuf,
    stanza: String,
    data_dir: PathBuf,
    /// Whether that is a restored copy, and not the cluster that its settings name.
    of_copy: bool,
}

impl Engine {
    /// Finds it.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn find(search: &OsStr) -> Result<PathBuf> {
        find_program(search, "pgbackrest")
            .ok_or(Error::NoProgram { name: "pgBackRest", package: "pgbackrest" })
    }

    /// Sets it to work by these settings; `data_dir` is the cluster that lives.
    #[must_use]
    pub fn new(program: PathBuf, config: PathBuf, stanza: &str, data_dir: &Path) -> Engine {
        let (stanza, data_dir) = (stanza.to_owned(), data_dir.to_owned());
        Engine { program, config, stanza, data_dir, of_copy: false }
    }

    /// The same, reading the archive for a restored copy: it needs no cluster that lives.
    #[must_use]
    pub fn for_copy(&self, cluster: &Path) -> Engine {
        Engine { data_dir: cluster.to_owned(), of_copy: true, ..self.clone() }
    }

    /// The database's name in the repository.
    #[must_use]
    pub fn stanza(&self) -> &str {
        &self.stanza
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The scratch's `restore_command`: it only reads.
    pub(super) fn restore_command(&self, cluster: &Path) -> String {
        let [program, config, cluster] = [&self.program, &self.config, &cluster.to_owned()]
            .map(|it| archiving::word(&it.to_string_lossy()));
        let stanza = &self.stanza;
        format!(
            "{program} --config={config} --stanza={stanza} --repo=1 --pg1-path={cluster} archive-get %f \"%p\""
        )
    }

    /// Makes the database's place in the repository; where there is one it is looked at.
    ///
    /// # Errors
    /// What the engine complains of.
    pub async fn create_stanza(&self) -> Result<()> {
        self.done("making the database's place in the repository", &["stanza-create"]).await
    }

    /// Makes a backup, and shows how far it is. Nothing is expired by it.
    ///
    /// # Errors
    /// What the engine complains of.
    pub async fn back_up(
        &self,
        full: bool,
        archiving: Duration,
        mut show: impl FnMut(Progress),
    ) -> Result<()> {
        let kind = if full { "--type=full" } else { "--type=incr" };
        let console = ["--log-level-console=detail", "--log-level-stderr=off", "--repo=1"];
        let patience = format!("--archive-timeout={}", archiving.as_secs());
        let tool = self.tool().args(console).args(["--no-expire-auto", &patience, kind, "backup"]);
        let answer = tool.follow(|line| {
            if let Some(progress) = Progress::read(line) {
                show(progress);
            }
            true
        });
        finished("the backup", &answer.await?)
    }

    /// Restores one backup into an empty folder, to be recovered along one timeline.
    ///
    /// # Errors
    /// What the engine complains of.
    pub(super) async fn restore(
        &self,
        args: &[OsString],
        mut show: impl FnMut(Progress),
    ) -> Result<()> {
        let console = ["--log-level-console=detail", "--log-level-stderr=off", "--repo=1"];
        let tool = self.set(Tool::gently(&self.program)).args(console).args(args).arg("restore");
        let answer = tool.follow(|line| {
            if let Some(progress) = Progress::read(line) {
                show(progress);
            }
            true
        });
        finished("the restore", &answer.await?)
    }

    /// Asks something that is answered as JSON.
    pub(super) async fn ask(
        &self,
        doing: &'static str,
        args: &[&str],
    ) -> Result<serde_json::Value> {
        let quiet =
            ["--log-level-console=off", "--log-level-stderr=error", "--output=json", "--repo=1"];
        let answer = self.bounded(doing, self.tool().args(quiet).args(args)).await?;
        if !answer.ended_well {
            return Err(Error::Engine { doing, said: answer.complaint() });
        }
        serde_json::from_str(answer.out.trim()).map_err(|_| Error::Unreadable { doing })
    }

    /// Brings a file of the archive here; false where the repository has none of that name.
    pub(super) async fn get(&self, name: &str, to: &Path) -> Result<bool> {
        let quiet =
            ["--log-level-console=warn", "--log-level-stderr=off", "--repo=1", "archive-get"];
        let mut cluster = OsString::from("--pg1-path=");
        cluster.push(&self.data_dir);
        let tool = self.tool().args(self.of_copy.then_some(cluster)).args(quiet);
        let tool = tool.arg(name).arg(to).folder(&self.data_dir);
        let answer = self.bounded("reading the archive", tool).await?;
        if answer.ended_well {
            return Ok(true);
        }
        if answer.out.contains("ERROR:") {
            return Err(Error::Engine { doing: "reading the archive", said: answer.complaint() });
        }
        Ok(false)
    }

    /// Puts a file of the log into the archive; what lies there already with the same content is let be, and
    /// with another it is an error.
    pub(super) async fn put(&self, file: &Path) -> Result<()> {
        const DOING: &str = "copying the log onward";
        let quiet = ["--log-level-console=warn", "--log-level-stderr=off", "archive-push"];
        let tool = self.tool().args(quiet).arg(file).folder(&self.data_dir);
        let answer = self.bounded(DOING, tool).await?;
        finished(DOING, &answer)
    }

    /// Ends what an agent that was killed left at work: found by what the kernel says each process
    /// was started with, never by a number in a file.
    pub fn end_leftovers(&self, work: &str) {
        leftovers::end(&self.config, &self.stanza, work);
    }

    async fn done(&self, doing: &'static str, args: &[&str]) -> Result<()> {
        let quiet = ["--log-level-console=warn", "--log-level-stderr=off"];
        let answer = self.bounded(doing, self.tool().args(quiet).args(args)).await?;
        finished(doing, &answer)
    }

    async fn bounded(&self, doing: &'static str, tool: Tool) -> Result<Answer> {
        let late = |_| Error::Engine { doing, said: format!("no answer within {PATIENCE:?}") };
        timeout(PATIENCE, tool.run()).await.map_err(late)?
    }

    fn tool(&self) -> Tool {
        self.set(Tool::new(&self.program))
    }

    /// The settings are always named: the engine would look for others of its own accord.
    fn set(&self, tool: Tool) -> Tool {
        let mut config = OsString::from("--config=");
        config.push(&self.config);
        tool.arg(config).arg(format!("--stanza={}", self.stanza))
    }
}

/// The exit code alone is not trusted, a complaint alone neither: both must be well.
fn finished(doing: &'static str, answer: &Answer) -> Result<()> {
    if answer.ended_well && !answer.out.contains(" ERROR: ") {
        return Ok(());
    }
    Err(Error::Engine { doing, said: answer.complaint() })
}
