//! The key ring: one key in a file, and a key of its own for each use.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use ring::hmac;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use time::OffsetDateTime;
use uuid::Uuid;

use super::file::{self, RingFile};
use super::label::{Label, Root};
use super::seal::Seal;
use super::token::random_bytes;
use super::{Hidden, SecretsError};
use crate::domain::timeline::Digest;

/// The installation's keys. Cheap to clone; its `Debug` shows the fingerprint alone.
#[derive(Clone)]
pub struct KeyRing(Arc<Keys>);

struct Keys {
    id: Uuid,
    epoch: u32,
    created: OffsetDateTime,
    fingerprint: String,
    macs: [hmac::Key; Label::ALL.len()], // by label
    seals: Seal,
    heads: Ed25519KeyPair,
    orders: Ed25519KeyPair,
    evidence: Ed25519KeyPair,
}

impl KeyRing {
    /// Reads the ring.
    ///
    /// # Errors
    /// When it is missing, open to others, damaged, or of a later release.
    pub fn load(path: &Path) -> Result<KeyRing, SecretsError> {
        KeyRing::of(&file::read(path)?)
    }

    /// Makes a ring where none is, and reads it back.
    ///
    /// # Errors
    /// When there is one already, or it can't be written.
    pub fn create(path: &Path, now: OffsetDateTime) -> Result<KeyRing, SecretsError> {
        let ring = RingFile {
            id: uuid::Builder::from_random_bytes(random_bytes()?).into_uuid(),
            epoch: 1,
            created: now,
            key: Hidden::new(random_bytes()?),
        };
        file::write(path, &ring)?;
        KeyRing::load(path)
    }

    /// The ring's file as it stands, for its kit.
    ///
    /// # Errors
    /// As where it is loaded.
    pub fn text(path: &Path) -> Result<Hidden<String>, SecretsError> {
        file::read(path)?;
        let unreadable = |source| SecretsError::Unreadable { path: path.to_owned(), source };
        std::fs::read_to_string(path).map(Hidden::new).map_err(unreadable)
    }

    fn of(file: &RingFile) -> Result<KeyRing, SecretsError> {
        let root = Root::new(file.key.expose());
        let pair = |label: Label| {
            Ed25519KeyPair::from_seed_unchecked(root.key(label.name())?.expose())
                .map_err(|_| SecretsError::Unusable)
        };
        Ok(KeyRing(Arc::new(Keys {
            id: file.id,
            epoch: file.epoch,
            created: file.created,
            fingerprint: fingerprint(&root)?,
            macs: mac_keys(&root)?,
            seals: Seal::new(root.key(Label::Secrets.name())?.expose())?,
            heads: pair(Label::Heads)?,
            orders: pair(Label::Orders)?,
            evidence: pair(Label::Evidence)?,
        })))
    }

    /// Its identity, which is no secret.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0.id
    }

    /// How often the installation's keys were made anew, from 1.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.0.epoch
    }

    /// When it was made.
    #[must_use]
    pub fn created(&self) -> OffsetDateTime {
        self.0.created
    }

    /// 16 hexadecimal digits by which people and the database know it.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.0.fingerprint
    }

    /// A code over `parts` that only this ring makes; parts can't run into each other.
    #[must_use]
    pub fn mac(&self, label: Label, parts: &[&[u8]]) -> [u8; 32] {
        let mut code = [0; 32];
        code.copy_from_slice(hmac::sign(self.mac_key(label), &joined(parts)).as_ref());
        code
    }

    /// Whether a code is the one over `parts`, in a time that doesn't depend on it.
    #[must_use]
    pub fn check_mac(&self, label: Label, parts: &[&[u8]], code: &[u8]) -> bool {
        hmac::verify(self.mac_key(label), &joined(parts), code).is_ok()
    }

    fn mac_key(&self, label: Label) -> &hmac::Key {
        &self.0.macs[label as usize]
    }

    /// Seals a secret for one place, named by `context`; it opens nowhere else.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SecretsError> {
        self.0.seals.seal(context.as_bytes(), plain)
    }

    /// Opens what [`KeyRing::seal`] sealed for the same place.
    ///
    /// # Errors
    /// [`SecretsError::BrokenSeal`] for another ring, another place, or any damage.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Hidden<Vec<u8>>, SecretsError> {
        self.0.seals.open(context.as_bytes(), sealed)
    }

    /// Signs a head, as `domain::timeline::head_bytes` lays it out.
    #[must_use]
    pub fn sign_head(&self, head: &[u8]) -> Vec<u8> {
        self.0.heads.sign(head).as_ref().to_vec()
    }

    /// The public key that head signatures are checked with, 32 bytes.
    #[must_use]
    pub fn head_key_public(&self) -> &[u8] {
        self.0.heads.public_key().as_ref()
    }

    /// Signs what agents obey, by the key that they check orders with.
    #[must_use]
    pub fn sign_for_agents(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.orders.sign(bytes).as_ref().to_vec()
    }

    /// Signs evidence that an agent signed.
    #[must_use]
    pub fn sign_evidence(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.evidence.sign(bytes).as_ref().to_vec()
    }

    /// The public key that signatures over evidence are checked with, 32 bytes.
    #[must_use]
    pub fn evidence_key_public(&self) -> &[u8] {
        self.0.evidence.public_key().as_ref()
    }

    /// The public key that agents check orders with, 32 bytes.
    #[must_use]
    pub fn order_key_public(&self) -> &[u8] {
        self.0.orders.public_key().as_ref()
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({})", self.0.fingerprint)
    }
}

