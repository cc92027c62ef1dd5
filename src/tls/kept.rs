//! The certificate in use, and a newer one in its place when the files hold one.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, ServerConfig};

use super::error::TlsError;
use super::pair::{Pair, read_both};
use super::standing::Validity;

/// The certificate in use; all clones are the same one.
#[derive(Debug, Clone)]
pub struct Kept(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    certificate: PathBuf,
    key: PathBuf,
    used: RwLock<Arc<Pair>>,
}

/// What a look at the files found.
#[derive(Debug)]
pub enum Look {
    /// What is in use.
    Same,
    /// A newer pair, in use from now on.
    Taken,
    /// Something that can't be used; what was in use stays.
    Refused(TlsError),
}

impl Kept {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// What keeps anybody from serving with them.
    pub fn open(certificate: PathBuf, key: PathBuf) -> Result<Kept, TlsError> {
        let used = RwLock::new(Arc::new(Pair::read(&certificate, &key)?));
        Ok(Kept(Arc::new(Inner { certificate, key, used })))
    }

    /// Reads the files again. What stands in them is compared, not their dates: that way it does
    /// not matter whether they were written over, renamed, or lie behind a link that was turned.
    #[must_use]
    pub fn look(&self) -> Look {
        let Inner { certificate, key, used } = &*self.0;
        let read = read_both(certificate, key).and_then(|text| {
            let same = self.used().text == text;
            if same { Ok(None) } else { Pair::of(certificate, key, text).map(Some) }
        });
        match read {
            Ok(None) => Look::Same,
            Ok(Some(newer)) => {
                *used.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(newer);
                Look::Taken
            }
            Err(error) => Look::Refused(error),
        }
    }

    /// From when until when the one in use is good.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.used().validity()
    }

    /// How serve speaks TLS: whatever is in use when a browser comes.
    ///
    /// # Errors
    /// When this build speaks no version of TLS.
    pub fn server(&self) -> Result<ServerConfig, Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.0) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    pub(super) fn used(&self) -> Arc<Pair> {
        self.0.used()
    }
}

impl Inner {
    fn used(&self) -> Arc<Pair> {
        Arc::clone(&self.used.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Inner {
    /// The one there is, whatever name is asked for: by its number, say, when names are dead.
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.used().certified))
    }
}
