//! What agents obey or believe, signed.

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
    SignedDocument::of(bytes, &ring.sign_for_agents(&[prefix, bytes].concat()))
}
