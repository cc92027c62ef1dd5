//! Who knocks, before they are known: the address they come from, and whether this browser has
//! signed in to the account before.
//!
//! Wrong passwords are counted apart for a browser that has: an attacker who keeps an account or an
//! office's address slow does not keep its people out (OWASP, device cookies).

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::{ActionResult, limits};
use crate::domain::limit::{Limit, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, SIGN_IN_BROWSER};
use crate::secrets::{KeyRing, Label, SecretsError, Token};

const PURPOSE: &[u8] = b"known browser v1";

/// Somebody who wants to sign in.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// Where they come from.
    pub address: IpAddr,
    /// The mark that their browser brings.
    pub mark: Option<&'a str>,
}

/// A mark for a browser that has just signed in with this address.
///
/// # Errors
/// When no random bytes are to be had.
pub fn mark(ring: &KeyRing, email: &str) -> Result<String, SecretsError> {
    let nonce = Token::random()?.expose();
    let code = code(ring, &nonce, email);
    Ok(format!("{nonce}.{}", URL_SAFE_NO_PAD.encode(code)))
}

impl Visitor<'_> {
    /// Whether this browser has signed in with this address before.
    pub(super) fn is_known(&self, ring: &KeyRing, email: &str) -> bool {
        let Some((nonce, given)) = self.mark.and_then(|mark| mark.split_once('.')) else {
            return false;
        };
        let given = URL_SAFE_NO_PAD.decode(given).unwrap_or_default();
        let parts = [PURPOSE, nonce.as_bytes(), &folded(email)];
        ring.check_mac(Label::Links, &parts, &given)
    }

    /// What their tries are counted at.
    fn subjects(&self, ring: &KeyRing, email: &str) -> Vec<(Limit, [u8; 32])> {
        let hidden = |what: &[u8]| ring.mac(Label::Seals, &[b"sign-in tries", what]);
        if self.is_known(ring, email) {
            return vec![(SIGN_IN_BROWSER, hidden(self.mark.unwrap_or_default().as_bytes()))];
        }
        let network = match self.address.to_canonical() {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets()[..8].to_vec(), // what one household has
        };
        vec![(SIGN_IN_ACCOUNT, hidden(&folded(email))), (SIGN_IN_ADDRESS, hidden(&network))]
    }

    /// Counts a try, before the password is looked at: many at once are counted one by one.
    pub(super) async fn tries(
        &self,
        conn: &mut PgConnection,
        ring: &KeyRing,
        email: &str,
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        for (limit, subject) in self.subjects(ring, email) {
            limits::take(conn, limit, &subject, now).await?;
        }
        Ok(())
    }

    /// The password was right, or was not looked at: the try counts as none.
    pub(super) async fn no_wrong_one(
        &self,
        conn: &mut PgConnection,
        ring: &KeyRing,
        email: &str,
        tried_at: OffsetDateTime,
    ) -> ActionResult<()> {
        for (limit, subject) in self.subjects(ring, email) {
            limits::give_back(conn, limit, &subject, tried_at).await?;
        }
        Ok(())
    }
}

fn code(ring: &KeyRing, nonce: &str, email: &str) -> [u8; 32] {
    ring.mac(Label::Links, &[PURPOSE, nonce.as_bytes(), &folded(email)])
}

fn folded(email: &str) -> Vec<u8> {
    email.trim().to_lowercase().into_bytes()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const ADA: &str = "ada@example.org";

    fn ring() -> KeyRing {
        let folder = tempfile::tempdir().unwrap();
        KeyRing::create(&folder.path().join("ring"), datetime!(2026-11-14 02:12 UTC)).unwrap()
    }

    #[test]
    fn a_household_is_one_network_and_an_address_is_the_same_however_it_is_written() {
        let ring = ring();
        let counted = |address: &str, email| {
            let visitor = Visitor { address: address.parse().unwrap(), mark: None };
            visitor.subjects(&ring, email)
        };
        let home = counted("2001:db8:1:2::7", ADA);

        assert_eq!(counted("2001:db8:1:2:ffff::1", ADA), home);
        assert_ne!(counted("2001:db8:1:3::7", ADA)[1], home[1]);
        assert_eq!(counted("::ffff:192.0.2.7", ADA), counted("192.0.2.7", " Ada@Example.org "));
        assert_ne!(counted("192.0.2.7", "bob@example.org")[0], home[0]);
    }

    #[test]
    fn a_mark_is_of_one_address_and_one_ring_and_is_counted_alone() {
        let ring = ring();
        let mark = mark(&ring, ADA).unwrap();
        let visitor = Visitor { address: [192, 0, 2, 7].into(), mark: Some(&mark) };

        assert!(visitor.is_known(&ring, " ADA@example.org"));
        assert!(!visitor.is_known(&ring, "bob@example.org"));
        assert!(!visitor.is_known(&super::tests::ring(), ADA));
        for forged in ["", ".", "a.b", &mark[1..], &mark[..mark.len() - 1]] {
            assert!(!Visitor { mark: Some(forged), ..visitor }.is_known(&ring, ADA), "{forged}");
        }
        let limits: Vec<_> = visitor.subjects(&ring, ADA).into_iter().map(|(one, _)| one).collect();
        assert_eq!(limits, [SIGN_IN_BROWSER]);
    }
}
