//! One function per deed: opens the transaction, loads, asks the rule, writes, enqueues, commits.
//! Every door calls the same one.

pub mod accounts;
pub mod answers;
pub mod calls;
pub mod clocks;
pub mod databases;
pub mod drafts;
mod duties;
pub mod entries;
pub mod incidents;
pub mod installation;
pub mod jobs;
pub mod kits;
pub mod letters;
mod limits;
pub mod mail_source;
pub mod messages;
pub mod orders;
mod overtaken;
pub mod overview;
pub mod paging;
pub mod people;
pub mod plans;
pub mod post_mortems;
pub mod publishing;
pub mod quarantine;
pub mod reach;
pub mod readiness;
pub mod record;
pub mod restores;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod sites;
pub mod stars;
pub mod tasks;
pub mod tellings;
pub mod ticks;
pub mod timeline;
pub mod turns;
pub mod verify;
pub mod vitals;
pub mod ways;

use std::time::Duration;

use crate::db::{DbError, Faulty};
use crate::domain::civil::span;
use crate::secrets::SecretsError;
use crate::store::StoreError;

/// How long a deed may take, begin to commit; inside what a request may.
pub const DEADLINE: Duration = Duration::from_millis(2_500);

/// Why a deed was not done.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A rule says no, in words for the person.
    #[error("{0}")]
    Refused(String),
    /// What was typed is wrong; each with the field it stands in.
    #[error("{}", .0.first().map_or("something typed is wrong", |wrong| &wrong.words))]
    Invalid(Vec<Wrong>),
    /// The person lacks the right.
    #[error("{0}")]
    NotAllowed(String),
    /// It was done too often; says how long to wait.
    #[error("this was done too often in a short time; wait {} and press again", span(*.0))]
    TooMany(time::Duration),
    /// What was pressed asks for the password again, and it was not typed lately.
    #[error("type your password again: you last typed it more than ten minutes ago")]
    NotFresh,
    /// A test broke it off here.
    #[error(transparent)]
    Tripped(#[from] crate::fail::Tripped),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key, seal or hash could not be made or read.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
}

/// A field, and what is wrong with what was typed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Name of the field.
    pub field: &'static str,
    /// What is wrong and what is wanted.
    pub words: String,
}

impl Wrong {
    /// The words beside one field, where there are any.
    #[must_use]
    pub fn beside(field: &str, wrong: &[Wrong]) -> Option<String> {
        wrong.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.clone())
    }
}

/// The outcome of a deed.
pub type ActionResult<T> = Result<T, ActionError>;

impl ActionError {
    /// A rule's refusal.
    pub fn refused(refusal: impl std::fmt::Display) -> ActionError {
        ActionError::Refused(refusal.to_string())
    }

    /// One wrong field.
    pub fn wrong(field: &'static str, words: impl std::fmt::Display) -> ActionError {
        ActionError::Invalid(vec![Wrong { field, words: words.to_string() }])
    }
}

impl From<DbError> for ActionError {
    fn from(error: DbError) -> ActionError {
        ActionError::Store(error.into())
    }
}

impl From<sqlx::Error> for ActionError {
    fn from(error: sqlx::Error) -> ActionError {
        ActionError::Store(error.into())
    }
}

impl Faulty for ActionError {
    fn is_fault(&self) -> bool {
        matches!(self, ActionError::Store(error) if error.is_fault())
    }
}
