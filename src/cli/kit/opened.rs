//! What a kit held, as files again.

use std::fs::{DirBuilder, File};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};

use crate::domain::kit::{Contents, Phrase};
use crate::secrets::SealedKit;

use super::typed;

/// Opens into a folder the first of these sealed copies that the words open which somebody types in.
pub(in crate::cli) async fn open(kits: &[SealedKit], into: &Path) -> anyhow::Result<bool> {
    for label in kits.iter().map(SealedKit::label) {
        eprintln!("Here is the {} {} of “{}”.", label.kind, label.number, label.of);
    }
    let contents = first(kits, &typed::phrase().await?)?;
    for path in write(&contents, into)? {
        println!("{}", path.display());
    }
    eprintln!(
        "These files hold keys: keep them for their owner alone, and remove them when they are needed no more."
    );
    Ok(true)
}

fn first(kits: &[SealedKit], phrase: &Phrase) -> anyhow::Result<Contents> {
    let mut closed = None;
    for kit in kits {
        match kit.open(phrase) {
            Ok(contents) => return Ok(contents),
            Err(error) => closed = closed.or(Some(error)),
        }
    }
    Err(closed.map_or_else(|| anyhow!("there is no kit to open"), Into::into))
}

/// Reads a sealed copy from a file.
pub(in crate::cli) fn read(file: &Path) -> anyhow::Result<SealedKit> {
    let text = std::fs::read(file).with_context(|| format!("{} can't be read", file.display()))?;
    let kit = SealedKit::read(&String::from_utf8_lossy(&text));
    kit.with_context(|| format!("{} can't be opened", file.display()))
}

/// Whole or, where a file is in the way, not at all: none is written over.
fn write(contents: &Contents, into: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let files: Vec<_> =
        contents.files()?.into_iter().map(|(path, text)| (into.join(path), text)).collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        bail!("{} is there already, and is not written over; name another folder", path.display());
    }
    for (path, text) in &files {
        write_new(path, text).with_context(|| format!("{} can't be written", path.display()))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// Writes a file that its owner alone may read, where there is none.
pub(in crate::cli) fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn files_are_their_owners_alone_and_none_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("opened");
        let contents =
            Contents::default().with("agent.toml", "a").with("repositories/disk/key", "k");

        assert_eq!(write(&contents, &into).unwrap().len(), 2);
        let mode = |name: &str| into.join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("repositories/disk/key"), mode("repositories")), (0o600, 0o700));

        std::fs::remove_file(into.join("agent.toml")).unwrap();
        let error = write(&contents, &into).unwrap_err().to_string();
        assert!(error.contains("repositories/disk/key is there already"), "{error}");
        assert!(!into.join("agent.toml").exists(), "nothing was written");
    }
}
