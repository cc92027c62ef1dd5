//! The certificate that serve shows: read from two files, held to be a pair, judged by its dates,
//! and read again while serve runs, since whoever renews it restarts nothing. Agents are told by what to know it.

mod error;
mod kept;
mod pair;
mod pin;
mod standing;
mod trust;

pub use error::TlsError;
pub use kept::{Kept, Look};
pub use pair::Pair;
pub use pin::KnownBy;
pub use standing::{Standing, Validity};
