//! Postgres with a deadline: pool, breaker and transaction, so that a silent server never hangs a
//! caller.
//!
//! sqlx has no query time-out, and its own transaction hides the connection. Ours owns its pool
//! connection, sends begin and commit itself, and when it is cut off it detaches the connection
//! and drops the socket.

mod breaker;
mod budget;
mod error;
mod pool;
mod tx;

pub use budget::within;
pub use error::{DbError, Faulty};
pub use pool::Db;
