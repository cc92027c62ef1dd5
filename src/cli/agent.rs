//! `muster agent`: protects the databases of this host, by hand and without Muster's server, and joins a
//! site of Muster's.

mod allow;
mod backup;
mod check;
mod dump;
mod expire;
mod install;
mod join;
pub(super) mod kit;
mod lead;
pub(super) mod points;
mod prove;
mod terminal;
pub(super) mod words;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Subcommand;
use nix::unistd::geteuid;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use self::terminal::Terminal;
use super::runtime;
use crate::agent::install::UNITS;
use crate::agent::{self, Host, Place, settings};
use crate::config::Surroundings;
use crate::telemetry;

const EXAMPLES: &str = "\
Examples:
  sudo -u postgres muster agent check
  sudo -u postgres muster agent backup main
  sudo -u postgres muster agent points main
  sudo -u postgres muster agent prove main
  sudo -u postgres muster agent dump main
  sudo -u postgres muster agent prove main --dump
  sudo -u postgres muster agent expire main --dry-run
  sudo -u postgres muster agent lead main bucket
  sudo -u postgres muster agent kit --sheet /dev/shm/sheet.html
  sudo -u postgres muster agent join mj1.…
  sudo -u postgres muster agent run
  sudo muster agent allow
  sudo muster agent install

Run it as the user that owns the database's files; it refuses to run as root, but to install its service, and to allow
what Muster drafted: that is for whoever may write agent.toml. It reads agent.toml,
which says what it may touch, and no other settings; join and run need only the state folder. The ten minutes from nothing to a proved backup:
docs/PROTECT.md

Exit codes: 0 done; 1 refused, or something was found wrong; 2 the command was typed wrong.";

/// Where what works on a database's host finds its files.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Files {
    /// What Muster may touch on this host (MUSTER_AGENT_CONFIG; default: /etc/muster/agent.toml)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<String>,
    /// Where keys, notes and evidence are kept (MUSTER_AGENT_STATE; default: /var/lib/muster-agent)
    #[arg(long, global = true, value_name = "FOLDER")]
    pub state: Option<String>,
}

/// What stands on the command line.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Agent {
    /// Where.
    #[command(flatten)]
    pub files: Files,
    /// What to do.
    #[command(subcommand)]
    pub deed: Deed,
}

