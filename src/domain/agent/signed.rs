//! What Muster signs for agents: the exact bytes travel, and are checked before they are read.

use serde::{Deserialize, Serialize};

/// Bytes, and Muster's signature over a prefix and them, both base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedDocument {
    /// The bytes.
    pub document: String,
    /// The signature.
    pub signature: String,
}
