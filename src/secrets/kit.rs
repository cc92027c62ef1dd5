//! A kit, sealed under its eight words: a text file of a readable head and an unreadable rest.
//!
//! Format 1: a line of words; a line of JSON; an empty line; then base64 of a version byte, a nonce and what
//! AES-256-GCM sealed. The key is argon2id of the words, joined by blanks, with what the JSON says. Version byte
//! and head, up to the empty line, are authenticated along.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::seal::Seal;
use super::token::random_bytes;
use super::{Hidden, SecretsError};
use crate::domain::kit::{Contents, Label, Phrase, is_number, number};

const FORMAT: u8 = 1;
const BEGINS: &str = "Muster kit, format ";
const SALT_LEN: usize = 16;
/// RFC 9106's second choice; what the words have in bits does the rest.
const COST: Cost = Cost { memory_kib: 65_536, passes: 3, lanes: 4 };
/// What a stranger's file may ask of this host.
const MOST: Cost = Cost { memory_kib: 1024 * 1024, passes: 20, lanes: 16 };

/// A sealed copy that was read, and not opened.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKit {
    text: String,
    head: Head,
    sealed: Vec<u8>,
}

/// Why a kit does not open.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// It is something else.
    #[error("this is no sealed copy of a kit")]
    Foreign,
    /// A later release made it.
    #[error("this kit has format {0}, and this release opens format 1; run a newer muster")]
    Format(String),
    /// It was cut short or changed.
    #[error("this sealed copy of a kit is damaged: {0}")]
    Damaged(&'static str),
    /// It doesn't open.
    #[error(
        "the words do not open kit {0}: they are those of another sheet, or the sealed copy was changed"
    )]
    Closed(String),
    /// Randomness or memory are missing.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The words could not be made a key of.
    #[error("no key could be made of the words: {0}")]
    Deriving(argon2::Error),
}

/// What can be read of it without the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    #[serde(flatten)]
    label: Label,
    kdf: Kdf,
    #[serde(flatten)]
    cost: Cost,
    salt: String,
    cipher: Cipher,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Kdf {
    #[serde(rename = "argon2id, version 19")]
    Argon2id,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Cipher {
    #[serde(rename = "AES-256-GCM")]
    Aes256Gcm,
}

/// Eight words that nobody else has.
///
/// # Errors
/// When the system gives no random bytes.
pub fn random_phrase() -> Result<Phrase, SecretsError> {
    Ok(Phrase::of(random_bytes()?))
}

/// A number by which a new kit is known.
///
/// # Errors
/// When the system gives no random bytes.
pub fn random_number() -> Result<String, SecretsError> {
    Ok(number(random_bytes()?))
}

/// By what it is seen that a key has changed, and nothing of the key.
#[must_use]
pub fn key_digest(parts: &[&str]) -> String {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    let parts = [&[b"muster kit covers 1".as_slice()], parts.as_slice()].concat();
    let mut digits = crate::domain::timeline::Digest::of(&parts).to_string();
    digits.truncate(32);
    digits
}

impl SealedKit {
    /// Seals contents under words.
    ///
    /// # Errors
    /// When randomness or memory are missing.
    pub fn seal(phrase: &Phrase, label: Label, contents: &Contents) -> Result<SealedKit, KitError> {
        SealedKit::seal_at(COST, phrase, label, contents)
    }

    fn seal_at(
        cost: Cost,
        phrase: &Phrase,
        label: Label,
        contents: &Contents,
    ) -> Result<SealedKit, KitError> {
        let salt: [u8; SALT_LEN] = random_bytes()?;
        let (kdf, cipher) = (Kdf::Argon2id, Cipher::Aes256Gcm);
        let head = Head { label, kdf, cost, salt: STANDARD.encode(salt), cipher };
        let json = |_| KitError::Secrets(SecretsError::Unusable);
        let shown = format!(
            "{BEGINS}{FORMAT}. With the eight words of its sheet: muster kit open FILE --into FOLDER\n{}",
            serde_json::to_string(&head).map_err(json)?
        );
        let plain = serde_json::to_vec(contents).map_err(json)?;
        let sealed = key(phrase, cost, &salt)?.seal(shown.as_bytes(), &plain)?;
        let text = format!("{shown}\n\n{}\n", STANDARD.encode(&sealed));
        Ok(SealedKit { text, head, sealed })
    }

    /// Reads a sealed copy.
    ///
    /// # Errors
    /// When it is none, of a later release, or damaged so that it shows without the words.
    pub fn read(text: &str) -> Result<SealedKit, KitError> {
        let text = text.replace("\r\n", "\n"); // it may have travelled by mail
        let rest = text.strip_prefix(BEGINS).ok_or(KitError::Foreign)?;
        let format: String = rest.chars().take_while(char::is_ascii_digit).take(9).collect();
        if format != FORMAT.to_string() {
            return Err(KitError::Format(format));
        }
        let (shown, rest) =
            text.split_once("\n\n").ok_or(KitError::Damaged("it ends too early"))?;
        let head = shown.lines().nth(1).and_then(|json| serde_json::from_str::<Head>(json).ok());
        let head = head.ok_or(KitError::Damaged("its head can't be read"))?;
        let Cost { memory_kib, passes, lanes } = head.cost;
        if memory_kib > MOST.memory_kib || passes > MOST.passes || lanes > MOST.lanes {
            return Err(KitError::Damaged("it asks for more work than any kit does"));
        }
        if !is_number(&head.label.number) {
            return Err(KitError::Damaged("its number is none"));
        }
        let letters: String = rest.split_whitespace().collect();
        let sealed =
            STANDARD.decode(letters).map_err(|_| KitError::Damaged("it is not all there"))?;
        Ok(SealedKit { text, head, sealed })
    }

    /// As it lies in a file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says of itself. Only once it was opened is that as it was sealed.
    #[must_use]
    pub fn label(&self) -> &Label {
        &self.head.label
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`KitError::Closed`] for other words, and for any change of head or rest.
    pub fn open(&self, phrase: &Phrase) -> Result<Contents, KitError> {
        let closed = || KitError::Closed(self.head.label.number.clone());
        let salt = STANDARD.decode(&self.head.salt).map_err(|_| closed())?;
        if salt.len() != SALT_LEN {
            return Err(closed());
        }
        let shown = self.text.split_once("\n\n").map_or("", |(shown, _)| shown);
        let opened = key(phrase, self.head.cost, &salt)?.open(shown.as_bytes(), &self.sealed);
        let plain = opened.map_err(|_| closed())?;
        serde_json::from_slice(plain.expose())
            .map_err(|_| KitError::Damaged("what it holds is no kit"))
    }
}

impl fmt::Debug for SealedKit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedKit({})", self.head.label.number)
    }
}

fn key(phrase: &Phrase, cost: Cost, salt: &[u8]) -> Result<Seal, KitError> {
    let Cost { memory_kib, passes, lanes } = cost;
    let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(KitError::Deriving)?;
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(phrase.words().join(" ").as_bytes(), salt, &mut key)
        .map_err(KitError::Deriving)?;
    let key = Hidden::new(key);
    Ok(Seal::new(key.expose())?)
}

#[cfg(test)]
mod tests;