/// What an agent can be told to do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Deed {
    /// Joins a site with the code from Muster's page Recovery; the code works once
    Join {
        /// It begins with mj1. or mj2. (“-” reads it from the standard input)
        code: String,
    },
    /// Tells Muster of this host and waits for its questions, until told to stop
    Run {
        /// So often it looks at its databases
        #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=60))]
        every: u8,
        /// End when the standard input does: whoever keeps this agent is gone then
        #[arg(long, hide = true)]
        while_input_lasts: bool,
    },
    /// Shows what Muster drafted for this host, and puts it into agent.toml where you agree; asks here what opens a bucket or a container
    Allow {
        /// The draft's code, as its page shows it; without one each that is open, in turn
        code: Option<String>,
        /// Answer every question with yes; a bucket's key and secret are two lines of the standard input, a container's key is one
        #[arg(long, conflicts_with_all = ["refuse", "print"])]
        yes: bool,
        /// Tell Muster that it is not wanted, and change nothing
        #[arg(long, conflicts_with = "print")]
        refuse: bool,
        /// Show what would be changed, and change nothing
        #[arg(long)]
        print: bool,
    },
    /// Makes a service of it that is shut in; says which rule lets it start and stop the databases' services
    Install {
        /// Print what would be written, and write nothing
        #[arg(long)]
        print: bool,
        /// Where the service's unit goes
        #[arg(long, value_name = "FOLDER", default_value = UNITS, conflicts_with = "print")]
        to: PathBuf,
    },
    /// Says what Muster may do here, what keeps it from doing it, and how to mend that; changes nothing
    Check {
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
    },
    /// Backs a database up; the first time it makes the repository and its key
    Backup {
        /// The database, as agent.toml calls it
        name: String,
        /// Copy everything anew, not what changed since the last backup
        #[arg(long)]
        full: bool,
        /// In which repository, as agent.toml calls it; in the one that Postgres archives to unless it is named
        #[arg(long, value_name = "NAME")]
        repository: Option<String>,
    },
    /// Dumps each database of a cluster, its roles and its settings into the repository, by pg_dump and restic
    Dump {
        /// The database, as agent.toml calls it
        name: String,
        /// In which repository, as agent.toml calls it; in the one that Postgres archives to unless it is named
        #[arg(long, value_name = "NAME")]
        repository: Option<String>,
    },
    /// Lists the recovery points of a database, the gaps in its log, and what would be lost now
    Points {
        /// The database, as agent.toml calls it
        name: String,
        /// Print them as JSON
        #[arg(long)]
        json: bool,
        /// In which repository, as agent.toml calls it; in the one that Postgres archives to unless it is named
        #[arg(long, value_name = "NAME")]
        repository: Option<String>,
        /// Of another host, whose opened kit lies in this folder, which an elsewhere block of agent.toml names
        #[arg(long, value_name = "FOLDER")]
        kit: Option<PathBuf>,
    },
    /// Removes backups that are older than agent.toml keeps; a joined agent asks Muster first
    Expire {
        /// The database, as agent.toml calls it
        name: String,
        /// Say what would go, and remove nothing
        #[arg(long)]
        dry_run: bool,
        /// In which repository, as agent.toml calls it; in the one that Postgres archives to unless it is named
        #[arg(long, value_name = "NAME")]
        repository: Option<String>,
    },
    /// Makes the kit that opens this host's backups when the host is gone, and prints its sheet
    Kit(kit::Kit),
    /// Restores the newest recovery point beside the database, reads all of it, and keeps the evidence
    Prove {
        /// The database, as agent.toml calls it
        name: String,
        /// In which repository, as agent.toml calls it; in the one that Postgres archives to unless it is named
        #[arg(long, value_name = "NAME")]
        repository: Option<String>,
        /// Restore the newest logical dump into an empty copy instead, and count every table's rows
        #[arg(long, conflicts_with = "kit")]
        dump: bool,
        /// Of another host, whose opened kit lies in this folder, which an elsewhere block of agent.toml names
        #[arg(long, value_name = "FOLDER")]
        kit: Option<PathBuf>,
    },
    /// Has Postgres archive to another repository from now on; the agent copies the log to the others
    Lead {
        /// The database, as agent.toml calls it
        name: String,
        /// The repository, as agent.toml calls it
        repository: String,
    },
}

/// Does it; true when nothing was found wrong. Whoever is told to stop ends engines and scratch first.
///
/// # Errors
/// What kept it from being done.
pub(super) fn run(agent: &Agent) -> anyhow::Result<bool> {
    let around = Surroundings::of_this_process()?;
    let level = if matches!(agent.deed, Deed::Run { .. }) { "info" } else { "warn" };
    telemetry::start(&format!("{level},sqlx=error"), false)?; // slow statements are what a proof is made of
    if geteuid().is_root() && !matches!(agent.deed, Deed::Install { .. } | Deed::Allow { .. }) {
        return Err(agent::Error::Root.into());
    }
    let place = agent.files.place(&around);
    if let Deed::Allow { code, yes, refuse, print } = &agent.deed {
        let (code, terminal) = (code.as_deref(), Terminal { yes: *yes });
        let asked = allow::Asked { code, refuse: *refuse, print: *print, terminal };
        return allow::run(&place, asked, &runtime()?); // it waits for answers, so Ctrl-C ends it as it ends any program
    }
    runtime()?.block_on(async {
        if let Deed::Run { every, while_input_lasts } = &agent.deed {
            let every = Duration::from_secs((*every).into());
            return join::run(&place, every, told_to_stop(*while_input_lasts)).await;
        }
        tokio::select! {
            done = obey(agent, &around, place) => done,
            told = told_to_stop(false) => {
                told?;
                anyhow::bail!("stopped before it was done; nothing was left behind")
            }
        }
    })
}

