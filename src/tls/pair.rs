//! A certificate and its key, as two files hold them at one moment.

use std::fs::File;
use std::io::Read;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use rustls::client::verify_server_name;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

use super::error::TlsError;
use super::standing::Validity;

/// Nobody's certificate is larger; what is, is another file.
const LARGEST: u64 = 1024 * 1024;
/// Whatever anybody but the file's user and group may do.
const OTHERS: u32 = 0o007;
/// What writing it lets the group do.
const GROUP_WRITES: u32 = 0o020;

/// A certificate that its key belongs to.
#[derive(Debug)]
pub struct Pair {
    /// What a handshake shows and signs with.
    pub(super) certified: Arc<CertifiedKey>,
    /// What stood in the files, to see whether it changed.
    pub(super) text: (Vec<u8>, Vec<u8>),
    validity: Validity,
    names: Vec<String>,
}

impl Pair {
    /// Reads both files.
    ///
    /// # Errors
    /// What keeps anybody from serving with them. Dates do not: a browser lets a person pass who
    /// must get in, and nobody gets in where nothing is served.
    pub fn read(certificate: &Path, key: &Path) -> Result<Pair, TlsError> {
        Pair::of(certificate, key, read_both(certificate, key)?)
    }

    pub(super) fn of(
        certificate: &Path,
        key: &Path,
        text: (Vec<u8>, Vec<u8>),
    ) -> Result<Pair, TlsError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&text.0)
            .collect::<Result<_, _>>()
            .map_err(|_| TlsError::Damaged(certificate.to_owned()))?;
        let first = chain.first().ok_or_else(|| TlsError::NoCertificate(certificate.to_owned()))?;
        let (validity, names) =
            told(first).ok_or_else(|| TlsError::Damaged(certificate.to_owned()))?;
        let private = private_key(key, &text.1)?;
        let certified = CertifiedKey::from_der(chain, private, &ring::default_provider());
        let certified = certified.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                TlsError::NotAPair { certificate: certificate.to_owned(), key: key.to_owned() }
            }
            rustls::Error::InvalidCertificate(_) => TlsError::Damaged(certificate.to_owned()),
            error => TlsError::KeyUnknown(key.to_owned(), error),
        })?;
        Ok(Pair { certified: Arc::new(certified), text, validity, names })
    }

    /// From when until when it is good.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The names and addresses that it is for.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether a browser takes it for this host: a name, or an address without brackets.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        let certificate = self.certified.end_entity_cert().map(ParsedCertificate::try_from);
        match (certificate, ServerName::try_from(host)) {
            (Ok(Ok(certificate)), Ok(name)) => verify_server_name(&certificate, &name).is_ok(),
            _ => false,
        }
    }

    /// The certificate, and those between it and its authority.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.certified.cert
    }
}

/// Both files, whether or not they can be used.
pub(super) fn read_both(certificate: &Path, key: &Path) -> Result<(Vec<u8>, Vec<u8>), TlsError> {
    let (certificate, _) = read_file(certificate)?;
    let (text, mode) = read_file(key)?;
    if mode & (OTHERS | GROUP_WRITES) != 0 {
        return Err(TlsError::KeyOpen(key.to_owned(), mode & 0o777));
    }
    Ok((certificate, text))
}

fn read_file(path: &Path) -> Result<(Vec<u8>, u32), TlsError> {
    let unreadable = |error| TlsError::Unreadable(path.to_owned(), error);
    let file = File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    let mut text = Vec::new();
    file.take(LARGEST).read_to_end(&mut text).map_err(unreadable)?;
    Ok((text, mode))
}

fn private_key(path: &Path, text: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    let says = |words: &[u8]| text.windows(words.len()).any(|window| window == words);
    if says(b"BEGIN ENCRYPTED PRIVATE KEY") || says(b"Proc-Type: 4,ENCRYPTED") {
        return Err(TlsError::KeyLocked(path.to_owned()));
    }
    PrivateKeyDer::from_pem_slice(text).map_err(|_| TlsError::NoKey(path.to_owned()))
}

/// What a certificate says of itself.
fn told(certificate: &CertificateDer<'_>) -> Option<(Validity, Vec<String>)> {
    let (_, told) = parse_x509_certificate(certificate).ok()?;
    let moment = |time: x509_parser::time::ASN1Time| {
        OffsetDateTime::from_unix_timestamp(time.timestamp()).ok()
    };
    let (from, until) = (moment(told.validity.not_before)?, moment(told.validity.not_after)?);
    let names = told.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.iter().filter_map(name).collect());
    Some((Validity { from, until }, names.unwrap_or_default()))
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let six = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
            four.or(six).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}
