//! Random tokens: session cookies, links, the set-up link.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::SecretsError;

/// 128 random bits; whoever shows them is let in, so only their hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 16]);

/// A text that can't be a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no token; the link or cookie was cut short or changed")]
pub struct NotAToken;

impl Token {
    /// A new token.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> Result<Token, SecretsError> {
        random_bytes().map(Token)
    }

    /// As it stands in a link or cookie: 22 characters of base64url.
    #[must_use]
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The bits themselves, for what carries them in another shape.
    #[must_use]
    pub fn bits(&self) -> [u8; 16] {
        self.0
    }

    /// What is stored and looked up: SHA-256 of the bits.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &self.0).as_ref());
        hash
    }
}

impl From<[u8; 16]> for Token {
    fn from(bits: [u8; 16]) -> Token {
        Token(bits)
    }
}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Token, NotAToken> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAToken)?;
        bytes.try_into().map(Token).map_err(|_| NotAToken)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// The salt of a timeline entry's body.
///
/// # Errors
/// When the system gives no random bytes.
pub fn body_salt() -> Result<[u8; 16], SecretsError> {
    random_bytes()
}

/// Random bytes from the system.
pub(super) fn random_bytes<const N: usize>() -> Result<[u8; N], SecretsError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SecretsError::NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_hashes_alike() {
        let token = Token::random().unwrap();
        let text = token.expose();

        let read: Token = text.parse().unwrap();

        assert_eq!(text.len(), 22);
        assert_eq!(read.hash(), token.hash());
        assert_ne!(Token::random().unwrap().hash(), token.hash());
    }

    #[test]
    fn a_text_of_another_length_or_alphabet_is_no_token() {
        for text in ["", "abc", "AAAAAAAAAAAAAAAAAAAAA+", "AAAAAAAAAAAAAAAAAAAAAAA", "é"] {
            assert_eq!(text.parse::<Token>(), Err(NotAToken), "{text}");
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        assert_eq!(format!("{:?}", Token([1; 16])), "Token(hidden)");
    }
}