/// Whether an Ed25519 signature over `bytes` is by the holder of `public`.
#[must_use]
pub fn signature_holds(public: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public).verify(bytes, signature).is_ok()
}

fn fingerprint(root: &Root) -> Result<String, SecretsError> {
    let mut digits = Digest::of_bytes(root.key("fingerprint")?.expose()).to_string();
    digits.truncate(16);
    Ok(digits)
}

fn mac_keys(root: &Root) -> Result<[hmac::Key; Label::ALL.len()], SecretsError> {
    let keys = Label::ALL.map(|label| root.key(&format!("mac/{}", label.name())));
    let keys: Vec<hmac::Key> = keys
        .into_iter()
        .map(|key| key.map(|key| hmac::Key::new(hmac::HMAC_SHA256, key.expose())))
        .collect::<Result<_, _>>()?;
    keys.try_into().map_err(|_| SecretsError::Unusable)
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

    fn ring() -> KeyRing {
        ring_of(7)
    }

    fn ring_of(byte: u8) -> KeyRing {
        let key = Hidden::new([byte; 32]);
        KeyRing::of(&RingFile { id: Uuid::nil(), epoch: 1, created: NOW, key }).unwrap()
    }

    #[test]
    fn a_seal_opens_in_its_own_place_with_its_own_ring_alone() {
        let sealed = ring().seal("smtp.password", b"swordfish").unwrap();

        assert_eq!(ring().open("smtp.password", &sealed).unwrap().expose(), b"swordfish");
        assert!(ring().open("sms.token", &sealed).is_err());
        assert!(ring_of(8).open("smtp.password", &sealed).is_err());
    }

    #[test]
    fn a_seal_with_any_byte_changed_or_cut_does_not_open() {
        let sealed = ring().seal("smtp.password", b"swordfish").unwrap();

        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ring().open("smtp.password", &changed).is_err(), "byte {at}");
            assert!(ring().open("smtp.password", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn the_same_secret_never_seals_alike() {
        let ring = ring();

        assert_ne!(ring.seal("a", b"x").unwrap(), ring.seal("a", b"x").unwrap());
    }

    #[test]
    fn a_code_holds_for_its_label_its_parts_and_its_ring_alone() {
        let code = ring().mac(Label::Approvals, &[b"ab", b"c"]);

        assert!(ring().check_mac(Label::Approvals, &[b"ab", b"c"], &code));
        assert!(!ring().check_mac(Label::Approvals, &[b"a", b"bc"], &code));
        assert!(!ring().check_mac(Label::Approvals, &[b"ab", b"c", b""], &code));
        assert!(!ring().check_mac(Label::Seals, &[b"ab", b"c"], &code));
        assert!(!ring_of(8).check_mac(Label::Approvals, &[b"ab", b"c"], &code));
        assert!(!ring().check_mac(Label::Approvals, &[b"ab", b"c"], &code[..16]));
    }

    #[test]
    fn every_label_has_a_key_of_its_own() {
        let mut codes = Label::ALL.map(|label| ring().mac(label, &[])).to_vec();
        codes.sort_unstable();
        codes.dedup();

        assert_eq!(codes.len(), Label::ALL.len());
    }

    #[test]
    fn a_signed_head_holds_until_a_byte_of_it_changes() {
        let ring = ring();
        let signature = ring.sign_head(b"head");

        assert!(signature_holds(ring.head_key_public(), b"head", &signature));
        assert!(!signature_holds(ring.head_key_public(), b"heaf", &signature));
        assert!(!signature_holds(ring_of(8).head_key_public(), b"head", &signature));
    }

    #[test]
    fn a_ring_shows_its_fingerprint_and_nothing_else() {
        assert_eq!(ring().fingerprint(), "d1f29f7fac3c4072");
        assert_eq!(format!("{:?}", ring()), "KeyRing(d1f29f7fac3c4072)");
    }
}
