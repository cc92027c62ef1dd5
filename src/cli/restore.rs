//! `muster restore`: brings a database of this host back beside the one that lives, by hand and without Muster's server.

mod shown;

use std::io::stdout;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use nix::unistd::geteuid;
use time::OffsetDateTime;

use super::agent::words::Printer;
use super::agent::{Files, points, told_to_stop};
use super::runtime;
use crate::agent::restore::{self, Made, TableName};
use crate::agent::{self, Host, Place, Protected};
use crate::config::Surroundings;
use crate::domain::recovery::target::moment;
use crate::domain::recovery::{Lsn, Wanted, Xid};
use crate::telemetry;

const EXAMPLES: &str = "\
Examples:
  sudo -u postgres muster restore find main --table public.orders
  sudo -u postgres muster restore beside main --before 4042
  sudo -u postgres muster restore beside main --time '2026-11-28 03:01:12 UTC'
  sudo -u postgres muster restore compare main 1
  sudo -u postgres muster restore later main 1 --time '2026-11-28 03:05:00 UTC'
  sudo -u postgres muster restore remove main 1

The database that lives is only read. A copy stays, read-only, until it is removed.
docs/RECOVERY.md goes through it step by step.

Exit codes: 0 done; 1 refused, or something was found wrong; 2 the command was typed wrong.";

/// What stands on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = EXAMPLES)]
pub struct Restore {
    /// Where.
    #[command(flatten)]
    pub files: Files,
    /// What to do.
    #[command(subcommand)]
    pub deed: Deed,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Deed {
    /// Lists the recovery points of a database, and what would be lost now
    Points(Named),
    /// Looks through the log for the transaction that did the harm
    Find {
        /// The database, and from which repository.
        #[command(flatten)]
        of: Named,
        /// All that changed or removed rows of this table; without one all that dropped, emptied or rewrote any
        #[arg(long, value_name = "SCHEMA.TABLE")]
        table: Option<String>,
        /// In which database of the cluster that table is
        #[arg(long = "in", value_name = "DATABASE", requires = "table")]
        within: Option<String>,
        /// Since when; six hours unless it is said
        #[arg(long, value_name = "TIME", value_parser = moment)]
        since: Option<OffsetDateTime>,
    },
    /// Restores a copy beside the database that lives, and leaves it paused, to be read
    Beside {
        /// The database, and from which repository.
        #[command(flatten)]
        of: Named,
        /// Until where.
        #[command(flatten)]
        until: Until,
    },
    /// Lists the copies that there are, where each is reached, and what it shows
    List(Named),
    /// Replays more of the log into a copy
    Later {
        /// The database, and from which repository.
        #[command(flatten)]
        of: Named,
        /// The copy's number
        number: u32,
        /// Until where.
        #[command(flatten)]
        until: Until,
    },
    /// Starts a copy's server again where it was, as after a restart of the host
    Open {
        /// The database, and from which repository.
        #[command(flatten)]
        of: Named,
        /// The copy's number
        number: u32,
    },
    /// Counts the rows of every table in a copy and in the database that lives, and says where they differ
    Compare {
        /// The database, and from which repository.
        #[command(flatten)]
        of: Named,
        /// The copy's number
        number: u32,
    },
    /// Stops a copy and removes it
    Remove {
        /// The database, and from which repository.
        #[command(flatten)]
        of: Named,
        /// The copy's number
        number: u32,
    },
}

/// A database in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Named {
    /// The database, as agent.toml calls it
    pub name: String,
    /// From which repository, as agent.toml calls it; from the one that Postgres archives to unless it is named
    #[arg(long, value_name = "NAME")]
    pub repository: Option<String>,
}

/// Until where; without any of them until the end of the log.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(multiple = false)]
pub struct Until {
    /// All that was committed up to this moment, which is said with its zone
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub time: Option<OffsetDateTime>,
    /// All that was committed before this transaction, as muster restore find shows it
    #[arg(long, value_name = "TRANSACTION")]
    pub before: Option<Xid>,
    /// The log up to the record that begins here
    #[arg(long, value_name = "POSITION")]
    pub lsn: Option<Lsn>,
    /// Up to this restore point, as pg_create_restore_point named it
    #[arg(long, value_name = "NAME")]
    pub point: Option<String>,
}

