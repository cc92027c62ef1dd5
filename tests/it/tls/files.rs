//! Files that nobody can serve with: each is said with the way to mend it, and no key is shown.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use muster::tls::Pair;
use time::Duration;
use time::macros::datetime;

use crate::support::certificate::{CertificateFiles, Issued, write};

const LOCKED: &str =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";

fn refused(files: &CertificateFiles) -> (String, String) {
    let error = Pair::read(&files.certificate(), &files.key()).unwrap_err();
    let secret = std::fs::read_to_string(files.key()).unwrap_or_default();
    let secret = secret.lines().nth(1).unwrap_or("nothing");
    assert!(!format!("{error:?} {error}").contains(secret), "{error:?}");
    (error.to_string(), error.mend())
}

#[test]
fn each_fault_of_the_files_is_said_with_how_to_mend_it() {
    let (issued, other) = (Issued::new(), Issued::new());
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (certificate, key, words, mend) in [
        ("", &*issued.key, "holds no certificate", "fullchain.pem"),
        (&*issued.key, &issued.key, "holds no certificate", "fullchain.pem"),
        (damaged, &issued.key, "can't be understood", "fullchain.pem"),
        (&issued.certificate, "", "holds no private key", "privkey.pem"),
        (&issued.certificate, &issued.certificate, "holds no private key", "privkey.pem"),
        (&issued.certificate, LOCKED, "locked by a passphrase", "openssl pkey"),
        (&issued.certificate, &other.key, "is not the one of the certificate", "one and the same"),
    ] {
        let files = CertificateFiles::of(&issued);
        write(&files.certificate(), certificate);
        write(&files.key(), key);

        let (said, how) = refused(&files);

        assert!(said.contains(words) && how.contains(mend), "{said}; {how}");
    }
}

#[test]
fn a_key_that_others_can_read_is_refused_and_one_for_a_group_is_not() {
    let files = CertificateFiles::of(&Issued::new());
    for (mode, taken) in
        [(0o644, false), (0o604, false), (0o660, false), (0o640, true), (0o400, true)]
    {
        std::fs::set_permissions(files.key(), Permissions::from_mode(mode)).unwrap();
        let read = Pair::read(&files.certificate(), &files.key());
        assert_eq!(read.is_ok(), taken, "{mode:o}");
    }
    std::fs::set_permissions(files.key(), Permissions::from_mode(0o644)).unwrap();
    let (said, how) = refused(&files);
    assert!(said.contains("open to every user") && how.starts_with("chmod "), "{said}; {how}");
}

#[test]
fn a_missing_file_is_named() {
    let files = CertificateFiles::of(&Issued::new());
    std::fs::remove_file(files.key()).unwrap();

    let (said, how) = refused(&files);

    assert!(said.contains("privkey.pem can't be read: No such file"), "{said}");
    assert!(how.contains("MUSTER_TLS_KEY"), "{how}");
}

#[test]
fn a_certificate_tells_its_dates_and_whom_it_is_for() {
    let (from, until) = (datetime!(2026-11-01 0:00 UTC), datetime!(2026-12-01 0:00 UTC));
    let files =
        CertificateFiles::of(&Issued::between(&["*.example.org", "192.0.2.7"], from, until));

    let pair = Pair::read(&files.certificate(), &files.key()).unwrap();

    assert_eq!((pair.validity().from, pair.validity().until - from), (from, Duration::days(30)));
    assert_eq!(pair.names(), ["*.example.org", "192.0.2.7"]);
    for (host, is_for) in [
        ("muster.example.org", true),
        ("192.0.2.7", true),
        ("example.org", false),
        ("a.b.example.org", false),
        ("192.0.2.8", false),
        ("", false),
    ] {
        assert_eq!(pair.is_for(host), is_for, "{host}");
    }
}
