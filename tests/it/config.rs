//! Settings: their order, their defaults, and the words for everything that is wrong.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use muster::config::{self, Flags, Problems, Settings, Surroundings};
use tempfile::TempDir;

const NO_FLAGS: fn() -> Flags = Flags::default;

struct Start {
    folder: TempDir,
    around: Surroundings,
}

impl Start {
    fn with(environment: &[(&str, &str)]) -> Start {
        let folder = tempfile::tempdir().unwrap();
        let pairs = environment.iter().chain(&[("HOME", "/home/ada"), ("PATH", "/bin")]);
        let environment = pairs.map(|(k, v)| (OsString::from(k), OsString::from(v))).collect();
        let system_file = folder.path().join("etc.toml");
        let path = folder.path().to_owned();
        Start {
            folder,
            around: Surroundings { environment, folder: path, root: false, system_file },
        }
    }

    fn file(self, name: &str, text: &str) -> Start {
        fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    fn read(&self, flags: Flags) -> Result<Settings, Problems> {
        config::read(&flags, &self.around)
    }

    fn problems(&self, flags: Flags) -> Vec<String> {
        self.read(flags).unwrap_err().0.iter().map(ToString::to_string).collect()
    }
}

#[test]
fn nothing_given_is_enough_to_start() {
    let settings = Start::with(&[]).read(NO_FLAGS()).unwrap();

    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.server.public_url.to_string(), "http://127.0.0.1:8080");
    assert_eq!(settings.data.dir, PathBuf::from("/home/ada/.local/share/muster"));
    assert_eq!(settings.data.keyring, PathBuf::from("/home/ada/.local/share/muster.keyring"));
    assert_eq!(settings.data.status_dir, PathBuf::from("/home/ada/.local/share/muster/status"));
    assert_eq!(settings.database.url, None);
    assert!(settings.mail.outgoing.is_none());
    assert_eq!((settings.log.filter.as_str(), settings.log.json), ("info,sqlx=warn", false));
}

#[test]
fn root_keeps_data_under_var_lib() {
    let mut start = Start::with(&[]);
    start.around.root = true;

    assert_eq!(start.read(NO_FLAGS()).unwrap().data.dir, PathBuf::from("/var/lib/muster"));
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let file = "listen = '127.0.0.1:1'\nlog = 'warn'\nhosts = ['a.example.org', 'b.example.org']\n";
    let environment = [("MUSTER_LISTEN", "127.0.0.1:2"), ("MUSTER_LOG", "debug")];
    let start = Start::with(&environment).file("muster.toml", file);
    let flags = Flags { listen: Some("127.0.0.1:3".to_owned()), ..Flags::default() };

    let settings = start.read(flags).unwrap();

    assert_eq!(settings.server.listen.port(), 3);
    assert_eq!(settings.server.public_url.to_string(), "http://127.0.0.1:3");
    assert_eq!(settings.log.filter, "debug");
    assert_eq!(settings.server.hosts, ["a.example.org", "b.example.org"]);
}

#[test]
fn everything_wrong_is_said_at_once_and_in_its_place() {
    let file = "# ours\nlisten = \"8080\"\nlistn = \"x\"\n\nhosts = [\"ok.example.org\", \"not ok\"]\nlog_format = 7\n[mail]\nfrom = \"x\"\n";
    let environment = [("MUSTER_PUBLIC_URL", "muster.example.org"), ("MUSTER_DATADIR", "/d")];
    let start = Start::with(&environment).file("muster.toml", file);
    let flags = Flags { log: Some("warnn".to_owned()), ..Flags::default() };

    let problems = start.problems(flags);

    let wanted = [
        "MUSTER_DATADIR: there is no such setting; MUSTER_DATA_DIR is one",
        "muster.toml, line 3, column 1, listn: there is no such setting; “listen” is one",
        "muster.toml, line 6, column 14, log_format: this is no text",
        "muster.toml, line 7, column 2, mail: there is no such setting",
        "muster.toml, line 2, column 10, listen: “8080” can't be used; wanted: an address and",
        "MUSTER_PUBLIC_URL: “muster.example.org” can't be used; wanted: http:// or https://",
        "muster.toml, line 5, column 28, hosts: “not ok” can't be used; wanted: a host name",
        "--log: “warnn” can't be used; wanted: off, error",
    ];
    assert_eq!(problems.len(), wanted.len(), "{problems:#?}");
    for (problem, wanted) in problems.iter().zip(wanted) {
        assert!(problem.starts_with(wanted), "{problem} does not begin with {wanted}");
    }
}

#[test]
fn a_bad_value_is_refused_even_where_a_flag_hides_it() {
    let start = Start::with(&[("MUSTER_LISTEN", "nowhere")]);
    let flags = Flags { listen: Some("127.0.0.1:3".to_owned()), ..Flags::default() };

    assert_eq!(start.problems(flags).len(), 1);
}

