//! Who the agent is, and whom it obeys: kept in its state folder since it joined.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::domain::agent::pin::Pin;
use crate::domain::agent::signed::SignedDocument;
use crate::domain::agent::wire::Joined;
use crate::secrets::{AgentKey, SecretsError, signature_holds};

const WORDS: &str = "# Which site of which Muster this agent works for; written when it joined.\n";
pub(super) const JOINED: &str = "joined.toml";
const KEY: &str = "agent.key";

/// An agent that has joined.
#[derive(Debug)]
pub struct Identity {
    /// Muster's address.
    pub server: String,
    /// By what its certificate is known, where no authority is to be asked.
    pub certificate: Option<Pin>,
    /// What it said when the agent joined.
    pub joined: Joined,
    /// The agent's own key.
    pub key: AgentKey,
}

/// Why an agent does not know who it is.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// It never joined.
    #[error(
        "no agent has joined from {0}; make a join code on Muster's page Recovery, then: muster agent join CODE"
    )]
    NotJoined(PathBuf),
    /// The state folder can't be used.
    #[error("the agent's state folder {folder} can't be used: {source}; give another by --state")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is kept there is damaged.
    #[error("{0} is damaged; join again with a new code")]
    Damaged(PathBuf),
    /// The key can't be used.
    #[error(transparent)]
    Key(#[from] SecretsError),
}

#[derive(Serialize, Deserialize)]
struct Kept {
    server: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<Pin>,
    #[serde(flatten)]
    joined: Joined,
}

/// Makes the state folder for its user alone, where there is none.
pub(super) fn prepare(state: &Path) -> Result<(), IdentityError> {
    let unusable = |source| IdentityError::Folder { folder: state.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(state).map_err(unusable)?;
    let probe = state.join(".probe");
    fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).map_err(unusable)
}

impl Identity {
    /// What was kept when the agent joined.
    ///
    /// # Errors
    /// When it never did, or what was kept can't be used.
    pub fn load(state: &Path) -> Result<Identity, IdentityError> {
        let path = state.join(JOINED);
        let text = fs::read_to_string(&path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => IdentityError::NotJoined(state.to_owned()),
            _ => IdentityError::Folder { folder: state.to_owned(), source },
        })?;
        let kept: Kept =
            toml_edit::de::from_str(&text).map_err(|_| IdentityError::Damaged(path))?;
        let key = AgentKey::load(&state.join(KEY))?;
        let Kept { server, certificate, joined } = kept;
        Ok(Identity { server, certificate, joined, key })
    }

    /// What one says that was shown to others.
    pub(super) fn shown_in(text: &str) -> Option<Joined> {
        toml_edit::de::from_str::<Kept>(text).ok().map(|kept| kept.joined)
    }

    /// Signs something as this agent; `prefix` says what it is.
    pub(in crate::agent) fn sealed(&self, prefix: &[u8], document: &[u8]) -> SignedDocument {
        SignedDocument::of(document, &self.key.sign(&[prefix, document].concat()))
    }

    /// The bytes that Muster signed behind this prefix; none where it did not.
    pub(super) fn opened(&self, prefix: &[u8], signed: &SignedDocument) -> Option<Vec<u8>> {
        let (document, signature) = signed.parts()?;
        let key = URL_SAFE_NO_PAD.decode(&self.joined.order_key).ok()?;
        signature_holds(&key, &[prefix, &document].concat(), &signature).then_some(document)
    }

    /// Keeps it. What names the key comes last: an agent that dies between finds that it must join again,
    /// and never signs for a site with another's key.
    pub(super) fn save(&self, state: &Path) -> Result<(), IdentityError> {
        let path = state.join(JOINED);
        let unusable = |source| IdentityError::Folder { folder: state.to_owned(), source };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(unusable(error)),
            _ => self.key.save(&state.join(KEY))?,
        }
        let (server, joined) = (self.server.clone(), self.joined.clone());
        let kept = Kept { server, certificate: self.certificate, joined };
        let text = toml_edit::ser::to_string(&kept).map_err(io::Error::other);
        let draft = state.join(".joined.draft");
        let write = |text: String| {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&draft)?;
            file.write_all((WORDS.to_owned() + &text).as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            fs::File::open(state)?.sync_all()
        };
        text.and_then(write).map_err(unusable)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::id::SiteId;

    fn identity() -> Identity {
        let site = SiteId::new(datetime!(2026-11-14 12:00 UTC));
        let joined =
            Joined { site, name: "db “1” = #".to_owned(), order_key: "abc".to_owned() };
        let server = "https://muster.example.org".to_owned();
        Identity { server, certificate: None, joined, key: AgentKey::random().unwrap() }
    }

    #[test]
    fn an_agent_that_joined_knows_who_it_is_and_joins_anew_over_itself() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("deep/state");
        prepare(&state).unwrap();
        identity().save(&state).unwrap();
        let second = Identity { certificate: Some(Pin([7; 32])), ..identity() };
        second.save(&state).unwrap();

        let read = Identity::load(&state).unwrap();

        assert_eq!((read.server, read.joined), (second.server, second.joined));
        assert_eq!(read.certificate, Some(Pin([7; 32])));
        assert_eq!(read.key.public(), second.key.public());
    }

    #[test]
    fn what_an_agent_of_an_earlier_release_kept_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        identity().save(folder.path()).unwrap();
        let text = fs::read_to_string(folder.path().join(JOINED)).unwrap();
        assert!(!text.contains("certificate"), "an earlier release may read it, too: {text}");
        assert_eq!(Identity::load(folder.path()).unwrap().certificate, None);
    }

    #[test]
    fn an_agent_that_never_joined_or_lost_what_it_kept_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path();
        let error = Identity::load(state).unwrap_err();
        assert!(error.to_string().contains("muster agent join"), "{error}");

        identity().save(state).unwrap();
        fs::write(state.join(JOINED), "server = 3").unwrap();
        let error = Identity::load(state).unwrap_err();
        assert!(matches!(error, IdentityError::Damaged(_)), "{error}");
    }
}
