//! By what an agent knows its Muster's certificate where no authority that everybody knows stands for it.
//!
//! It is a public key and not the certificate, so that a renewal goes on: with the same key, or, where an authority
//! of one's own stands at the end of the chain, with any that this one signs.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::domain::timeline::Digest;

/// The SHA-256 of a public key as a certificate holds it, with its algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pin(pub [u8; 32]);

/// A text that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no fingerprint of a certificate’s key")]
pub struct NoPin;

impl Pin {
    /// Of a key's `SubjectPublicKeyInfo`, in DER.
    #[must_use]
    pub fn of(public_key: &[u8]) -> Pin {
        Pin(Digest::of_bytes(public_key).0)
    }
}

impl TryFrom<String> for Pin {
    type Error = NoPin;

    fn try_from(text: String) -> Result<Pin, NoPin> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoPin)?;
        bytes.try_into().map(Pin).map_err(|_| NoPin)
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> String {
        URL_SAFE_NO_PAD.encode(pin.0)
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pin({})", String::from(*self))
    }
}
