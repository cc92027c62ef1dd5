//! A key that seals and opens: AES-256-GCM under a new nonce each time, with a byte before it that says how.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::token::random_bytes;
use super::{Hidden, SecretsError};

const VERSION: u8 = 1;

/// Seals for one place, named by what is authenticated along; nothing opens elsewhere.
pub(super) struct Seal(LessSafeKey);

impl Seal {
    pub(super) fn new(key: &[u8; 32]) -> Result<Seal, SecretsError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SecretsError::Unusable)?;
        Ok(Seal(LessSafeKey::new(key)))
    }

    pub(super) fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SecretsError> {
        let nonce: [u8; NONCE_LEN] = random_bytes()?;
        let mut sealed = plain.to_vec();
        let fresh = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(fresh, Aad::from(aad(place)), &mut sealed)
            .map_err(|_| SecretsError::Unusable)?;
        Ok([&[VERSION], &nonce[..], &sealed].concat())
    }

    /// What was sealed for the same place by the same key.
    pub(super) fn open(
        &self,
        place: &[u8],
        sealed: &[u8],
    ) -> Result<Hidden<Vec<u8>>, SecretsError> {
        let broken = || SecretsError::BrokenSeal;
        let (version, rest) = sealed.split_first().ok_or_else(broken)?;
        let (nonce, rest) = rest.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        if *version != VERSION {
            return Err(SecretsError::BrokenSeal);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut bytes = rest.to_vec();
        let plain = self.0.open_in_place(nonce, Aad::from(aad(place)), &mut bytes);
        Ok(Hidden::new(plain.map_err(|_| broken())?.to_vec()))
    }
}

fn aad(place: &[u8]) -> Vec<u8> {
    [&[VERSION], place].concat()
}
