//! What Muster signs for agents, and they for it: the exact bytes travel, and are checked before they are read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Bytes, and a signature over a prefix and them, both base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedDocument {
    /// The bytes.
    pub document: String,
    /// The signature.
    pub signature: String,
}

impl SignedDocument {
    /// These bytes with this signature.
    #[must_use]
    pub fn of(document: &[u8], signature: &[u8]) -> SignedDocument {
        SignedDocument {
            document: URL_SAFE_NO_PAD.encode(document),
            signature: URL_SAFE_NO_PAD.encode(signature),
        }
    }

    /// The bytes and the signature, before anybody has checked it; none where they are no base64url.
    #[must_use]
    pub fn parts(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        Some((bytes(&self.document)?, bytes(&self.signature)?))
    }
}
