mod alone;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tempfile::TempDir;

use super::*;
use crate::domain::agent::draft::{self, Bucket, Container, Store};
use crate::domain::agent::wire::Joined;
use crate::domain::id::SiteId;
use crate::secrets::AgentKey;

const STANDING: &str = "# Ours; ask Ada before you change it.\n\n[limits]   # the disk is small\ndisk_floor = \"20 MB\" # not less\n# the end";

/// A host with a server that runs, as far as its files say.
struct Host {
    folder: TempDir,
    desk: Desk,
}

impl Host {
    fn new(agent_toml: Option<&str>) -> Host {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        // an agent is never root, be the test it or not
        let user = if geteuid().is_root() {
            (Uid::from_raw(65_534), Gid::from_raw(65_534))
        } else {
            (geteuid(), nix::unistd::getegid())
        };
        fs::create_dir(at("data")).unwrap();
        let process = std::process::id();
        let text = format!("{process}\n{}\n1\n5433\n/run/pg\n*\n", at("data").display());
        fs::write(at("data/postmaster.pid"), text).unwrap();
        chown(at("data"), Some(user.0.as_raw()), Some(user.1.as_raw())).unwrap();
        if let Some(text) = agent_toml {
            fs::write(at("agent.toml"), text).unwrap();
        }
        let place =
            Place { config: at("agent.toml"), state: at("state"), search: "/usr/bin".into() };
        let key = AgentKey::random().unwrap();
        let order_key = URL_SAFE_NO_PAD.encode(key.public());
        let joined = Joined { site: SiteId(uuid::Uuid::nil()), name: "db1".to_owned(), order_key };
        let who =
            Identity { server: "https://m.example".to_owned(), certificate: None, joined, key };
        Host { desk: Desk { place, who, user }, folder }
    }

    fn draft(&self) -> Draft {
        Draft {
            database: Some(draft::Database {
                name: "main".to_owned(),
                data_dir: self.folder.path().join("data").display().to_string(),
                port: 5433,
                socket: "/run/pg".to_owned(),
                user: "postgres".to_owned(),
                unit: None,
            }),
            repository: Some(draft::Repository {
                name: "disk".to_owned(),
                path: self.folder.path().join("repo").display().to_string(),
                store: None,
            }),
        }
    }

    fn bucket(&self) -> Draft {
        let bucket = Bucket {
            endpoint: "s3.example.org".to_owned(),
            name: "ours".to_owned(),
            region: "eu-1".to_owned(),
            port: Some(9000),
            ca_file: None,
        };
        self.storing("bucket", Store::S3(bucket))
    }

    fn container(&self) -> Draft {
        let container = Container {
            account: "ours".to_owned(),
            name: "backups".to_owned(),
            endpoint: None,
            port: None,
            ca_file: None,
        };
        self.storing("container", Store::Azure(container))
    }

    fn storing(&self, name: &str, store: Store) -> Draft {
        let repository = draft::Repository {
            name: name.to_owned(),
            path: "/db1".to_owned(),
            store: Some(store),
        };
        Draft { repository: Some(repository), ..self.draft() }
    }

    fn text(&self) -> String {
        fs::read_to_string(self.folder.path().join("agent.toml")).unwrap()
    }

    fn refused(&self, change: impl FnOnce(&mut Draft)) -> String {
        let mut draft = self.draft();
        change(&mut draft);
        self.desk.look(&draft).unwrap_err().to_string()
    }
}

