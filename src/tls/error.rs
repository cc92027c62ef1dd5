//! What is wrong with a certificate's files, and how to mend it.

use std::io;
use std::path::PathBuf;

/// Why a certificate and its key can't be used. It never shows what stands in the key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing, or not ours to read.
    #[error("{path} can't be read: {source}", path = .0.display(), source = .1)]
    Unreadable(PathBuf, #[source] io::Error),
    /// The certificate's file holds none.
    #[error("{} holds no certificate as PEM", .0.display())]
    NoCertificate(PathBuf),
    /// The key's file holds none.
    #[error("{} holds no private key as PEM", .0.display())]
    NoKey(PathBuf),
    /// The key asks for a passphrase.
    #[error("the key in {} is locked by a passphrase, and nobody is there to type it", .0.display())]
    KeyLocked(PathBuf),
    /// Everybody on this machine can read the key, or write it.
    #[error("the key in {} is open to every user of this machine (mode {:o})", .0.display(), .1)]
    KeyOpen(PathBuf, u32),
    /// What is there is no certificate that anybody could use.
    #[error("the certificate in {} can't be understood", .0.display())]
    Damaged(PathBuf),
    /// The key is of a kind that is not spoken here.
    #[error("the key in {} can't be used: {}", .0.display(), .1)]
    KeyUnknown(PathBuf, #[source] rustls::Error),
    /// They do not belong together.
    #[error(
        "the key in {key} is not the one of the certificate in {certificate}",
        key = key.display(), certificate = certificate.display()
    )]
    NotAPair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's.
        key: PathBuf,
    },
}

impl TlsError {
    /// What to do about it.
    #[must_use]
    pub fn mend(&self) -> String {
        match self {
            TlsError::Unreadable(..) => "is the path right (MUSTER_TLS_CERTIFICATE, MUSTER_TLS_KEY), and may the \
                                         user that runs muster read the file and enter its folders?"
                .to_owned(),
            TlsError::NoCertificate(_) | TlsError::Damaged(_) => {
                "name the file with the whole chain (often fullchain.pem): this server's certificate first, \
                 then those between it and its authority"
                    .to_owned()
            }
            TlsError::NoKey(_) => "name the file with the private key (often privkey.pem)".to_owned(),
            TlsError::KeyLocked(path) => {
                format!("take the passphrase off: openssl pkey -in {} -out NEW-FILE", path.display())
            }
            TlsError::KeyOpen(path, _) => format!("chmod o= {}", path.display()),
            TlsError::KeyUnknown(..) => {
                "make a key of a usual kind (ECDSA P-256 or RSA from 2048 bits) and a certificate for it".to_owned()
            }
            TlsError::NotAPair { .. } => {
                "name the two files of one and the same renewal; in a chain the server's own certificate comes first"
                    .to_owned()
            }
        }
    }
}
