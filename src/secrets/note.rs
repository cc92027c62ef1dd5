//! Notes that lie in a repository beside the backups: sealed by that repository's own key, so that they open where the
//! backups do, and nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SecretsError;
use super::label::Root;
use super::seal::Seal;

/// Seals and opens the notes of one repository.
pub struct NoteKey(Seal);

impl NoteKey {
    /// Made of what opens the backups, which it says nothing about.
    ///
    /// # Errors
    /// When no key can be made of it.
    pub fn of(repository_key: &str) -> Result<NoteKey, SecretsError> {
        let root = Root::salted(b"muster-repository-v1", repository_key.trim().as_bytes());
        Ok(NoteKey(Seal::new(root.key("notes")?.expose())?))
    }

    /// Seals a note; under another name it opens no more.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn seal(&self, name: &str, note: &[u8]) -> Result<String, SecretsError> {
        Ok(STANDARD.encode(self.0.seal(name.as_bytes(), note)?))
    }

    /// Opens one.
    ///
    /// # Errors
    /// [`SecretsError::BrokenSeal`] for another repository's, another name's, or any damage.
    pub fn open(&self, name: &str, sealed: &str) -> Result<Vec<u8>, SecretsError> {
        let sealed = STANDARD.decode(sealed.trim()).map_err(|_| SecretsError::BrokenSeal)?;
        Ok(self.0.open(name.as_bytes(), &sealed)?.expose().clone())
    }
}

impl std::fmt::Debug for NoteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NoteKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_opens_by_its_repositorys_key_under_its_name_alone() {
        let key = |text: &str| NoteKey::of(text).unwrap();
        let sealed = key("ours\n").seal("rows.main", b"7 rows").unwrap();

        assert!(!sealed.contains("rows"));
        assert_eq!(key("ours").open("rows.main", &format!("{sealed}\n")).unwrap(), b"7 rows");
        for (text, name) in [("theirs", "rows.main"), ("ours", "rows.other")] {
            let refused = key(text).open(name, &sealed);
            assert!(matches!(refused, Err(SecretsError::BrokenSeal)), "{text} {name}");
        }
        assert!(key("ours").open("rows.main", &sealed[4..]).is_err());
        assert!(key("ours").open("rows.main", "no base64!").is_err());
    }
}
