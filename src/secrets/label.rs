//! A key for each use, made from the one in the ring.

use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

use super::{Hidden, SecretsError};

/// What a key is for; each label has a key that says nothing about the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Passwords, before they are hashed.
    Pepper,
    /// Orders to agents.
    Orders,
    /// That a person approved an order.
    Approvals,
    /// Rows that carry a right.
    Seals,
    /// Secrets of third parties in the database.
    Secrets,
    /// Evidence of proofs and restores.
    Evidence,
    /// Tokens in links and forms.
    Links,
    /// Heads of streams that leave.
    Heads,
    /// What agents sign their requests over.
    Agents,
}

/// What all keys are made from.
pub(super) struct Root(Prk);

struct KeyBytes;

impl Root {
    pub(super) fn new(key: &[u8; 32]) -> Root {
        Root::salted(b"muster-keyring-v1", key)
    }

    /// Of another key than the ring's.
    pub(super) fn salted(salt: &[u8], key: &[u8]) -> Root {
        Root(Salt::new(HKDF_SHA256, salt).extract(key))
    }

    /// The 32 bytes that belong to a name.
    pub(super) fn key(&self, name: &str) -> Result<Hidden<[u8; 32]>, SecretsError> {
        let mut bytes = [0; 32];
        self.0
            .expand(&[name.as_bytes()], KeyBytes)
            .and_then(|okm| okm.fill(&mut bytes))
            .map_err(|_| SecretsError::Unusable)?;
        Ok(Hidden::new(bytes))
    }
}

impl Label {
    /// Every label, in the order of the enum.
    pub(super) const ALL: [Label; 9] = [
        Label::Pepper,
        Label::Orders,
        Label::Approvals,
        Label::Seals,
        Label::Secrets,
        Label::Evidence,
        Label::Links,
        Label::Heads,
        Label::Agents,
    ];

    /// Its name under HKDF, so it never changes.
    pub(super) fn name(self) -> &'static str {
        match self {
            Label::Pepper => "pepper",
            Label::Orders => "orders",
            Label::Approvals => "approvals",
            Label::Seals => "seals",
            Label::Secrets => "secrets",
            Label::Evidence => "evidence",
            Label::Links => "links",
            Label::Heads => "heads",
            Label::Agents => "agents",
        }
    }
}

impl KeyType for KeyBytes {
    fn len(&self) -> usize {
        32
    }
}
