//! Sealed copies: put into the repositories, read where they lie, opened, and removed.

use std::ffi::OsStr;

use super::KitRefusal;
use crate::agent::{Host, Place};
use crate::domain::kit::{Contents, Kind, Label, Phrase};
use crate::recovery::{self, Repository};
use crate::secrets::SealedKit;

/// What became of one sealed copy.
#[derive(Debug)]
pub struct Looked {
    /// Where it lies, or should.
    pub place: String,
    /// What is wrong with it.
    pub wrong: Option<String>,
}

/// A sealed copy as it lies in a repository.
#[derive(Debug)]
pub struct Copy {
    /// Where, or where it should.
    pub place: String,
    /// It; else why not.
    pub found: Result<SealedKit, String>,
}

/// Puts a sealed copy into each repository that has a key; says where they lie.
///
/// # Errors
/// Where one takes none; then those that took one have it no more.
pub async fn lay(place: &Place, sealed: &SealedKit) -> Result<Vec<String>, KitRefusal> {
    lay_sealed(&place.open()?, sealed).await
}

pub(super) async fn lay_sealed(host: &Host, sealed: &SealedKit) -> Result<Vec<String>, KitRefusal> {
    let Label { kind, number, .. } = sealed.label();
    let (file, mut copies, mut done) = (kind.file(number), Vec::new(), Vec::new());
    for (name, repository) in keyed(host) {
        let put = repository.place().put_aside(&host.search, &file, sealed.text()).await;
        if let Err(source) = put {
            for repository in &done {
                withdraw(repository, &host.search, &file).await;
            }
            return Err(KitRefusal::NoCopy { name: name.to_owned(), source });
        }
        copies.push(repository.place().aside(&file));
        done.push(repository);
    }
    if copies.is_empty() { Err(KitRefusal::NoKey) } else { Ok(copies) }
}

/// One that stays behind opens with words that nobody has.
async fn withdraw(repository: &Repository, search: &OsStr, file: &str) {
    if let Err(error) = repository.place().remove_aside(search, file).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            file,
            "a sealed copy stays behind"
        );
    }
}

pub(super) fn keyed(host: &Host) -> impl Iterator<Item = (&str, Repository)> {
    host.repositories().filter(|(_, repository)| repository.has_key())
}

/// The sealed copies of a kit, as they lie in each repository that has a key.
///
/// # Errors
/// Where the host can't be looked at.
pub async fn copies(place: &Place, kind: Kind, number: &str) -> Result<Vec<Copy>, KitRefusal> {
    let host = place.open()?;
    let mut found = Vec::new();
    for (_, repository) in keyed(&host) {
        found.push(copy(&host, &repository, &kind.file(number)).await);
    }
    Ok(found)
}

async fn copy(host: &Host, repository: &Repository, file: &str) -> Copy {
    let place = repository.place();
    let found = match place.read_aside(&host.search, file).await {
        Ok(Some(text)) => SealedKit::read(&text).map_err(|error| error.to_string()),
        Ok(None) => Err("there is none".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    Copy { place: place.aside(file), found }
}

/// What becomes of each copy under these words, and whether they opened any.
pub fn open_all(
    copies: &[Copy],
    phrase: &Phrase,
    missing: impl Fn(&Contents) -> Vec<String>,
) -> (Vec<Looked>, bool) {
    let mut opened = false;
    let looked = copies.iter().map(|copy| {
        let contents = match &copy.found {
            Ok(kit) => kit.open(phrase).map_err(|error| error.to_string()),
            Err(why) => Err(why.clone()),
        };
        opened |= contents.is_ok();
        let wrong = match contents.map(|contents| missing(&contents)) {
            Ok(missing) if missing.is_empty() => None,
            Ok(missing) => Some(format!(
                "it opens, and does not have what is in use now: {}; make a new kit",
                missing.join(", ")
            )),
            Err(why) => Some(why),
        };
        Looked { place: copy.place.clone(), wrong }
    });
    (looked.collect(), opened)
}

/// Removes what this host made of other kits of that kind from each repository, as far as it can be reached: older
/// ones, and those whose sheet was never written.
///
/// # Errors
/// Where the host can't be looked at.
pub async fn forget_others(place: &Place, kind: Kind, number: &str) -> Result<(), KitRefusal> {
    forget_all_but(&place.open()?, kind, number).await;
    Ok(())
}

pub(super) async fn forget_all_but(host: &Host, kind: Kind, number: &str) {
    let own = host.name();
    for (_, repository) in host.repositories() {
        for kit in kits(host, &repository, kind).await.unwrap_or_default().into_iter().flatten() {
            let Label { host: made_on, number: its, .. } = kit.label();
            if *made_on == own && its != number {
                withdraw(&repository, &host.search, &kind.file(its)).await;
            }
        }
    }
}

/// The site kits that lie in these repositories, whether or not this host made them; the newest first.
///
/// # Errors
/// Where none is found.
pub async fn find(place: &Place, names: &[String]) -> Result<Vec<SealedKit>, KitRefusal> {
    let host = place.open()?;
    let (mut found, mut whys) = (Vec::new(), Vec::new());
    for name in names {
        let repository = host.repositories().find(|(known, _)| known == name);
        let (_, repository) = repository.ok_or_else(|| KitRefusal::Unknown(name.clone()))?;
        match kits(&host, &repository, Kind::Site).await {
            Ok(kits) => {
                for kit in kits {
                    kit.map_or_else(
                        |why| whys.push(format!("{name}: {why}")),
                        |kit| found.push(kit),
                    );
                }
            }
            Err(error) => whys.push(format!("{name}: {error}")),
        }
    }
    if found.is_empty() {
        let why = if whys.is_empty() { "there is none".to_owned() } else { whys.join("; ") };
        return Err(KitRefusal::Nowhere(why));
    }
    found.sort_by_key(|kit| std::cmp::Reverse(kit.label().made));
    Ok(found)
}

/// Every sealed copy of that kind in a repository; else what is wrong with it.
async fn kits(
    host: &Host,
    repository: &Repository,
    kind: Kind,
) -> Result<Vec<Result<SealedKit, String>>, recovery::Error> {
    let mut kits = Vec::new();
    for file in repository.place().names_aside(&host.search).await? {
        if kind.is_file(&file) {
            let Copy { place, found } = copy(host, repository, &file).await;
            kits.push(found.map_err(|why| format!("{place}: {why}")));
        }
    }
    Ok(kits)
}
