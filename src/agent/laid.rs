//! What an agent lays beside each backup, sealed by the repository's key: how many rows each table had, and of which
//! server. With it another host proves the backup, and finds its way in the repository when this one is gone.

use super::notes::Counts;
use super::{Error, Protected, Result};
use crate::recovery::{self, Place};
use crate::secrets::NoteKey;

const BEGINS: &str = "rows";
const ENDS: &str = "note";

/// The notes of one database, as they lie in one repository.
pub(super) struct Laid<'a> {
    protected: &'a Protected<'a>,
    key: NoteKey,
}

impl<'a> Laid<'a> {
    /// Those of a repository that has a key.
    pub(super) fn of(protected: &'a Protected<'a>) -> Result<Laid<'a>> {
        let file = protected.repository.key();
        let text = std::fs::read_to_string(&file).map_err(recovery::Error::io("read", &file))?;
        Ok(Laid { protected, key: NoteKey::of(&text)? })
    }

    /// Lays the note of a backup.
    pub(super) async fn lay(&self, label: &str, counts: &Counts) -> Result<()> {
        let name = self.name(label);
        let bytes = serde_json::to_vec(counts).map_err(|e| Error::Notes(name.clone().into(), e))?;
        let sealed = self.key.seal(&name, &bytes)?;
        Ok(self.place().put_aside(&self.protected.host.search, &name, &sealed).await?)
    }

    /// The note of a backup; none where none was laid.
    pub(super) async fn read(&self, label: &str) -> Result<Option<Counts>> {
        let name = self.name(label);
        let sealed = self.place().read_aside(&self.protected.host.search, &name).await?;
        let Some(sealed) = sealed else { return Ok(None) };
        let bytes = self.key.open(&name, &sealed)?;
        serde_json::from_slice(&bytes).map(Some).map_err(|e| Error::Notes(name.into(), e))
    }

    /// The note of the newest backup that has one.
    pub(super) async fn newest(&self) -> Result<Option<Counts>> {
        let names = self.place().names_aside(&self.protected.host.search).await?;
        let (first, last) = (format!("{BEGINS}.{}.", self.protected.name()), format!(".{ENDS}"));
        let labels = names.iter().filter_map(|it| it.strip_prefix(&first)?.strip_suffix(&last));
        match labels.max() {
            Some(label) => self.read(label).await,
            None => Ok(None),
        }
    }

    /// The backup is gone, and so goes its note; one that stays behind disturbs nothing.
    pub(super) async fn remove(&self, label: &str) {
        let name = self.name(label);
        let removed = self.place().remove_aside(&self.protected.host.search, &name).await;
        if let Err(error) = removed {
            tracing::warn!(error = &error as &dyn std::error::Error, name, "a note stays behind");
        }
    }

    fn place(&self) -> &Place {
        self.protected.repository.place()
    }

    /// Names of databases and labels have no dot.
    fn name(&self, label: &str) -> String {
        format!("{BEGINS}.{}.{label}.{ENDS}", self.protected.name())
    }
}
