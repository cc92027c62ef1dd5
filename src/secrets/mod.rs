//! Keys and what is made of them: the key ring file, seals, signatures, tokens, password hashes.
//!
//! All cryptography but argon2 is ring's. Nothing here prints what it hides.

mod error;
mod file;
mod hidden;
mod keyring;
mod label;
mod passwords;
mod token;

pub use error::SecretsError;
pub use hidden::Hidden;
pub use keyring::{KeyRing, head_signature_holds};
pub use label::Label;
pub use passwords::{Passwords, Place, Turn};
pub use token::{NotAToken, Token, body_salt};
