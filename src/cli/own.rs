//! The agent beside serve, that protects Muster's own database: where its files lie, and how it is started.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use tokio::process::Command;

use crate::pgserver;

/// Its folders, in serve's data folder.
#[derive(Debug, Clone)]
pub(super) struct Own {
    data: PathBuf,
}

impl Own {
    /// In this data folder.
    pub(super) fn beside(data: &Path) -> Own {
        Own { data: data.canonicalize().unwrap_or_else(|_| data.to_owned()) }
    }

    /// Serve's data folder.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// Its state folder.
    pub(super) fn folder(&self) -> PathBuf {
        self.data.join("agent")
    }

    /// Its `agent.toml`.
    pub(super) fn settings(&self) -> PathBuf {
        self.folder().join("agent.toml")
    }

    /// Whether one has joined, and so protects the database.
    pub(super) fn has_joined(&self) -> bool {
        self.settings().exists() && self.folder().join("joined.toml").exists()
    }

    /// It, as the user that owns the cluster. It reads from a pipe that ends with this process, however that ends.
    pub(super) fn command(&self, args: &[&str]) -> anyhow::Result<Command> {
        let program = self.program()?;
        let mut command = pgserver::command_of_owner(&program)?;
        command.arg("agent").arg("--config").arg(self.settings());
        command.arg("--state").arg(self.folder()).args(args);
        command.stdin(Stdio::piped()).stderr(Stdio::inherit());
        let mut command = Command::from(command);
        command.kill_on_drop(true);
        Ok(command)
    }

    /// This very program; where the cluster's user may not run it, because it lies in a folder of root's, a copy.
    fn program(&self) -> anyhow::Result<PathBuf> {
        let own = std::env::current_exe().context("this program's own path")?;
        let mut trial = pgserver::command_of_owner(&own)?;
        if trial.arg("--version").status().is_ok_and(|status| status.success()) {
            return Ok(own);
        }
        let folder = self.data.join("bin");
        std::fs::create_dir_all(&folder)?;
        let (copy, draft) = (folder.join("muster"), folder.join("muster.draft"));
        std::fs::copy(&own, &draft).context("this program can't be copied for its user")?;
        for path in [&folder, &draft] {
            std::fs::set_permissions(path, Permissions::from_mode(0o755))?;
        }
        std::fs::rename(&draft, &copy)?;
        Ok(copy)
    }
}
