//! `muster agent`: what is done on a database's host.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use tokio::signal::unix::{SignalKind, signal};

use crate::agent::{self, Identity, Rhythm};
use crate::domain::agent::code::JoinCode;

/// What an agent can be told on its host.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Agent {
    /// Joins a site with the code from Muster's page Recovery
    Join {
        /// The code; it begins with mj1.
        code: String,
        /// The agent's state folder
        #[command(flatten)]
        at: At,
    },
    /// Works for the site it joined, until told to stop
    Run {
        /// The agent's state folder
        #[command(flatten)]
        at: At,
    },
}

/// Where an agent keeps what it must not lose.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct At {
    /// The agent's state folder, for its user alone [default: /var/lib/muster-agent, or
    /// ~/.local/state/muster-agent where that can't be written]
    #[arg(long, value_name = "FOLDER", env = "MUSTER_AGENT_STATE")]
    pub state: Option<PathBuf>,
}

const STATE: &str = "/var/lib/muster-agent";

impl At {
    fn folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(state) = &self.state {
            return Ok(state.clone());
        }
        let system = Path::new(STATE);
        if nix::unistd::access(system, nix::unistd::AccessFlags::W_OK).is_ok() {
            return Ok(system.to_owned());
        }
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        let home = home.context("no home folder is known; name the state folder by --state")?;
        Ok(home.join(".local/state/muster-agent"))
    }
}

/// Does it.
///
/// # Errors
/// What kept it from being done.
pub(super) async fn run(agent: &Agent) -> anyhow::Result<()> {
    if nix::unistd::geteuid().is_root() {
        anyhow::bail!(
            "an agent never runs as root; run it as the user that owns the database: \
             sudo -u postgres muster agent …"
        );
    }
    match agent {
        Agent::Join { code, at } => {
            let (code, state) = (code.parse::<JoinCode>()?, at.folder()?);
            let identity = agent::join(&code, &state).await?;
            println!(
                "Joined {} as the agent of the site “{}”. Its key lies in {}.\nNow keep it running: muster agent run",
                identity.server,
                identity.joined.name,
                state.display()
            );
            Ok(())
        }
        Agent::Run { at } => {
            let identity = Identity::load(&at.folder()?)?;
            println!(
                "The agent of the site “{}” works for {}. It stops on Ctrl-C.",
                identity.joined.name, identity.server
            );
            let mut ended = signal(SignalKind::terminate())?;
            tokio::select! {
                done = agent::run(&identity, Rhythm::default()) => Ok(done?),
                _ = ended.recv() => Ok(()),
                _ = tokio::signal::ctrl_c() => Ok(()),
            }
        }
    }
}
