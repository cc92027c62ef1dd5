//! What agents obey or believe, signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::domain::agent::signed::SignedDocument;
use crate::secrets::KeyRing;

/// Signs something by the key that agents check orders with; `prefix` says what it is.
pub(in crate::actions) fn sign(
    ring: &KeyRing,
    prefix: &[u8],
    what: &impl Serialize,
) -> SignedDocument {
    sign_bytes(ring, prefix, &serde_json::to_vec(what).unwrap_or_default())
}

/// The same where the bytes are there.
pub(super) fn sign_bytes(ring: &KeyRing, prefix: &[u8], bytes: &[u8]) -> SignedDocument {
    let signature = ring.sign_for_agents(&[prefix, bytes].concat());
    SignedDocument {
        document: URL_SAFE_NO_PAD.encode(bytes),
        signature: URL_SAFE_NO_PAD.encode(signature),
    }
}