#[test]
fn a_file_that_is_no_toml_is_named_with_its_line_and_without_its_words() {
    let start = Start::with(&[]).file("muster.toml", "log = 'info'\nsmtp_url = 'hunter2\n");

    let problems = start.problems(NO_FLAGS());

    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("muster.toml, line 2, column "), "{problems:?}");
    assert!(!problems[0].contains("hunter2"), "{problems:?}");
}

#[test]
fn a_named_file_must_exist_and_others_need_not() {
    let environment = [("MUSTER_CONFIG", "mine.toml")];

    let problems = Start::with(&environment).problems(NO_FLAGS());
    assert!(problems[0].starts_with("mine.toml: the settings file can't be read"), "{problems:?}");

    let start = Start::with(&environment).file("mine.toml", "listen = '127.0.0.1:9'");
    assert_eq!(start.read(NO_FLAGS()).unwrap().server.listen.port(), 9);
}

#[test]
fn the_systems_file_is_read_only_where_none_lies_near() {
    let start = Start::with(&[]).file("etc.toml", "listen = '127.0.0.1:5'");
    assert_eq!(start.read(NO_FLAGS()).unwrap().server.listen.port(), 5);

    let start = start.file("muster.toml", "log = 'warn'");
    assert_eq!(start.read(NO_FLAGS()).unwrap().server.listen.port(), 8080);
}

#[test]
fn paths_in_a_file_start_from_its_folder() {
    let start = Start::with(&[("MUSTER_CONFIG", "conf/m.toml"), ("MUSTER_STATUS_DIR", "public")]);
    fs::create_dir(start.folder.path().join("conf")).unwrap();
    let start = start.file("conf/m.toml", "data_dir = '../data'");

    let data = start.read(NO_FLAGS()).unwrap().data;

    assert_eq!(data.dir, start.folder.path().join("conf/../data"));
    assert_eq!(data.status_dir, start.folder.path().join("public"));
}

#[test]
fn secrets_show_neither_in_debug_output_nor_in_refusals() {
    let environment = [
        ("DATABASE_URL", "postgres://u:hunter2@db/muster"),
        ("MUSTER_SMTP_URL", "smtps://u:hunter2@mail.example.org"),
        ("MUSTER_MAIL_FROM", "Muster <muster@example.org>"),
    ];
    let settings = Start::with(&environment).read(NO_FLAGS()).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"), "{settings:?}");
    assert_eq!(settings.database.url.unwrap().expose(), "postgres://u:hunter2@db/muster");

    let environment = [("DATABASE_URL", "mysql://hunter2"), ("MUSTER_SMTP_URL", "hunter2")];
    let problems = Start::with(&environment).problems(NO_FLAGS());
    assert_eq!(problems.len(), 2);
    assert!(!problems.concat().contains("hunter2"), "{problems:?}");
}

#[test]
fn settings_that_need_each_other_are_asked_for_together() {
    let url = ("MUSTER_SMTP_URL", "smtps://mail.example.org");
    let from = ("MUSTER_MAIL_FROM", "muster@example.org");

    let alone = Start::with(&[url]).problems(NO_FLAGS());
    assert!(alone[0].starts_with("MUSTER_SMTP_URL: this needs MUSTER_MAIL_FROM"), "{alone:?}");
    let alone = Start::with(&[from]).problems(NO_FLAGS());
    assert!(alone[0].starts_with("MUSTER_MAIL_FROM: this only goes with"), "{alone:?}");
    assert!(Start::with(&[url, from]).read(NO_FLAGS()).unwrap().mail.outgoing.is_some());
}

#[test]
fn the_key_ring_may_not_lie_in_the_data_folder() {
    let environment = [("MUSTER_DATA_DIR", "/d"), ("MUSTER_KEYRING", "/d/keys")];

    let problems = Start::with(&environment).problems(NO_FLAGS());

    assert!(problems[0].starts_with("MUSTER_KEYRING: the key ring must lie outside"));
}

#[test]
fn without_a_home_a_data_folder_must_be_named() {
    let mut start = Start::with(&[]);
    start.around.environment.clear();

    let problems = start.problems(NO_FLAGS());

    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("MUSTER_DATA_DIR: name a data folder"), "{problems:?}");
}

#[test]
fn an_extra_authority_must_be_a_certificate() {
    let key = rcgen::generate_simple_self_signed(vec!["mail.example.org".to_owned()]).unwrap();
    let environment = [("MUSTER_SMTP_CA", "ca.pem")];

    let missing = Start::with(&environment).problems(NO_FLAGS());
    assert!(missing[0].contains("wanted: a PEM file with a certificate; here: "), "{missing:?}");
    let start = Start::with(&environment).file("ca.pem", "hello");
    assert_eq!(start.problems(NO_FLAGS()).len(), 1);
    let start = start.file("ca.pem", &key.cert.pem());
    assert!(start.read(NO_FLAGS()).unwrap().mail.ca.is_some());
}

#[test]
fn an_empty_value_is_refused_rather_than_taken_for_none() {
    let start = Start::with(&[("DATABASE_URL", "")]);

    let problems = start.problems(NO_FLAGS());

    assert!(
        problems[0].starts_with("DATABASE_URL: this is empty; wanted: postgres"),
        "{problems:?}"
    );
}
