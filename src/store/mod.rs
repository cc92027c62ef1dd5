//! Talks to Postgres: one file a noun, free functions over a connection that the caller owns.

pub mod accounts;
pub mod action_items;
pub mod affected;
pub mod attempts;
pub mod chains;
pub mod changes;
pub mod clock;
pub mod clocks;
pub mod databases;
pub mod deliveries;
pub mod digests;
pub mod drafts;
pub mod duties;
pub mod grants;
pub mod holds;
pub mod incidents;
pub mod installation;
pub mod kits;
pub mod links;
pub mod merges;
pub mod messages;
pub mod methods;
pub mod migrations;
pub mod orders;
pub mod people;
pub mod plans;
pub mod post_mortems;
pub mod proofs;
pub mod public;
pub mod responders;
pub mod secrets;
pub mod sends;
pub mod server;
pub mod sessions;
pub mod settings;
pub mod sign_in_failures;
pub mod sites;
pub mod snapshot;
pub mod stars;
pub mod streams;
pub mod tallies;
pub mod tasks;
pub mod tellings;
pub mod ticks;
pub mod turns;

use crate::db::{DbError, Faulty};

/// Why a store function failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not do it.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A row holds what no release writes.
    #[error("table {table}, row {row}: {problem}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// Its key.
        row: String,
        /// What is wrong.
        problem: String,
    },
    /// A write changed another number of rows than it must.
    #[error("{0} changed another number of rows than it must")]
    WrongCount(&'static str),
}

/// The outcome of a store function.
pub type StoreResult<T> = Result<T, StoreError>;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        StoreError::Db(error.into())
    }
}

impl Faulty for StoreError {
    fn is_fault(&self) -> bool {
        matches!(self, StoreError::Db(error) if error.is_fault())
    }
}

/// Says which table and row hold what can't be.
fn corrupt(table: &'static str, row: impl ToString, problem: impl ToString) -> StoreError {
    StoreError::Corrupt { table, row: row.to_string(), problem: problem.to_string() }
}

/// A write of exactly one row.
fn one(what: &'static str, result: &sqlx::postgres::PgQueryResult) -> StoreResult<()> {
    if result.rows_affected() == 1 { Ok(()) } else { Err(StoreError::WrongCount(what)) }
}
