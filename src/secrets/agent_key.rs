//! An agent's own key: made on its host when it joins, never sent anywhere.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix::unistd::geteuid;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::token::random_bytes;
use super::{Hidden, SecretsError};

/// Signs what an agent says. Its `Debug` shows nothing.
pub struct AgentKey {
    seed: Hidden<[u8; 32]>,
    pair: Ed25519KeyPair,
}

impl AgentKey {
    /// A new key.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> Result<AgentKey, SecretsError> {
        AgentKey::of(random_bytes()?)
    }

    fn of(seed: [u8; 32]) -> Result<AgentKey, SecretsError> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| SecretsError::Unusable)?;
        Ok(AgentKey { seed: Hidden::new(seed), pair })
    }

    /// Reads a key.
    ///
    /// # Errors
    /// When it is missing, another user's (which root may read), open to others, or no key.
    pub fn load(path: &Path) -> Result<AgentKey, SecretsError> {
        let unreadable = |source: io::Error| match source.kind() {
            ErrorKind::NotFound => SecretsError::Missing { path: path.to_owned() },
            _ => SecretsError::Unreadable { path: path.to_owned(), source },
        };
        let mut file = fs::File::open(path).map_err(unreadable)?;
        let found = file.metadata().map_err(unreadable)?;
        if found.uid() != geteuid().as_raw() && !geteuid().is_root() {
            return Err(SecretsError::Strangers { path: path.to_owned(), owner: found.uid() });
        }
        let mode = found.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(SecretsError::Open { path: path.to_owned(), mode });
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(unreadable)?;
        let seed = STANDARD.decode(text.trim_end()).ok().and_then(|seed| seed.try_into().ok());
        let what = "it is not 32 bytes of base64".to_owned();
        AgentKey::of(seed.ok_or(SecretsError::Corrupt { path: path.to_owned(), what })?)
    }

    /// Writes it for its owner alone, all at once, in place of another.
    ///
    /// # Errors
    /// When it can't be written; what was there before is there still.
    pub fn save(&self, path: &Path) -> Result<(), SecretsError> {
        let unwritten = |source| SecretsError::Unwritten { path: path.to_owned(), source };
        let draft = path.with_extension("draft");
        let _ = fs::remove_file(&draft); // of a process that ended here
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
        let written =
            file.as_mut().map_err(|error| io::Error::from(error.kind())).and_then(|file| {
                writeln!(file, "{}", STANDARD.encode(self.seed.expose()))?;
                file.sync_all()?;
                fs::rename(&draft, path)
            });
        written.map_err(unwritten)
    }

    /// By which Muster knows it, 32 bytes.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Signs by Ed25519.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }
}

impl std::fmt::Debug for AgentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AgentKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::signature_holds;

    #[test]
    fn a_key_reads_back_signs_alike_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.key");
        let key = AgentKey::random().unwrap();
        key.save(&path).unwrap();
        AgentKey::random().unwrap().save(&path).unwrap();
        key.save(&path).unwrap();

        let read = AgentKey::load(&path).unwrap();

        assert!(signature_holds(read.public(), b"said", &key.sign(b"said")));
        assert!(!signature_holds(read.public(), b"sayd", &key.sign(b"said")));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        assert_eq!(format!("{read:?}"), "AgentKey(hidden)");
    }

    #[test]
    fn a_key_that_others_may_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.key");
        assert!(matches!(AgentKey::load(&path), Err(SecretsError::Missing { .. })));
        AgentKey::random().unwrap().save(&path).unwrap();

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(AgentKey::load(&path), Err(SecretsError::Open { mode: 0o640, .. })));

        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "c2hvcnQ=\n").unwrap();
        let error = AgentKey::load(&path).unwrap_err().to_string();
        assert!(error.contains("32 bytes") && !error.contains("c2hvcnQ"), "{error}");
    }
}
