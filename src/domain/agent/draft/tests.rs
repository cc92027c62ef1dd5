use time::macros::datetime;

use super::*;

fn draft() -> Draft {
    Draft {
        database: Some(Database {
            name: "main".to_owned(),
            data_dir: "/var/lib/postgresql/15/main".to_owned(),
            port: 5432,
            socket: "/var/run/postgresql".to_owned(),
            user: "postgres".to_owned(),
            unit: Some("postgresql@15-main.service".to_owned()),
        }),
        repository: Some(Repository {
            name: "disk".to_owned(),
            path: "/backup/muster".to_owned(),
            store: None,
        }),
    }
}

fn bucket() -> Repository {
    let bucket = Bucket {
        endpoint: "s3.eu-central-1.amazonaws.com".to_owned(),
        name: "our-backups".to_owned(),
        region: "eu-central-1".to_owned(),
        port: Some(9000),
        ca_file: Some("/etc/muster/ca.pem".to_owned()),
    };
    stored("bucket", Store::S3(bucket))
}

fn container(endpoint: Option<&str>) -> Repository {
    let container = Container {
        account: "ours".to_owned(),
        name: "backups".to_owned(),
        endpoint: endpoint.map(str::to_owned),
        port: None,
        ca_file: None,
    };
    stored("container", Store::Azure(container))
}

fn stored(name: &str, store: Store) -> Repository {
    Repository { name: name.to_owned(), path: "/db1".to_owned(), store: Some(store) }
}

#[test]
fn a_draft_reads_as_a_person_would_write_it() {
    assert_eq!(
        draft().blocks(),
        r#"[[database]]
name = "main"
data_dir = "/var/lib/postgresql/15/main"
port = 5432
socket = "/var/run/postgresql"
user = "postgres"
unit = "postgresql@15-main.service"

[[repository]]
name = "disk"
kind = "folder"
path = "/backup/muster"
"#
    );
    let to_bucket = Draft { repository: Some(bucket()), ..draft() }.blocks();
    assert!(to_bucket.ends_with(
        r#"[[repository]]
name = "bucket"
kind = "s3"
endpoint = "s3.eu-central-1.amazonaws.com"
bucket = "our-backups"
region = "eu-central-1"
port = 9000
ca_file = "/etc/muster/ca.pem"
path = "/db1"
"#
    ));
    let with = |repository| Draft { repository: Some(repository), ..draft() };
    let to_container = with(container(None)).blocks();
    assert!(to_container.ends_with(
        r#"[[repository]]
name = "container"
kind = "azure"
account = "ours"
container = "backups"
path = "/db1"
"#
    ));
    let elsewhere = with(container(Some("localhost"))).blocks();
    assert!(elsewhere.contains("container = \"backups\"\nendpoint = \"localhost\"\n"));
    assert_eq!(container(None).place(), "ours/backups/db1 at blob.core.windows.net");
    assert_eq!(
        (draft().faults(), Draft { repository: None, ..draft() }.faults()),
        (vec![], vec![])
    );
}

#[test]
fn each_wrong_word_is_named_by_its_field() {
    let mut wrong = draft();
    let database = wrong.database.as_mut().unwrap();
    database.name = "Main".to_owned();
    database.user = "post\ngres".to_owned();
    database.data_dir = "data".to_owned();
    database.unit = Some("x; reboot".to_owned());
    wrong.repository = Some(Repository { path: "/a\nb".to_owned(), ..draft().repository.unwrap() });
    let fields =
        |draft: &Draft| draft.faults().into_iter().map(|(field, _)| field).collect::<Vec<_>>();
    assert_eq!(fields(&wrong), ["name", "cluster", "user", "service", "folder"]);

    let mut store = bucket();
    let Some(Store::S3(of)) = &mut store.store else { panic!() };
    of.endpoint = "https://s3".to_owned();
    of.region = String::new();
    of.port = Some(0);
    of.ca_file = Some("ca.pem".to_owned());
    let wrong = Draft { repository: Some(store), ..draft() };
    assert_eq!(fields(&wrong), ["endpoint", "region", "port", "ca_file"]);

    let mut store = container(Some("https://x"));
    let Some(Store::Azure(of)) = &mut store.store else { panic!() };
    of.account = "a/b".to_owned();
    of.name = String::new();
    let wrong = Draft { repository: Some(store), ..draft() };
    assert_eq!(fields(&wrong), ["account", "container", "endpoint"]);
}

