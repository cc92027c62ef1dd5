//! What can go wrong with keys, in words that say how to mend it.

use std::io;
use std::path::PathBuf;

/// Why a secret could not be read, made or used.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The ring's file is not there.
    #[error(
        "there is no key ring at {path}; put it back from the server kit or a copy: without it \
         passwords, sealed settings and signatures are lost"
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// Others may read the ring's file.
    #[error("the key ring {path} is open to others (mode {mode:04o}); run: chmod 600 {path}")]
    Open {
        /// Where it is.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The ring's file is another user's, who can read and change it.
    #[error(
        "the key ring {path} belongs to another user (id {owner}), who may have read or changed it; \
         if it is this Muster's, let the user that runs muster own it (chown)"
    )]
    Strangers {
        /// Where it is.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// The ring's file can't be read.
    #[error("the key ring {path} can't be read; let the user that runs muster own it")]
    Unreadable {
        /// Where it is.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The ring's file is damaged.
    #[error("the key ring {path} is damaged ({what}); put it back from the server kit or a copy")]
    Corrupt {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The ring is of a later release.
    #[error("the key ring {path} has format {found}, this release reads 1; run a newer muster")]
    Format {
        /// Where it is.
        path: PathBuf,
        /// Its format number.
        found: i64,
    },
    /// A ring would be written over.
    #[error("there is a key ring at {path} already, and it is never written over")]
    Exists {
        /// Where it is.
        path: PathBuf,
    },
    /// The ring's file can't be written.
    #[error(
        "the key ring {path} can't be written; its folder must be writable, with room on its disk"
    )]
    Unwritten {
        /// Where it should be.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomness,
    /// A key could not be used; it never happens with keys of the right length.
    #[error("a key could not be used")]
    Unusable,
    /// What was sealed doesn't open: another ring, another place, or damage.
    #[error("the seal does not open; it was made with another key ring or for something else")]
    BrokenSeal,
    /// A stored password hash can't be read.
    #[error("the stored password hash is damaged; an owner can reset the password")]
    DamagedHash,
    /// The password's hash could not be made.
    #[error("the password could not be hashed: {0}")]
    Hashing(argon2::password_hash::Error),
    /// More passwords are to be hashed than there is time for.
    #[error("many people sign in at this moment; wait a few seconds, then try again")]
    Crowded,
    /// The process is ending.
    #[error("muster is stopping; try again in a moment")]
    Stopping,
}
