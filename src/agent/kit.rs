//! The site kit: what opens this host's backups when the host is gone. Sealed under eight words, it lies in each
//! repository; the words stand on its sheet and nowhere on the host.

mod contents;
mod copies;
mod note;

use time::OffsetDateTime;

use self::contents::InUse;
pub(super) use self::contents::MUSTER;
use self::copies::{forget_all_but, keyed, lay_sealed};
use self::note::Note;
use super::{Error, Host, Place, joined};
use crate::domain::kit::{Kind, Label, Phrase, Standing};
use crate::pgserver::{self, DataLock};
use crate::recovery;
use crate::secrets::{KitError, SealedKit, SecretsError, random_number, random_phrase};

pub use self::copies::{Copy, Looked, copies, find, forget_others, lay, open_all};

/// Why there is no kit, or no proof of one.
#[derive(Debug, thiserror::Error)]
pub enum KitRefusal {
    /// There is nothing to keep yet.
    #[error(
        "no repository has a key yet, so there is nothing to keep; the first backup makes one: muster agent backup NAME"
    )]
    NoKey,
    /// None was made here.
    #[error("no kit was made here yet; make one: muster agent kit")]
    NoKit,
    /// A repository takes no copy.
    #[error("the repository {name} took no sealed copy, so there is no new kit: {source}")]
    NoCopy {
        /// Which.
        name: String,
        /// Why not.
        source: recovery::Error,
    },
    /// `agent.toml` names no repository of that name.
    #[error("agent.toml names no repository “{0}”")]
    Unknown(String),
    /// No repository that was asked has a sealed copy.
    #[error("no sealed copy of a kit was found: {0}")]
    Nowhere(String),
    /// Another one is being made.
    #[error("another muster agent makes or proves a kit just now; wait until it ends")]
    Busy,
    /// The sealed copy.
    #[error(transparent)]
    Sealed(#[from] KitError),
    /// Randomness is missing.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The host.
    #[error(transparent)]
    Host(#[from] Error),
}

impl From<recovery::Error> for KitRefusal {
    fn from(error: recovery::Error) -> KitRefusal {
        KitRefusal::Host(error.into())
    }
}

/// A kit whose sealed copies lie in the repositories. It counts once its sheet was written and it is kept.
#[derive(Debug)]
pub struct New {
    /// The words.
    pub phrase: Phrase,
    /// What it is.
    pub label: Label,
    /// Where its sealed copies lie.
    pub copies: Vec<String>,
    note: Note,
    held: DataLock,
}

/// Makes a kit of what is in use now, and puts a sealed copy into each repository that has a key.
///
/// # Errors
/// Where there is nothing to keep, and where a repository takes no copy; the kit before stays the one that counts.
pub async fn make(place: &Place) -> Result<New, KitRefusal> {
    let host = place.open()?;
    let held = hold(&host)?;
    let in_use = InUse::of(place, &host)?;
    if in_use.is_empty() {
        return Err(KitRefusal::NoKey);
    }
    let (phrase, number) = (random_phrase()?, random_number()?);
    let label = label(&host, number, host.clock.now());
    let sealed = SealedKit::seal(&phrase, label.clone(), in_use.contents())?;
    let copies = lay_sealed(&host, &sealed).await?;
    let note = Note::of(&label, copies.clone(), &in_use);
    Ok(New { phrase, label, copies, note, held })
}

impl New {
    /// From now on it is the one that counts.
    ///
    /// # Errors
    /// When that can't be written.
    pub fn keep(self, place: &Place) -> Result<(), KitRefusal> {
        self.note.save(&place.state)?;
        drop(self.held);
        Ok(())
    }
}

fn label(host: &Host, number: String, made: OffsetDateTime) -> Label {
    let name = host.name();
    let of = joined::name(&host.state).unwrap_or_else(|| name.clone());
    Label { number, kind: Kind::Site, of, host: name, made }
}

/// The number of the newest kit.
///
/// # Errors
/// Where there is none.
pub fn newest(place: &Place) -> Result<String, KitRefusal> {
    Ok(Note::load(&place.open()?.state).ok_or(KitRefusal::NoKit)?.number)
}

/// Opens each sealed copy of the newest kit where it lies, and holds it against what is in use. Where all is well
/// that is noted, and the copies of other kits go.
///
/// # Errors
/// Where there is no kit, and where the words open none of its copies.
pub async fn prove(place: &Place, phrase: &Phrase) -> Result<Vec<Looked>, KitRefusal> {
    let host = place.open()?;
    let _held = hold(&host)?;
    let note = Note::load(&host.state).ok_or(KitRefusal::NoKit)?;
    let in_use = InUse::of(place, &host)?;
    let copies = copies(place, Kind::Site, &note.number).await?;
    let (looked, opened) = open_all(&copies, phrase, |contents| {
        [in_use.missing_from(contents), in_use.not_covered(&note)].concat()
    });
    if !opened && let Some(kit) = copies.into_iter().find_map(|copy| copy.found.ok()) {
        return Err(KitError::Closed(kit.label().number.clone()).into());
    }
    if looked.iter().all(|one| one.wrong.is_none()) && !looked.is_empty() {
        forget_all_but(&host, Kind::Site, &note.number).await;
        note.proved(host.clock.now()).save(&host.state)?;
    }
    Ok(looked)
}

/// How the kit stands, for Muster; none where what is in use can't be read.
#[must_use]
pub fn standing(place: &Place, host: &Host) -> Option<Standing> {
    let in_use = InUse::of(place, host).ok()?;
    let note = Note::load(&host.state);
    Some(Standing {
        wanted: !in_use.is_empty(),
        lacks: note.as_ref().map(|note| in_use.not_covered(note)).unwrap_or_default(),
        made: note.map(Note::made),
        command: format!("sudo -u {} {}", host.user(), place.typed("kit")),
    })
}

fn hold(host: &Host) -> Result<DataLock, KitRefusal> {
    DataLock::take(&note::folder(&host.state)).map_err(|error| match error {
        pgserver::Error::Locked { .. } => KitRefusal::Busy,
        other => KitRefusal::Host(other.into()),
    })
}
