//! The key ring's file: who may read it, and how it comes to be all at once.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix::unistd::geteuid;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{Hidden, SecretsError};

const FORMAT: i64 = 1;
const WORDS: &str = "\
# Muster's key ring. Whoever has it can read sealed settings and sign as this server.
# Keep a copy apart from the database's backups; without it passwords and seals are lost.
";

/// What the file holds.
pub(super) struct RingFile {
    pub(super) id: Uuid,
    pub(super) epoch: u32,
    pub(super) created: OffsetDateTime,
    pub(super) key: Hidden<[u8; 32]>,
}

#[derive(Deserialize)]
struct JustFormat {
    format: i64,
}

#[derive(Serialize, Deserialize)]
struct Text {
    format: i64,
    id: Uuid,
    epoch: u32,
    created: String,
    key: String,
}

/// Reads a ring; refuses one that others may read.
pub(super) fn read(path: &Path) -> Result<RingFile, SecretsError> {
    let unreadable = |source| SecretsError::Unreadable { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => SecretsError::Missing { path: path.to_owned() },
        _ => unreadable(source),
    })?;
    let found = file.metadata().map_err(unreadable)?;
    if !is_ours(found.uid(), folder_of(path)) {
        return Err(SecretsError::Strangers { path: path.to_owned(), owner: found.uid() });
    }
    let mode = found.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(SecretsError::Open { path: path.to_owned(), mode });
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    parse(path, &bytes)
}

/// Whether a ring is this user's, or its folder's owner's: root asks in a service's name.
fn is_ours(owner: u32, folder: &Path) -> bool {
    owner == geteuid().as_raw() || folder.metadata().is_ok_and(|folder| folder.uid() == owner)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

fn parse(path: &Path, bytes: &[u8]) -> Result<RingFile, SecretsError> {
    let corrupt =
        |what: &str| SecretsError::Corrupt { path: path.to_owned(), what: what.to_owned() };
    let text = std::str::from_utf8(bytes).map_err(|_| corrupt("it is no text"))?;
    // a parser's own message would quote the line, and a line holds the key
    let JustFormat { format } =
        toml_edit::de::from_str(text).map_err(|_| corrupt("it has no format number"))?;
    if format != FORMAT {
        return Err(SecretsError::Format { path: path.to_owned(), found: format });
    }
    let text: Text = toml_edit::de::from_str(text)
        .map_err(|_| corrupt("it needs id, epoch, created and key"))?;
    let created = OffsetDateTime::parse(&text.created, &Rfc3339)
        .map_err(|_| corrupt("created is no time"))?;
    let key: [u8; 32] = STANDARD
        .decode(&text.key)
        .ok()
        .and_then(|key| key.try_into().ok())
        .ok_or_else(|| corrupt("key is not 32 bytes of base64"))?;
    Ok(RingFile { id: text.id, epoch: text.epoch, created, key: Hidden::new(key) })
}

/// Writes a ring where none is: whole or not at all, and never over another.
pub(super) fn write(path: &Path, ring: &RingFile) -> Result<(), SecretsError> {
    let unwritten = |source| SecretsError::Unwritten { path: path.to_owned(), source };
    let folder = folder_of(path);
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unwritten)?;
    let text = to_text(ring).map_err(unwritten)?;
    let draft = folder.join(format!(".keyring-{}.draft", ring.id.simple()));
    let placed = write_new(&draft, &text).and_then(|()| place(&draft, path, folder));
    // the draft is a second name of the ring by now, or a ring that nobody will use
    let removed = fs::remove_file(&draft);
    match placed {
        Err(source) if source.kind() == ErrorKind::AlreadyExists => {
            Err(SecretsError::Exists { path: path.to_owned() })
        }
        Err(source) => Err(unwritten(source)),
        Ok(()) => removed.map_err(unwritten),
    }
}

fn to_text(ring: &RingFile) -> io::Result<String> {
    let text = Text {
        format: FORMAT,
        id: ring.id,
        epoch: ring.epoch,
        created: ring.created.format(&Rfc3339).map_err(io::Error::other)?,
        key: STANDARD.encode(ring.key.expose()),
    };
    Ok(WORDS.to_owned() + &toml_edit::ser::to_string(&text).map_err(io::Error::other)?)
}

fn write_new(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives the draft its name; unlike a rename, a link fails where a ring is already.
fn place(draft: &Path, path: &Path, folder: &Path) -> io::Result<()> {
    fs::hard_link(draft, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::KeyRing;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_ring_is_made_once_for_its_owner_alone_and_leaves_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/muster.keyring");

        let made = KeyRing::create(&path, NOW).unwrap();

        assert_eq!(KeyRing::load(&path).unwrap().fingerprint(), made.fingerprint());
        assert_eq!((made.created(), made.epoch()), (NOW, 1));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path().join("keys")).unwrap().count(), 1);
    }

    #[test]
    fn a_ring_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("muster.keyring");
        let first = KeyRing::create(&path, NOW).unwrap();

        let second = KeyRing::create(&path, NOW);

        assert!(matches!(second, Err(SecretsError::Exists { .. })), "{second:?}");
        assert_eq!(KeyRing::load(&path).unwrap().fingerprint(), first.fingerprint());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_ring_that_others_may_read_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("muster.keyring");
        KeyRing::create(&path, NOW).unwrap();
        for mode in [0o640, 0o604, 0o660, 0o601] {
            set_mode(&path, mode);

            let refused = KeyRing::load(&path).unwrap_err();

            assert!(refused.to_string().contains("run: chmod 600"), "{refused}");
        }
        set_mode(&path, 0o400);
        assert!(KeyRing::load(&path).is_ok());
    }

    #[test]
    fn a_missing_ring_is_said_to_be_missing() {
        let missing = KeyRing::load(Path::new("/nowhere/muster.keyring")).unwrap_err();

        assert!(missing.to_string().starts_with("there is no key ring at /nowhere"), "{missing}");
    }

    #[test]
    fn a_damaged_or_newer_ring_is_refused_without_showing_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("muster.keyring");
        KeyRing::create(&path, NOW).unwrap();
        let good = fs::read_to_string(&path).unwrap();
        let secret = good.split("key = \"").nth(1).unwrap()[..43].to_owned();
        for (text, words) in [
            (String::new(), "no format number"),
            (good.replace("format = 1", "format = 2"), "format 2"),
            (good.replace("key = \"", "key = \"A"), "not 32 bytes"),
            (good.replace("key = \"", "key = "), "no format number"),
            (good.replace("epoch", "epic"), "it needs id, epoch"),
            (good.replace("2026-", "26-"), "created is no time"),
        ] {
            fs::write(&path, text).unwrap();

            let refused = KeyRing::load(&path).unwrap_err();

            assert!(refused.to_string().contains(words), "{refused}");
            assert!(!format!("{refused:?} {refused}").contains(&secret), "{refused:?}");
        }
    }
}
