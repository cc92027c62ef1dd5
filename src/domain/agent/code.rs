//! The code that an agent joins with: pasted once, on the host where it is to work.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::Duration;

use crate::domain::timeline::Digest;

/// How long a code is good.
pub const GOOD_FOR: Duration = Duration::minutes(30);
const PREFIX: &str = "mj1.";
const CHECK: usize = 4;

/// Where Muster is, by what it is known, and what lets an agent in.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinCode {
    /// What lets one agent in, once.
    pub secret: [u8; 16],
    /// The first bytes of the SHA-256 of the key that orders are signed with.
    pub orders: [u8; 8],
    /// Muster's address, as agents reach it.
    pub server: String,
}

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCode {
    /// It begins otherwise.
    #[error("this is no join code; one begins with “mj1.” and stands on the page of the site")]
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
        let mut bytes = [&self.secret[..], &self.orders, self.server.as_bytes()].concat();
        bytes.extend(first::<CHECK>(Digest::of_bytes(&bytes)));
        write!(f, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
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
        let text = text.trim().strip_prefix(PREFIX).ok_or(BadCode::Foreign)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCode::Damaged)?;
        let (bytes, check) = bytes.split_last_chunk::<CHECK>().ok_or(BadCode::Damaged)?;
        if first::<CHECK>(Digest::of_bytes(bytes)) != *check {
            return Err(BadCode::Damaged);
        }
        let (secret, rest) = bytes.split_first_chunk().ok_or(BadCode::Damaged)?;
        let (orders, server) = rest.split_first_chunk().ok_or(BadCode::Damaged)?;
        let server = String::from_utf8(server.to_vec()).map_err(|_| BadCode::Damaged)?;
        Ok(JoinCode { secret: *secret, orders: *orders, server })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> JoinCode {
        let server = "https://muster.example.org".to_owned();
        JoinCode { secret: [7; 16], orders: fingerprint(&[9; 32]), server }
    }

    #[test]
    fn a_code_reads_back_with_blanks_around_it() {
        let text = code().to_string();

        assert_eq!(format!(" {text}\n").parse(), Ok(code()));
        assert_eq!(format!("{:?}", code()), "JoinCode(https://muster.example.org)");
    }

    #[test]
    fn a_code_with_any_letter_changed_or_cut_is_told_to_be_damaged() {
        let text = code().to_string();
        for at in PREFIX.len()..text.len() {
            assert_eq!(text[..at].parse::<JoinCode>(), Err(BadCode::Damaged), "cut at {at}");
            let other = if text[at..].starts_with('A') { "B" } else { "A" };
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert_eq!(changed.parse::<JoinCode>(), Err(BadCode::Damaged), "{at}");
        }
        for foreign in ["", "mj2.abc", "https://muster.example.org"] {
            assert_eq!(foreign.parse::<JoinCode>(), Err(BadCode::Foreign), "{foreign}");
        }
    }
}
