//! Why a draft is not followed.

use std::io;
use std::path::PathBuf;

use crate::agent::joined::IdentityError;
use crate::agent::settings;

/// Why a draft is not followed.
#[derive(Debug, thiserror::Error)]
pub enum AllowError {
    /// Nobody knows for which site.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Another user's agent.
    #[error("the agent's folder {} belongs to {owner}; run this as root: sudo muster agent allow", .folder.display())]
    Stranger {
        /// Its folder.
        folder: PathBuf,
        /// Whose it is.
        owner: String,
    },
    /// The file is not this user's to write.
    #[error(
        "{} is not this user's to write: it says what Muster may touch on this host, so its owner alone \
         allows more; run this as that one, most often: sudo muster agent allow", .0.display()
    )]
    NotYours(PathBuf),
    /// The agent's user could not read the file.
    #[error(
        "{user} can't enter {}, in which agent.toml lies or would lie; let it, then run this again: chmod a+x {}",
        .folder.display(), .folder.display()
    )]
    Closed {
        /// The folder that is closed.
        folder: PathBuf,
        /// The agent's user.
        user: String,
    },
    /// What stands in `agent.toml` can't be followed, or would not be.
    #[error(transparent)]
    Settings(#[from] settings::Refusal),
    /// The draft's words are none that `agent.toml` could hold.
    #[error("this draft is not one that Muster makes, and is not followed: {}", .0.join("; "))]
    Hostile(Vec<String>),
    /// It means no cluster of this host.
    #[error("{0}; press “Look again now” on the host's page in Muster, and draft it anew")]
    Cluster(String),
    /// Backups can't lie there.
    #[error("backups can’t go to {place}: {why}. Draft it anew")]
    Place {
        /// The folder, as a terminal may show it.
        place: String,
        /// Why.
        why: String,
    },
    /// With it, `agent.toml` would be refused.
    #[error("with it agent.toml would be refused, and nothing was written: {0}")]
    Unfit(settings::Refusal),
    /// There is nowhere for backups.
    #[error("agent.toml names no repository, and the draft brings none; draft it anew")]
    NoRepository,
    /// A name that means something else.
    #[error(
        "agent.toml names a {0} “{1}” already, which is another; draft it anew under another name"
    )]
    Taken(&'static str, String),
    /// Whatever was read back is not what was meant.
    #[error("{} would mean something else than the draft says; nothing was written. Add the block by hand", .0.display())]
    Otherwise(PathBuf),
    /// Somebody else writes it too.
    #[error("{} was changed meanwhile; nothing was written: run this again", .0.display())]
    Changed(PathBuf),
    /// It can't be written.
    #[error("{} can't be written", .file.display())]
    Write {
        /// What.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
}
