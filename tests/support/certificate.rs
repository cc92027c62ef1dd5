//! A certificate and its key as files, as a renewal tool leaves them, and a browser that looks at
//! what a server shows.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use muster::tls::Kept;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// What a certificate holds, and its key.
pub struct Issued {
    pub der: CertificateDer<'static>,
    pub certificate: String,
    pub key: String,
}

impl Issued {
    /// For these names, between these moments.
    pub fn between(names: &[&str], from: OffsetDateTime, until: OffsetDateTime) -> Issued {
        let mut wanted = wanted(names);
        (wanted.not_before, wanted.not_after) = (from, until);
        let key = KeyPair::generate().unwrap();
        let made = wanted.self_signed(&key).unwrap();
        Issued { der: made.der().clone(), certificate: made.pem(), key: key.serialize_pem() }
    }

    /// Another one with the same key, for another name.
    pub fn renewed(&self) -> Issued {
        let key = KeyPair::from_pem(&self.key).unwrap();
        let made = wanted(&["renewed.example.org"]).self_signed(&key).unwrap();
        Issued { der: made.der().clone(), certificate: made.pem(), key: key.serialize_pem() }
    }

    /// For loopback, and good for long.
    pub fn new() -> Issued {
        let names = ["localhost", "127.0.0.1", "muster.example.org"];
        Issued::between(&names, datetime!(2020-01-01 0:00 UTC), datetime!(2090-01-01 0:00 UTC))
    }
}

fn wanted(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    CertificateParams::new(names).unwrap()
}

/// An authority of one's own.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// All have the same name.
    pub fn new() -> Authority {
        let mut wanted = wanted(&[]);
        wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        wanted.distinguished_name.push(DnType::CommonName, "an authority of our own");
        Authority(CertifiedIssuer::self_signed(wanted, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn der(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// A certificate with a new key for this name, with the authority behind it.
    pub fn issues(&self, name: &str) -> Issued {
        let key = KeyPair::generate().unwrap();
        let made = wanted(&[name]).signed_by(&key, &self.0).unwrap();
        let certificate = made.pem() + &self.0.pem();
        Issued { der: made.der().clone(), certificate, key: key.serialize_pem() }
    }
}

/// A folder with both files.
pub struct CertificateFiles(TempDir);

impl CertificateFiles {
    pub fn of(issued: &Issued) -> CertificateFiles {
        let files = CertificateFiles(tempfile::tempdir().unwrap());
        write(&files.certificate(), &issued.certificate);
        write(&files.key(), &issued.key);
        files
    }

    pub fn certificate(&self) -> PathBuf {
        self.0.path().join("fullchain.pem")
    }

    pub fn key(&self) -> PathBuf {
        self.0.path().join("privkey.pem")
    }

    pub fn kept(&self) -> Kept {
        Kept::open(self.certificate(), self.key()).unwrap()
    }

    /// Puts both files of another in place.
    pub fn renew(&self, by: &Issued) {
        self.rename_over(&self.certificate(), &by.certificate);
        self.rename_over(&self.key(), &by.key);
    }

    /// Puts another file in the place of one, at once, as careful tools do.
    pub fn rename_over(&self, place: &Path, text: &str) {
        let beside = self.0.path().join("beside");
        write(&beside, text);
        std::fs::rename(beside, place).unwrap();
    }
}

/// Writes a file that its user alone can read.
pub fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

/// Shakes hands as a browser that trusts one certificate alone.
pub async fn shake_hands(
    address: SocketAddr,
    trusted: &Issued,
    name: &str,
    alpn: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.der.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let tcp = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, tcp).await
}
