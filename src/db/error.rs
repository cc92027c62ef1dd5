//! Why the database did not do it.

/// A failed transaction, sorted by what the caller can say about it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Not connected yet, or the breaker is open: nothing was tried.
    #[error("the database is not answering")]
    Away,
    /// All our connections were at work: nothing was tried. Each of them has its own deadline, so
    /// this says nothing against the database.
    #[error("too much is asked of the database at once")]
    Busy,
    /// It lets nobody in: nothing was tried.
    #[error("the database lets nobody in")]
    Shut(#[source] sqlx::Error),
    /// The deadline passed before commit was sent: nothing was saved.
    #[error("the database did not answer in time")]
    TimedOut,
    /// The deadline passed, or the connection broke, while commit was under way.
    #[error("whether it was saved is unknown; pressing again is safe")]
    CommitUnknown(#[source] Option<sqlx::Error>),
    /// The database answered with an error.
    #[error("the database refused")]
    Refused(#[source] sqlx::Error),
}

/// Whether an error of a body is the database's fault, which the breaker counts.
pub trait Faulty {
    /// True where the server was away, silent or out of room.
    fn is_fault(&self) -> bool;
}

impl Faulty for DbError {
    fn is_fault(&self) -> bool {
        match self {
            DbError::Away | DbError::Busy => false,
            DbError::Shut(_) | DbError::TimedOut | DbError::CommitUnknown(_) => true,
            DbError::Refused(error) => is_fault(error),
        }
    }
}

impl DbError {
    /// Whether waiting may mend it.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, DbError::Away | DbError::Busy) || self.is_fault() || self.is_conflict()
    }

    /// Whether two transactions met, and one of them should try again.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        let DbError::Refused(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01" | "55P03"))
    }

    /// Name of the broken constraint, where one was.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            DbError::Refused(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> DbError {
        DbError::Refused(error)
    }
}

/// SQLSTATE classes that mean that the server is in trouble, or that we are with it: connection
/// (08), authorization (28), no such database (3D), resources (53), operator intervention (57),
/// system error (58), internal error (XX).
const FAULTS: [&str; 7] = ["08", "28", "3D", "53", "57", "58", "XX"];
/// Single codes that mean the same: a read-only transaction, as on a standby; a connection that was
/// ended because it lay idle in a transaction.
const FAULTY: [&str; 2] = ["25006", "25P03"];

pub(super) fn is_fault(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code();
            let code = code.as_deref().unwrap_or_default();
            FAULTY.contains(&code) || FAULTS.iter().any(|class| code.starts_with(class))
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}
