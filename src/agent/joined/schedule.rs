//! The schedule that Muster signed, kept in the state folder: it holds while Muster is away.

use std::path::{Path, PathBuf};

use tracing::{error, info};

use super::identity::Identity;
use crate::domain::agent::schedule::{PREFIX, Schedule};
use crate::domain::agent::signed::SignedDocument;
use crate::recovery;

const FILE: &str = "schedule.json";

/// What the agent goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// The bytes as they came, base64url.
    pub(super) document: String,
    /// What they say.
    pub(super) schedule: Schedule,
}

/// What was kept before; a damaged file is as none, and Muster sends it again.
pub(super) fn load(who: &Identity, state: &Path) -> Option<Kept> {
    let text = std::fs::read(file(state)).ok()?;
    read(who, serde_json::from_slice(&text).ok()?)
}

/// Keeps one that Muster signed; another is refused.
pub(super) fn keep(who: &Identity, state: &Path, signed: SignedDocument) -> Option<Kept> {
    let text = serde_json::to_vec(&signed).ok()?;
    let Some(kept) = read(who, signed) else {
        error!("a schedule came that this agent's Muster did not sign; it is not followed");
        return None;
    };
    if let Err(error) = recovery::keep(&file(state), &text) {
        error!(
            error = &error as &dyn std::error::Error,
            "the schedule could not be kept; it holds until the agent ends"
        );
    }
    info!(full = kept.schedule.full, zone = kept.schedule.zone, "Muster sent a schedule");
    Some(kept)
}

fn read(who: &Identity, signed: SignedDocument) -> Option<Kept> {
    let schedule = serde_json::from_slice(&who.opened(PREFIX, &signed)?).ok()?;
    Some(Kept { document: signed.document, schedule })
}

fn file(state: &Path) -> PathBuf {
    state.join(FILE)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::domain::agent::wire::Joined;
    use crate::domain::id::SiteId;
    use crate::secrets::AgentKey;

    fn signed(key: &AgentKey) -> SignedDocument {
        let document = serde_json::to_vec(&Schedule::default()).unwrap();
        let signature = key.sign(&[PREFIX, &document].concat());
        let (document, signature) =
            (URL_SAFE_NO_PAD.encode(document), URL_SAFE_NO_PAD.encode(signature));
        SignedDocument { document, signature }
    }

    #[test]
    fn what_its_muster_signed_is_kept_and_nothing_else_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (muster, other) = (AgentKey::random().unwrap(), AgentKey::random().unwrap());
        let joined = Joined {
            site: SiteId(uuid::Uuid::nil()),
            name: "db1".to_owned(),
            order_key: URL_SAFE_NO_PAD.encode(muster.public()),
        };
        let key = AgentKey::random().unwrap();
        let who =
            Identity { server: "https://m.example".to_owned(), certificate: None, joined, key };
        assert_eq!(load(&who, folder.path()), None);

        assert_eq!(keep(&who, folder.path(), signed(&other)), None);
        assert_eq!(load(&who, folder.path()), None, "nothing was kept");
        let kept = keep(&who, folder.path(), signed(&muster));
        assert_eq!(kept.as_ref().map(|kept| &kept.schedule), Some(&Schedule::default()));
        assert_eq!(load(&who, folder.path()), kept);

        let mut changed = signed(&muster);
        changed.document = URL_SAFE_NO_PAD.encode(b"{}");
        std::fs::write(file(folder.path()), serde_json::to_vec(&changed).unwrap()).unwrap();
        assert_eq!(load(&who, folder.path()), None, "nor from the folder");
    }
}