#[test]
fn a_block_is_added_at_the_end_and_what_stood_there_stays_letter_for_letter() {
    let host = Host::new(Some(STANDING));
    let file = host.folder.path().join("agent.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();

    let proposal = host.desk.look(&host.draft()).unwrap();
    let difference = proposal.difference.clone().unwrap();
    assert!(
        difference.contains(
            "-# the end\n\\ No newline at end of file\n+# the end\n+\n+[[database]]\n+name"
        ),
        "{difference}"
    );
    assert_eq!(proposal.missing.as_deref(), Some(host.folder.path().join("repo").as_path()));
    assert!(
        proposal
            .protecting
            .as_ref()
            .unwrap()
            .command
            .ends_with("/state/databases/main/archive.conf --stanza=main archive-push %p")
    );
    assert_eq!(host.text(), STANDING, "nothing is written by a look");
    host.desk.write(&proposal).unwrap();

    let text = host.text();
    assert!(text.starts_with(STANDING), "{text}");
    assert_eq!(text[STANDING.len()..], format!("\n\n{}", host.draft().blocks()));
    let found = file.metadata().unwrap();
    assert_eq!((found.mode() & 0o777, found.uid()), (0o640, geteuid().as_raw()));
    assert_eq!(settings::parse(&file).unwrap().limits.disk_floor, settings::Size(20 << 20));
    let again = host.desk.look(&host.draft()).unwrap();
    assert_eq!(again.difference, None, "it stands there already");
    host.desk.write(&again).unwrap();
    assert_eq!(host.text(), text);
    assert!(!host.folder.path().join(".agent.toml.new").exists());
}

#[test]
fn where_there_is_no_file_one_is_made_that_the_agent_may_read() {
    let host = Host::new(None);
    let proposal = host.desk.look(&host.draft()).unwrap();
    assert!(proposal.difference.as_ref().unwrap().starts_with("--- /dev/null\n"));
    host.desk.write(&proposal).unwrap();
    assert_eq!(host.text(), host.draft().blocks());
    let mode = host.folder.path().join("agent.toml").metadata().unwrap().mode();
    assert_eq!(mode & 0o777, 0o644);

    let two = |draft: &mut Draft| draft.repository.as_mut().unwrap().path = "/elsewhere".to_owned();
    assert!(host.refused(two).contains("names a repository “disk” already"));
    let other = |draft: &mut Draft| draft.database.as_mut().unwrap().user = "other".to_owned();
    assert!(host.refused(other).contains("names a database “main” already"));
}

#[test]
fn a_draft_that_is_not_just_this_hosts_server_is_not_followed() {
    let host = Host::new(None);
    let database = |change: fn(&mut draft::Database)| {
        host.refused(|draft| change(draft.database.as_mut().unwrap()))
    };
    for (said, expected) in [
        (
            database(|it| it.name = "main\"\nstart = [\"/x\"]".to_owned()),
            "not one that Muster makes",
        ),
        (database(|it| it.user = "postgres\nstop".to_owned()), "not one that Muster makes"),
        (database(|it| it.data_dir.push_str("\n[limits]")), "not one that Muster makes"),
        (database(|it| it.unit = Some("sh -c x".to_owned())), "not one that Muster makes"),
        (
            database(|it| it.unit = Some("sshd.service".to_owned())),
            "not the one that keeps this server running",
        ),
        (
            database(|it| it.port = 5432),
            "listens at port 5433 in /run/pg, and the draft says port 5432",
        ),
        (database(|it| it.socket = "/tmp".to_owned()), "the draft says port 5433 in /tmp"),
        (database(|it| it.data_dir.push_str("/base")), "there is no data folder"),
        (database(|it| it.data_dir = "/etc".to_owned()), "belongs to root"),
        (host.refused(|draft| draft.repository = None), "names no repository"),
        (
            host.refused(|draft| {
                draft.repository.as_mut().unwrap().path = "/a\nkind = \"s3\"".to_owned()
            }),
            "not one that Muster makes",
        ),
    ] {
        assert!(said.contains(expected), "{expected:?} is not in: {said}");
    }
    fs::write(host.folder.path().join("data/postmaster.pid"), "x").unwrap();
    assert!(host.refused(|_| {}).contains("no server runs on"));
    assert!(!host.folder.path().join("agent.toml").exists());
}

#[test]
fn nothing_is_added_to_a_file_that_others_could_have_changed_or_that_changes_meanwhile() {
    let host = Host::new(Some(STANDING));
    let file = host.folder.path().join("agent.toml");
    let proposal = host.desk.look(&host.draft()).unwrap();
    fs::write(&file, format!("{STANDING}\n# Grace was here\n")).unwrap();
    let said = host.desk.write(&proposal).unwrap_err().to_string();
    assert!(
        said.contains("was changed meanwhile") && host.text().ends_with("# Grace was here\n"),
        "{said}"
    );
    assert!(!host.folder.path().join(".agent.toml.new").exists());

    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(host.refused(|_| {}).contains("others than its owner may write it"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&file, "[[database]]\nnaem = 1\n").unwrap();
    assert!(host.refused(|_| {}).contains("“naem” is not known"));
}

#[test]
fn what_opens_a_bucket_is_asked_for_once_and_lies_closed_to_all_but_the_agents_user() {
    let host = Host::new(None);
    let locked = |draft: &Draft| host.desk.look(draft).unwrap().locked;
    assert_eq!(locked(&host.bucket()), Some(("bucket".to_owned(), Kind::S3)));
    assert_eq!(locked(&host.container()), Some(("container".to_owned(), Kind::Azure)));
    let secret = "s\"e\\c'ret#";
    let credentials = Credentials {
        name: "bucket".to_owned(),
        key: "AKIA".to_owned(),
        secret: Some(secret.to_owned()),
    };
    host.desk.keep(&credentials).unwrap();

    let proposal = host.desk.look(&host.bucket()).unwrap();
    assert_eq!(proposal.locked, None);
    assert!(!proposal.difference.unwrap().contains("AKIA"));
    let file = host.folder.path().join("agent.secrets.toml");
    let found = file.metadata().unwrap();
    assert_eq!((found.mode() & 0o7777, found.uid()), (0o600, host.desk.user.0.as_raw()));
    let kept = settings::parse_secrets(&file, &fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(kept.of("bucket"), Some(&credentials));

    let more = Credentials { name: "container".to_owned(), key: "a+8=".to_owned(), secret: None };
    host.desk.keep(&more).unwrap();
    let kept = settings::parse_secrets(&file, &fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((kept.of("bucket"), kept.of("container")), (Some(&credentials), Some(&more)));
    let fit = |one: &Credentials| (one.fit(Kind::S3), one.fit(Kind::Azure));
    assert_eq!((fit(&credentials), fit(&more)), ((true, false), (false, true)));
}

#[test]
fn a_folder_is_made_for_the_agents_user_alone_in_folders_as_any_are() {
    let host = Host::new(None);
    let folder = host.folder.path().join("repo");
    host.desk.make_folder(&folder).unwrap();
    let found = folder.metadata().unwrap();
    assert_eq!((found.mode() & 0o777, found.uid()), (0o700, host.desk.user.0.as_raw()));
    assert!(host.desk.make_folder(&folder).is_err(), "what is there stays as it is");

    let deep = host.folder.path().join("deep/repo");
    host.desk.make_folder(&deep).unwrap();
    let (within, around) = (deep.metadata().unwrap(), deep.parent().unwrap().metadata().unwrap());
    assert_eq!((within.mode() & 0o777, within.uid()), (0o700, host.desk.user.0.as_raw()));
    assert_eq!((around.mode() & 0o777, around.uid()), (0o755, geteuid().as_raw()));
}

#[test]
fn a_folder_that_is_closed_to_the_agents_user_is_named() {
    let host = Host::new(None);
    let conf = host.folder.path().join("conf");
    let file = conf.join("agent.toml");
    let closed = || file::closed_to(host.desk.user, &file);
    let set = |mode| fs::set_permissions(&conf, fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(closed(), None, "a folder that is not there is made open");
    fs::create_dir(&conf).unwrap();
    set(0o600); // also to its owner, where that is who runs this
    assert_eq!(closed(), Some(conf.clone()));
    set(0o755);
    assert_eq!(closed(), None);
}
