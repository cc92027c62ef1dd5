//! Whether serve ends TLS itself, and with which files.

use std::path::PathBuf;

use super::key;
use super::sources::{Sources, path};

/// Where certificate and key lie. What stands in them is read where it is used, again and again:
/// whoever renews them restarts nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those between it and its authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

pub(super) fn read(sources: &mut Sources) -> Option<TlsFiles> {
    let before = sources.problem_count();
    let certificate = sources.one(key::TLS_CERTIFICATE, path);
    let private = sources.one(key::TLS_KEY, path);
    let sound = sources.problem_count() == before;
    match (certificate, private) {
        (Some(certificate), Some(key)) => return Some(TlsFiles { certificate, key }),
        (Some(_), None) if sound => {
            let words = "this needs MUSTER_TLS_KEY, the certificate's private key, too";
            sources.refuse(key::TLS_CERTIFICATE, words.to_owned());
        }
        (None, Some(_)) if sound => {
            let words = "this needs MUSTER_TLS_CERTIFICATE, the certificate of this key, too";
            sources.refuse(key::TLS_KEY, words.to_owned());
        }
        _ => {}
    }
    None
}
