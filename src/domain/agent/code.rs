//! The code that an agent joins with: pasted once, on the host where it is to work.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::Duration;

use super::pin::Pin;
use crate::domain::timeline::Digest;

/// How long a code is good.
pub const GOOD_FOR: Duration = Duration::minutes(30);
const PREFIX: &str = "mj1.";
/// How one begins that carries by what the certificate is known. An older agent says that it is none.
const PINNED: &str = "mj2.";
const CHECK: usize = 4;

/// Where Muster is, by what it is known, and what lets an agent in.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinCode {
    /// What lets one agent in, once.
    pub secret: [u8; 16],
    /// The first bytes of the SHA-256 of the key that orders are signed with.
    pub orders: [u8; 8],
    /// By what its certificate is known, where no authority is to be asked.
    pub certificate: Option<Pin>,
    /// Muster's address, as agents reach it.
    pub server: String,
}

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCode {
    /// It begins otherwise.
    #[error(
        "this is no join code that this agent knows; one begins with “mj1.” or “mj2.” and stands on the page of the site"
    )]
    Foreign,
    /// It was cut short or changed.
    #[error("this join code was cut short or changed; copy it again, whole")]
    Damaged,
}

/// By what the key that orders are signed with is known in a code.
#[must_use]
pub fn fingerprint(order_key: &[u8]) -> [u8; 8] {
    first(Digest::of_bytes(order_key))
}

fn first<const N: usize>(digest: Digest) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&digest.0[..N]);
    bytes
}

impl fmt::Display for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pin = self.certificate.as_ref().map_or(&[][..], |pin| &pin.0);
        let prefix = if self.certificate.is_some() { PINNED } else { PREFIX };
        let mut bytes = [&self.secret[..], &self.orders, pin, self.server.as_bytes()].concat();
        bytes.extend(first::<CHECK>(Digest::of_bytes(&bytes)));
        write!(f, "{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl fmt::Debug for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinCode({})", self.server)
    }
}

impl FromStr for JoinCode {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<JoinCode, BadCode> {
        let (text, pinned) =
            match (text.trim().strip_prefix(PREFIX), text.trim().strip_prefix(PINNED)) {
                (Some(text), _) => (text, false),
                (_, Some(text)) => (text, true),
                _ => return Err(BadCode::Foreign),
            };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCode::Damaged)?;
        let (bytes, check) = bytes.split_last_chunk::<CHECK>().ok_or(BadCode::Damaged)?;
        if first::<CHECK>(Digest::of_bytes(bytes)) != *check {
            return Err(BadCode::Damaged);
        }
        let (secret, rest) = bytes.split_first_chunk().ok_or(BadCode::Damaged)?;
        let (orders, rest) = rest.split_first_chunk().ok_or(BadCode::Damaged)?;
        let (certificate, server) = match pinned {
            false => (None, rest),
            true => {
                let (pin, server) = rest.split_first_chunk().ok_or(BadCode::Damaged)?;
                (Some(Pin(*pin)), server)
            }
        };
        let server = String::from_utf8(server.to_vec()).map_err(|_| BadCode::Damaged)?;
        Ok(JoinCode { secret: *secret, orders: *orders, certificate, server })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> JoinCode {
        let server = "https://muster.example.org".to_owned();
        JoinCode { secret: [7; 16], orders: fingerprint(&[9; 32]), certificate: None, server }
    }

    fn pinned() -> JoinCode {
        JoinCode { certificate: Some(Pin([5; 32])), ..code() }
    }

    #[test]
    fn a_code_reads_back_with_blanks_around_it() {
        let text = code().to_string();

        assert_eq!(format!(" {text}\n").parse(), Ok(code()));
        assert_eq!(format!("{:?}", code()), "JoinCode(https://muster.example.org)");
        assert!(text.starts_with("mj1."), "older agents join by it");
        let text = pinned().to_string();
        assert!(text.starts_with("mj2."), "older agents say that it is none");
        assert_eq!(text.parse(), Ok(pinned()));
        let other = text.replace("mj2.", "mj1.").parse::<JoinCode>();
        assert!(other != Ok(code()), "{other:?}");
    }

    #[test]
    fn a_code_of_an_earlier_release_is_read() {
        let text = "mj1.BwcHBwcHBwcHBwcHBwcHB4wMwXoElCzEaHR0cHM6Ly9tdXN0ZXIuZXhh\
                    bXBsZS5vcmfnzfoV";
        assert_eq!(text.parse(), Ok(code()));
    }

    #[test]
    fn a_code_with_any_letter_changed_or_cut_is_told_to_be_damaged() {
        for text in [code().to_string(), pinned().to_string()] {
            is_damaged_by_each_letter(&text);
        }
        for foreign in ["", "mj3.abc", "https://muster.example.org"] {
            assert_eq!(foreign.parse::<JoinCode>(), Err(BadCode::Foreign), "{foreign}");
        }
    }

    fn is_damaged_by_each_letter(text: &str) {
        for at in PREFIX.len()..text.len() {
            assert_eq!(text[..at].parse::<JoinCode>(), Err(BadCode::Damaged), "cut at {at}");
            let other = if text[at..].starts_with('A') { "B" } else { "A" };
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert_eq!(changed.parse::<JoinCode>(), Err(BadCode::Damaged), "{at}");
        }
    }
}