/// By its service, by Ctrl-C, by a terminal that is gone, or by the end of its input where that counts.
pub(super) async fn told_to_stop(by_input: bool) -> std::io::Result<()> {
    let (gone, input_ended) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _held = gone; // dropped when there is no more to read, or at once where nothing is read
        if by_input {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        }
    });

    let mut ended = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut left = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = ended.recv() => Ok(()),
        _ = interrupted.recv() => Ok(()),
        _ = left.recv() => Ok(()),
        _ = input_ended, if by_input => Ok(()),
    }
}

/// A path as it was typed, else set by a variable, else where it lies by default.
fn path(
    around: &Surroundings,
    (typed, variable): (&Option<String>, &str),
    default: &str,
) -> PathBuf {
    let given = typed.as_ref().map(PathBuf::from);
    let set = || around.variable(variable).filter(|it| !it.is_empty()).map(PathBuf::from);
    around.folder.join(given.or_else(set).unwrap_or_else(|| PathBuf::from(default)))
}

impl Files {
    /// Where they lie.
    pub(super) fn place(&self, around: &Surroundings) -> Place {
        let config = path(around, (&self.config, "MUSTER_AGENT_CONFIG"), settings::FILE);
        let state = path(around, (&self.state, "MUSTER_AGENT_STATE"), settings::STATE);
        Place { config, state, search: around.search_path() }
    }
}

/// This host, or another one whose kit was opened here.
fn whose(place: &Place, kit: Option<&Path>) -> anyhow::Result<Host> {
    let here = place.open()?;
    let Some(kit) = kit else { return Ok(here) };
    let block = here.settings.elsewhere.iter().find(|it| it.kit == kit);
    let block = block.with_context(|| {
        let kit = kit.display();
        format!("agent.toml does not name {kit}; add:\n  [[elsewhere]]\n  kit = \"{kit}\"")
    })?;
    Ok(place.other(&here, block)?)
}

async fn obey(agent: &Agent, around: &Surroundings, place: Place) -> anyhow::Result<bool> {
    let host = || place.open();
    match &agent.deed {
        Deed::Join { code } => join::join(code, &place.state).await,
        Deed::Run { .. } | Deed::Allow { .. } => Ok(true), // each was done by itself
        Deed::Install { print, to } => {
            let folder = around.folder.join(to);
            install::run(&place, (!print).then_some(folder.as_path()))
        }
        Deed::Check { json } => check::run(&place, *json).await,
        Deed::Backup { name, full, repository } => {
            let host = host()?;
            let protected = host.protected_in(name, repository.as_deref())?;
            backup::run(&protected, *full).await.context("no backup was made")
        }
        Deed::Points { name, json, repository, kit } => {
            let host = whose(&place, kit.as_deref())?;
            points::run(&host.protected_in(name, repository.as_deref())?, *json).await
        }
        Deed::Expire { name, dry_run, repository } => {
            let host = host()?;
            let protected = host.protected_in(name, repository.as_deref())?;
            expire::run(&protected, *dry_run).await.context("not all was removed")
        }
        Deed::Dump { name, repository } => {
            let host = host()?;
            let protected = host.protected_in(name, repository.as_deref())?;
            dump::run(&protected).await.context("no dump was made")
        }
        Deed::Prove { name, repository, dump, kit } => {
            let host = whose(&place, kit.as_deref())?;
            let protected = host.protected_in(name, repository.as_deref())?;
            prove::run(&protected, *dump).await.context("nothing was proved")
        }
        Deed::Lead { name, repository } => {
            let host = host()?;
            lead::run(&host.protected_in(name, Some(repository))?).await
        }
        Deed::Kit(deed) => kit::run(&place, deed).await,
    }
}