impl Until {
    fn wanted(&self) -> Wanted {
        let Until { time, before, lsn, point } = self.clone();
        let time = time.map(Wanted::Time);
        let first = time.or(before.map(Wanted::Before)).or(lsn.map(Wanted::Lsn));
        first.or(point.map(Wanted::Named)).unwrap_or(Wanted::Latest)
    }
}

/// Does it; true when nothing was found wrong. Whoever is told to stop removes what is not finished.
///
/// # Errors
/// What kept it from being done.
pub(super) fn run(restore: &Restore) -> anyhow::Result<bool> {
    let around = Surroundings::of_this_process()?;
    telemetry::start("warn,sqlx=error", false)?; // every row is read at times, which takes its time
    if geteuid().is_root() {
        return Err(agent::Error::Root.into());
    }
    let place = restore.files.place(&around);
    runtime()?.block_on(async {
        tokio::select! {
            done = obey(&restore.deed, &place) => done,
            told = told_to_stop(false) => {
                told?;
                anyhow::bail!("stopped before it was done; what was not finished is removed")
            }
        }
    })
}

async fn obey(deed: &Deed, place: &Place) -> anyhow::Result<bool> {
    let host = place.open()?;
    let printer = Printer::new();
    let tell = |news| printer.print(news);
    match deed {
        Deed::Points(of) => points::run(&of.of(&host)?, false).await,
        Deed::Find { of, table, within, since } => {
            let table = TableName::of(table.as_ref(), within.as_ref());
            let found = restore::suspects(&of.of(&host)?, table.as_ref(), *since, &tell).await?;
            shown::suspects(&of.name, table.as_ref(), &found, &mut stdout())?;
            Ok(true)
        }
        Deed::Beside { of, until } => {
            let (protected, wanted) = (of.of(&host)?, until.wanted());
            let made = restore::beside(&protected, &wanted, &tell).await;
            made_well(&protected, &made.context("nothing was restored")?)
        }
        Deed::List(of) => {
            let protected = of.of(&host)?;
            shown::list(&protected, &restore::all(&protected)?, &mut stdout()).await
        }
        Deed::Later { of, number, until } => {
            later(&of.of_copy(&host, *number)?, *number, Some(&until.wanted()), &printer).await
        }
        Deed::Open { of, number } => {
            later(&of.of_copy(&host, *number)?, *number, None, &printer).await
        }
        Deed::Compare { of, number } => {
            let protected = of.of(&host)?;
            let copy = restore::find_copy(&protected, *number)?;
            let (differ, all) = restore::compare(&protected, &copy).await?;
            shown::differences(&differ, all, &mut stdout())?;
            Ok(true)
        }
        Deed::Remove { of, number } => {
            restore::remove(&of.of(&host)?, *number)?;
            println!("Copy {number} of {} is removed", of.name);
            Ok(true)
        }
    }
}

async fn later(
    protected: &Protected<'_>,
    number: u32,
    wanted: Option<&Wanted>,
    printer: &Printer,
) -> anyhow::Result<bool> {
    let moved = restore::later(protected, number, wanted, &|news| printer.print(news)).await;
    made_well(protected, &moved.context("the copy was not moved on")?)
}

fn made_well(protected: &Protected<'_>, made: &Made) -> anyhow::Result<bool> {
    let Made { copy, reached, checks } = made;
    shown::copy(protected, copy, reached, &mut stdout())?;
    Ok(copy.short_s.is_none() && checks.iter().all(|check| check.good))
}

impl Named {
    fn of<'a>(&self, host: &'a Host) -> anyhow::Result<Protected<'a>> {
        Ok(host.protected_in(&self.name, self.repository.as_deref())?)
    }

    /// The same in the repository that a copy was made from, unless another one is named.
    fn of_copy<'a>(&self, host: &'a Host, number: u32) -> anyhow::Result<Protected<'a>> {
        if self.repository.is_some() {
            return self.of(host);
        }
        Ok(restore::of_copy(host, &self.name, number)?)
    }
}
