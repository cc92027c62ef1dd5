//! What the agent keeps of its kit: its number and what it covers, and nothing that opens it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::contents::InUse;
use crate::agent::{Result, notes};
use crate::domain::kit::{Label, Made};

/// The newest kit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) number: String,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    #[serde(default, with = "time::serde::rfc3339::option")]
    proved: Option<OffsetDateTime>,
    copies: Vec<String>,
    /// By what it is seen that a repository's key, address or credentials changed since.
    pub(super) covers: BTreeMap<String, String>,
    pub(super) muster: Option<String>,
}

impl Note {
    pub(super) fn of(label: &Label, copies: Vec<String>, it: &InUse) -> Note {
        Note {
            number: label.number.clone(),
            at: label.made,
            proved: None,
            copies,
            covers: it.repositories.iter().cloned().collect(),
            muster: it.muster.clone(),
        }
    }

    /// It; none where there is none that can be read.
    pub(super) fn load(state: &Path) -> Option<Note> {
        notes::read(&file(state)).ok().flatten()
    }

    pub(super) fn save(&self, state: &Path) -> Result<()> {
        notes::write(&file(state), self)
    }

    /// It was proved at that time.
    pub(super) fn proved(self, at: OffsetDateTime) -> Note {
        Note { proved: Some(at), ..self }
    }

    pub(super) fn made(self) -> Made {
        Made { number: self.number, at: self.at, proved: self.proved, copies: self.copies }
    }
}

pub(super) fn folder(state: &Path) -> PathBuf {
    state.join("kit")
}

fn file(state: &Path) -> PathBuf {
    folder(state).join("note.json")
}
