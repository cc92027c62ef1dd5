//! A repository that is added alone.

use std::os::unix::fs::symlink;

use super::*;

/// A host that keeps its database in one folder.
fn host() -> Host {
    let host = Host::new(Some(STANDING));
    let proposal = host.desk.look(&host.draft()).unwrap();
    host.desk.make_folder(&host.path("repo")).unwrap();
    host.desk.write(&proposal).unwrap();
    host
}

impl Host {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn second(&self, path: PathBuf) -> Draft {
        let (name, path) = ("second".to_owned(), path.display().to_string());
        Draft { database: None, repository: Some(draft::Repository { name, path, store: None }) }
    }

    fn not_there(&self, path: PathBuf) -> String {
        self.desk.look(&self.second(path)).unwrap_err().to_string()
    }
}

#[test]
fn its_block_alone_is_added_and_no_server_is_looked_for() {
    let host = host();
    let before = host.text();
    fs::remove_file(host.path("data/postmaster.pid")).unwrap();
    let draft = host.second(host.path("second"));

    let proposal = host.desk.look(&draft).unwrap();
    assert!(proposal.protecting.is_none());
    assert_eq!(proposal.missing.as_deref(), Some(host.path("second").as_path()));
    assert_eq!(host.text(), before, "nothing is written by a look");
    host.desk.write(&proposal).unwrap();

    assert_eq!(host.text(), format!("{before}\n{}", draft.blocks()));
    let read = settings::parse(&host.path("agent.toml")).unwrap();
    assert_eq!((read.database.len(), read.repository.len()), (1, 2));
    assert_eq!(host.desk.look(&draft).unwrap().difference, None, "it stands there already");

    let bucket = Draft { database: None, ..host.bucket() };
    let proposal = host.desk.look(&bucket).unwrap();
    assert_eq!((proposal.locked, proposal.missing), (Some(("bucket".to_owned(), Kind::S3)), None));
}

#[test]
fn a_name_or_a_place_that_is_anothers_is_refused_wherever_links_lead() {
    let host = host();
    let before = host.text();
    for (link, to) in
        [("data-by-another-way", "data"), ("repo-by-another-way", "repo"), ("keys", "state")]
    {
        fs::create_dir_all(host.path(to)).unwrap();
        symlink(host.path(to), host.path(link)).unwrap();
    }
    symlink("/etc", host.path("system")).unwrap();
    for (path, expected) in [
        ("repo", "“disk” lies there already"),
        ("repo/inner", "“disk” lies there already"),
        ("repo-by-another-way", "“disk” lies there already"),
        ("repo-by-another-way/not/yet", "“disk” lies there already"),
        ("", "“disk” lies there already"),
        ("data/inner", "in a cluster’s own data"),
        ("data-by-another-way/inner", "in a cluster’s own data"),
        ("keys/inner", "the agent keeps its keys there"),
        ("system/inner", "the system keeps its own there"),
    ] {
        let said = host.not_there(host.path(path));
        assert!(said.contains(expected), "{path}: {expected:?} is not in: {said}");
    }
    let mut taken = host.second(host.path("elsewhere"));
    taken.repository.as_mut().unwrap().name = "disk".to_owned();
    let said = host.desk.look(&taken).unwrap_err().to_string();
    assert!(said.contains("names a repository “disk” already"), "{said}");

    let nothing = Draft { database: None, repository: None };
    let said = host.desk.look(&nothing).unwrap_err().to_string();
    assert!(said.contains("not one that Muster makes"), "{said}");
    assert_eq!(host.text(), before);
}

#[test]
fn two_in_one_bucket_lie_apart() {
    let host = host();
    let bucket = Draft { database: None, ..host.bucket() };
    host.desk.write(&host.desk.look(&bucket).unwrap()).unwrap();
    let mut second = bucket;
    let repository = second.repository.as_mut().unwrap();
    (repository.name, repository.path) = ("bucket-2".to_owned(), "/db1/inner".to_owned());

    let refused = host.desk.look(&second).unwrap_err();

    assert!(matches!(refused, AllowError::Unfit(_)), "it costs the other drafts nothing");
    let said = refused.to_string();
    assert!(said.contains("“bucket” lies there already"), "{said}");
}
