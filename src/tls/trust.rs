//! Whether a certificate is believed here, as a browser would look at it.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{CertificateError, Error, RootCertStore};
use time::OffsetDateTime;

use super::pair::Pair;

impl Pair {
    /// Whether an authority that this machine knows stands for it; reads those from disk.
    ///
    /// # Errors
    /// Why not.
    pub fn is_trusted(&self, host: &str, now: OffsetDateTime) -> Result<(), Error> {
        self.is_trusted_by(of_this_machine(), host, now)
    }

    /// Whether one of these authorities stands for it.
    pub(super) fn is_trusted_by(
        &self,
        roots: RootCertStore,
        host: &str,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let unknown = |_| Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| Error::General(error.to_string()))?;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Error::InvalidCertificate(CertificateError::NotValidForName))?;
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let (first, between) = self.chain().split_first().ok_or(()).map_err(unknown)?;
        verifier.verify_server_cert(first, between, &name, &[], now).map(drop)
    }
}

/// The authorities that this machine knows, read from disk.
pub(super) fn of_this_machine() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}
