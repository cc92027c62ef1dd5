//! Keys and what is made of them: the key ring file, an agent's key, seals, signatures, tokens, password hashes.
//!
//! All cryptography but argon2 is ring's. Nothing here prints what it hides.

mod agent_key;
mod error;
mod file;
mod hidden;
mod keyring;
mod kit;
mod label;
mod note;
mod passwords;
mod seal;
mod token;

pub use agent_key::AgentKey;
pub use error::SecretsError;
pub use hidden::Hidden;
pub use keyring::{KeyRing, signature_holds};
pub use kit::{KitError, SealedKit, key_digest, random_number, random_phrase};
pub use label::Label;
pub use note::NoteKey;
pub use passwords::{Passwords, Place, Turn};
pub use token::{NotAToken, Token, body_salt};
