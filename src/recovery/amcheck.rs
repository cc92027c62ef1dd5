//! The server's own checks of a restored cluster: indexes and heaps by `pg_amcheck` while it runs,
//! checksums of all pages by `pg_checksums` once it rests.

use std::path::Path;

use super::tool::{Answer, Tool};
use super::{Result, Scratch};
use crate::pgserver::SESSION;

/// Complaints that are kept.
const MOST: usize = 10;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deep {
    /// All is well.
    Clean(String),
    /// Something is broken.
    Broken(Vec<String>),
    /// It can't be checked.
    Unavailable(String),
}

/// Checks heaps and indexes of every database; the extension for it is made in the scratch, which
/// must have been opened for writing.
///
/// # Errors
/// When the program can't be run.
pub async fn amcheck(scratch: &Scratch, processes: u32) -> Result<Deep> {
    let Ok(program) = scratch.program("pg_amcheck") else { return Ok(not_installed()) };
    if !program.is_file() {
        return Ok(not_installed());
    }
    let (socket, port, user) = scratch.address();
    let session: Vec<_> =
        SESSION.iter().map(|(name, value)| format!("-c {name}={value}")).collect();
    let tool = Tool::gently(&program)
        .env("PGOPTIONS", session.join(" "))
        .args(["--all", "--install-missing", "--heapallindexed", "--no-password"])
        .arg(format!("--jobs={processes}"))
        .args(["--port", port, "--username", user, "--maintenance-db", "postgres", "--host"])
        .arg(socket);
    let answer = tool.run().await?;
    let missing = |text: &str| {
        text.contains("amcheck.control") || text.contains("\"amcheck\" is not available")
    };
    if missing(&answer.errors) || missing(&answer.out) {
        return Ok(not_installed());
    }
    Ok(judged(&answer, "no fault in any heap or index"))
}

fn not_installed() -> Deep {
    Deep::Unavailable(
        "pg_amcheck or its extension is not installed; on Debian it comes with the server's own \
         package, elsewhere with its contrib package"
            .to_owned(),
    )
}

/// Checks the checksum of every page of a cluster that was stopped.
///
/// # Errors
/// When the program can't be run.
pub async fn checksums(program: &Path, cluster: &Path) -> Result<Deep> {
    let answer = Tool::gently(program).args(["--check", "--pgdata"]).arg(cluster).run().await?;
    let scanned = answer.out.lines().find(|line| line.starts_with("Blocks scanned:"));
    let scanned = scanned.and_then(|line| line.split_whitespace().last()).unwrap_or("all");
    Ok(judged(&answer, &format!("{scanned} pages, none broken")))
}

fn judged(answer: &Answer, clean: &str) -> Deep {
    if answer.ended_well && answer.errors.trim().is_empty() {
        return Deep::Clean(clean.to_owned());
    }
    let said = answer.errors.lines().chain(answer.out.lines()).map(str::trim);
    let said = said.filter(|line| !line.is_empty()).take(MOST).map(str::to_owned);
    Deep::Broken(said.collect())
}
