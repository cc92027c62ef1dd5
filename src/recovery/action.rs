//! A program of the host's owner that looks at a restored database in its own way, while nothing can be written there. It
//! is told where the copy is, and nothing else: what opens repositories, or leads to Muster, is not in its environment.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use nix::unistd::{User, geteuid};

use super::tool::{Bounded, Mark, Tool};
use super::{Result, Scratch};
use crate::domain::span::Span;

/// What is run.
#[derive(Debug, Clone, Copy)]
pub struct Action<'a> {
    /// The program.
    pub program: &'a Path,
    /// Its arguments.
    pub args: &'a [String],
    /// How long it may take.
    pub within: Span,
    /// The folder that it works in.
    pub folder: &'a Path,
    /// The role that it is to connect as.
    pub role: &'a str,
    /// The database that it is to connect to.
    pub database: &'a str,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted {
    /// How it ended.
    pub ended: Ended,
    /// What it said, on both of its outputs; of much the beginning and the end.
    pub said: String,
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With the exit code 0.
    Well,
    /// With another one; none: by a signal.
    Badly(Option<i32>),
    /// It did not in time, and was ended.
    Late(Span),
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ended::Well => f.write_str("ended well"),
            Ended::Badly(Some(code)) => write!(f, "ended with exit code {code}"),
            Ended::Badly(None) => f.write_str("was ended by a signal"),
            Ended::Late(limit) => write!(f, "stopped: it took longer than {limit}"),
        }
    }
}

/// Runs one beside a restored copy, behind everything else that the host does.
///
/// # Errors
/// When it can't be run.
pub async fn act(scratch: &Scratch, action: &Action<'_>) -> Result<Acted> {
    let within = Duration::from_secs(action.within.as_seconds().into());
    let ran = tool(scratch, action).run_within(within, Mark(scratch.folder())).await?;
    let Bounded { status, said } = ran;
    let ended = match status {
        None => Ended::Late(action.within),
        Some(status) if status.success() => Ended::Well,
        Some(status) => Ended::Badly(status.code()),
    };
    Ok(Acted { ended, said })
}

fn tool(scratch: &Scratch, action: &Action<'_>) -> Tool {
    let (socket, port, _) = scratch.address();
    let home = User::from_uid(geteuid()).ok().flatten().map(|user| user.dir);
    Tool::gently(action.program)
        .args(action.args)
        .folder(action.folder)
        .env("HOME", home.as_deref().unwrap_or(Path::new("/")))
        .env("LANG", "C.UTF-8")
        .env("LC_ALL", "C.UTF-8") // an application may read and write more than English
        .env("PGHOST", socket)
        .env("PGPORT", port)
        .env("PGUSER", action.role)
        .env("PGDATABASE", action.database)
        .env("DATABASE_URL", scratch.url(action.role, action.database))
}