#[test]
fn whatever_a_word_holds_it_stays_one_text_of_one_key() {
    for hostile in
        ["/a\"\nstart = [\"/x\"]\n#", "/it's \\ \"x\"", "'''", "\"\"\"\n[limits]\n", "a\u{1b}[2J"]
    {
        let mut draft = draft();
        draft.database.as_mut().unwrap().data_dir = hostile.to_owned();
        let text = draft.blocks();
        let read: toml_edit::DocumentMut = text.parse().unwrap_or_else(|_| panic!("{text}"));
        let database = read["database"].as_array_of_tables().unwrap().get(0).unwrap().clone();
        assert_eq!(database["data_dir"].as_str(), Some(hostile));
        assert_eq!((database.len(), read.len()), (6, 2), "{text}");
    }
}

#[test]
fn a_key_that_is_not_known_is_no_draft() {
    let mut value = serde_json::to_value(draft()).unwrap();
    assert_eq!(serde_json::from_value::<Draft>(value.clone()).unwrap(), draft());
    value["database"]["start"] = serde_json::json!(["/bin/sh"]);
    assert!(serde_json::from_value::<Draft>(value).is_err());

    for repository in [bucket(), container(None)] {
        let draft = Draft { repository: Some(repository), ..draft() };
        let mut value = serde_json::to_value(&draft).unwrap();
        assert_eq!(serde_json::from_value::<Draft>(value.clone()).unwrap(), draft);
        value["repository"]["bucket"]["key"] = serde_json::json!("secret");
        assert!(serde_json::from_value::<Draft>(value).is_err());
    }
}

/// Drafts as agents read them that know of no repository alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Older {
    #[expect(dead_code, reason = "it is read")]
    database: Database,
    #[serde(default)]
    #[expect(dead_code, reason = "it is read")]
    repository: Option<Repository>,
}

#[test]
fn an_older_agent_reads_what_it_always_read_and_says_that_a_repository_alone_is_strange_to_it() {
    let whole = serde_json::to_string(&draft()).unwrap();
    assert!(serde_json::from_str::<Older>(&whole).is_ok(), "{whole}");

    let alone = serde_json::to_string(&Draft { database: None, ..draft() }).unwrap();
    let said = serde_json::from_str::<Older>(&alone).unwrap_err().to_string();
    assert!(said.contains("missing field `database`"), "{said}");
}

#[test]
fn a_repository_alone_is_a_draft_and_nothing_at_all_is_none() {
    let alone = Draft { database: None, ..draft() };
    assert_eq!(
        alone.blocks(),
        "[[repository]]\nname = \"disk\"\nkind = \"folder\"\npath = \"/backup/muster\"\n"
    );
    assert_eq!((alone.faults(), alone.purpose().as_str()), (vec![], "to add the repository disk"));
    let text = serde_json::to_string(&alone).unwrap();
    assert_eq!(serde_json::from_str::<Draft>(&text).unwrap(), alone);

    let nothing: Draft = serde_json::from_str("{}").unwrap();
    assert_eq!(nothing.faults()[0].0, "where");
    assert_eq!(nothing.blocks(), "");
}

#[test]
fn a_draft_lapses_after_seven_days_and_only_where_nobody_answered() {
    let at = datetime!(2026-11-14 12:00 UTC);
    let (almost, after) = (at + Duration::days(7) - Duration::SECOND, at + Duration::days(7));
    assert_eq!(State::Open.by_now(at, almost), State::Open);
    assert_eq!(State::Open.by_now(at, after), State::Lapsed);
    assert_eq!(State::Allowed.by_now(at, after), State::Allowed);
    for state in State::KEPT {
        assert_eq!(state.name().parse(), Ok(state));
    }
    assert!("lapsed".parse::<State>().is_err(), "it is never kept");
}
