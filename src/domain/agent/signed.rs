//! What Muster signs for agents, and they for it: the exact bytes travel, and are checked before they are read.

use serde::{Deserialize, Serialize};

/// Bytes, and a signature over a prefix and them, both base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedDocument {
    /// The bytes.
    pub document: String,
    /// The signature.
    pub signature: String,
}
