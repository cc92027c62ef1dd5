//! The token in every form: proof that our own page, in this session, drew it.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

/// Makes and checks tokens; servers that share a database share it.
#[derive(Clone)]
pub struct CsrfKey(hmac::Key);

impl CsrfKey {
    /// From a sub-key of the key ring, used for nothing else.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> CsrfKey {
        CsrfKey(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The token of a session, or of those who have none.
    #[must_use]
    pub fn token(&self, session: Option<&str>) -> Csrf {
        Csrf(URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, &bound_to(session))))
    }

    /// Whether a form's token is that of a session; takes as long for any wrong one.
    pub(super) fn verify(&self, session: Option<&str>, token: &[u8]) -> bool {
        let tag = URL_SAFE_NO_PAD.decode(token);
        tag.is_ok_and(|tag| hmac::verify(&self.0, &bound_to(session), &tag).is_ok())
    }
}

fn bound_to(session: Option<&str>) -> Vec<u8> {
    match session {
        Some(session) => [b"csrf session ", session.as_bytes()].concat(),
        None => b"csrf nobody".to_vec(),
    }
}

/// What the hidden field `csrf` of a form must hold; the first field, where the form has files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csrf(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Csrf {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Csrf, StatusCode> {
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_session_and_key_alone() {
        let key = CsrfKey::new(&[7; 32]);
        let Csrf(token) = key.token(Some("ada"));

        assert!(key.verify(Some("ada"), token.as_bytes()));
        assert!(!key.verify(Some("eve"), token.as_bytes()));
        assert!(!key.verify(None, token.as_bytes()));
        assert!(!CsrfKey::new(&[8; 32]).verify(Some("ada"), token.as_bytes()));
        for wrong in [&b""[..], b"====", b"\xff", &token.as_bytes()[1..]] {
            assert!(!key.verify(Some("ada"), wrong));
        }
    }
}
