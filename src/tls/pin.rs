//! By what agents are to know the certificate, where the authorities of this machine do not know it.

use rustls::pki_types::CertificateDer;
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};
use time::OffsetDateTime;

use super::kept::Kept;
use super::pair::Pair;
use super::trust::of_this_machine;
use crate::domain::agent::pin::Pin;

/// Whose key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownBy {
    /// The authority's at the end of the chain: whatever that one signs for this name is believed.
    Authority(Pin),
    /// The certificate's own: it is believed under any name and date, for the key alone counts.
    Itself(Pin),
}

impl KnownBy {
    /// The key.
    #[must_use]
    pub fn pin(self) -> Pin {
        match self {
            KnownBy::Authority(pin) | KnownBy::Itself(pin) => pin,
        }
    }
}

impl Kept {
    /// By what agents that ask for this host are to know the certificate in use; none where authorities that this
    /// machine knows stand for it, or it knows none at all. Reads those from disk.
    #[must_use]
    pub fn known_by(&self, host: &str, now: OffsetDateTime) -> Option<KnownBy> {
        self.used().known_by(of_this_machine(), host, now)
    }
}

impl Pair {
    fn known_by(&self, roots: RootCertStore, host: &str, now: OffsetDateTime) -> Option<KnownBy> {
        let validity = self.validity();
        let within = now.clamp(validity.from, validity.until); // one that has ended is renewed by whoever made it
        match self.is_trusted_by(roots, host, within) {
            Ok(()) | Err(Error::General(_)) => return None,
            Err(Error::InvalidCertificate(error)) if is_of_name(&error) => return None,
            Err(_) => {}
        }
        let [first, .., last] = self.chain() else {
            return self.chain().first().and_then(pin).map(KnownBy::Itself);
        };
        let mut authority = RootCertStore::empty();
        let signed = authority.add(last.clone()).is_ok()
            && self.is_trusted_by(authority, host, within).is_ok();
        match signed {
            true => pin(last).map(KnownBy::Authority),
            false => pin(first).map(KnownBy::Itself),
        }
    }
}

fn is_of_name(error: &CertificateError) -> bool {
    use CertificateError::{NotValidForName, NotValidForNameContext};
    matches!(error, NotValidForName | NotValidForNameContext { .. }) // which is looked at last
}

fn pin(certificate: &CertificateDer<'_>) -> Option<Pin> {
    let certificate = ParsedCertificate::try_from(certificate).ok()?;
    Some(Pin::of(&certificate.subject_public_key_info()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rcgen::{
        BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PublicKeyData as _,
    };
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-14 2:12 UTC);
    const HOST: &str = "muster.lan";

    fn wanted() -> CertificateParams {
        let mut wanted = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
        (wanted.not_before, wanted.not_after) =
            (datetime!(2026-01-01 0:00 UTC), datetime!(2027-01-01 0:00 UTC));
        wanted
    }

    fn pair(certificates: &[String], key: &KeyPair) -> Pair {
        let text = (certificates.concat().into_bytes(), key.serialize_pem().into_bytes());
        Pair::of(Path::new("chain"), Path::new("key"), text).unwrap()
    }

    fn authority() -> CertifiedIssuer<'static, KeyPair> {
        let mut wanted = CertificateParams::new(Vec::new()).unwrap();
        wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(wanted, KeyPair::generate().unwrap()).unwrap()
    }

    fn others() -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(authority().der().clone()).unwrap();
        roots
    }

    #[test]
    fn where_this_machine_knows_its_authority_or_none_at_all_it_is_left_to_authorities() {
        let (key, ours) = (KeyPair::generate().unwrap(), authority());
        let chain = [wanted().signed_by(&key, &ours).unwrap().pem(), ours.pem()];
        let pair = pair(&chain, &key);
        let known = || {
            let mut roots = RootCertStore::empty();
            roots.add(ours.der().clone()).unwrap();
            roots
        };

        assert_eq!(pair.known_by(known(), HOST, NOW), None);
        assert_eq!(
            pair.known_by(known(), "another.lan", NOW),
            None,
            "a wrong name is another fault"
        );
        let later = datetime!(2028-01-01 0:00 UTC);
        assert_eq!(pair.known_by(known(), HOST, later), None, "and so is its end");
        assert_eq!(pair.known_by(RootCertStore::empty(), HOST, NOW), None);
    }

    #[test]
    fn one_that_signed_itself_is_known_by_its_own_key_also_when_it_calls_itself_an_authority() {
        let key = KeyPair::generate().unwrap();
        let mut authority = wanted();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = KnownBy::Itself(Pin::of(&key.subject_public_key_info()));
        for wanted in [wanted(), authority] {
            let pair = pair(&[wanted.self_signed(&key).unwrap().pem()], &key);
            assert_eq!(pair.known_by(others(), HOST, NOW), Some(own));
        }
    }

    #[test]
    fn an_authority_of_ones_own_is_known_where_it_stands_for_this_name_at_the_end_of_the_chain() {
        let (key, ours) = (KeyPair::generate().unwrap(), authority());
        let signed = wanted().signed_by(&key, &ours).unwrap().pem();
        let by = KnownBy::Authority(Pin::of(&ours.key().subject_public_key_info()));
        let own = KnownBy::Itself(Pin::of(&key.subject_public_key_info()));
        let whole = pair(&[signed.clone(), ours.pem()], &key);

        assert_eq!(whole.known_by(others(), HOST, NOW), Some(by));
        assert_eq!(whole.known_by(others(), "192.0.2.7", NOW), Some(own), "by its number, say");
        let alone = pair(std::slice::from_ref(&signed), &key);
        assert_eq!(alone.known_by(others(), HOST, NOW), Some(own));
        let strange = pair(&[signed, authority().pem()], &key);
        assert_eq!(strange.known_by(others(), HOST, NOW), Some(own), "that one signed nothing");
    }
}
