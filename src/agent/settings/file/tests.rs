use std::os::unix::fs::PermissionsExt;

use super::*;

const WHOLE: &str = r#"
[[database]]
name = "main"
data_dir = "/var/lib/postgresql/15/main"

[[repository]]
name = "disk"
kind = "folder"
path = "/backup/muster"

[limits]
disk_floor = "2 GB"
"#;

fn refused(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agent.toml");
    std::fs::write(&file, text).unwrap();
    read(&file).unwrap_err().to_string()
}

#[test]
fn what_is_left_out_is_as_debian_has_it() {
    let settings = read_tables(WHOLE, judge::judge).unwrap();

    let main = settings.database("main").unwrap();
    assert_eq!((main.port, main.user.as_str()), (5432, "postgres"));
    assert_eq!(main.socket, Path::new("/var/run/postgresql"));
    assert_eq!(settings.limits.disk_floor, super::super::Size::gigabytes(2));
    assert_eq!(settings.limits.processes, 2);
    assert_eq!(settings.database("other"), None);
}

#[test]
fn another_hosts_kit_is_named_once_by_a_whole_path() {
    let named =
        |kits: [&str; 2]| kits.map(|kit| format!("[[elsewhere]]\nkit = {kit:?}\n")).concat();
    let words = refused(&(WHOLE.to_owned() + &named(["kits/db1", "/kits/db2"])));
    assert!(words.contains("this must be a whole path"), "{words}");
    let words = refused(&(WHOLE.to_owned() + &named(["/kits/db1", "/kits/db1"])));
    assert!(words.contains("this folder is named already"), "{words}");
    let text = WHOLE.to_owned() + &named(["/kits/db1", "/kits/db2"]);
    let settings = read_tables(&text, judge::judge).unwrap();
    assert_eq!(settings.elsewhere[1].kit, Path::new("/kits/db2"));
}

#[test]
fn every_mistake_is_named_at_once_with_its_line_and_column() {
    let wrong = WHOLE
        .replace("data_dir", "data_folder")
        .replace("\"folder\"", "\"azure\"")
        .replace("/backup", "backup")
        .replace("2 GB", "much");

    let words = refused(&wrong);

    for expected in [
        "agent.toml:4:1: error: database.main.data_folder: the key “data_folder” is not known",
        "the key “data_dir” is missing",
        "“much” is no size; write it as 500 MB, 2 GB or 1 TB",
    ] {
        assert!(words.contains(expected), "{expected:?} is not in:\n{words}");
    }
    let words = refused(&WHOLE.replace("\"2 GB\"", "2"));
    assert!(words.contains("it must be a size in quotation marks, such as"), "{words}");
    let words = refused(&wrong.replace("data_folder", "data_dir").replace("much", "1 GB"));
    for expected in [
        "repository.disk: the key “account” is missing, which a container needs",
        "agent.toml:9:8: error: repository.disk.path: this must be a whole path",
    ] {
        assert!(words.contains(expected), "{expected:?} is not in:\n{words}");
    }
}

#[test]
fn a_cluster_is_started_and_stopped_by_a_unit_or_by_two_commands_without_a_shell() {
    let with = |lines: &str| WHOLE.replacen("data_dir", &format!("{lines}\ndata_dir"), 1);
    let fits = |lines: &str| read_tables(&with(lines), judge::judge).unwrap();
    let unit = fits("unit = \"postgresql@15-main.service\"");
    let main = unit.database("main").unwrap();
    assert_eq!(main.service(), Some(super::super::Service::Unit("postgresql@15-main.service")));
    fits("start = [\"/opt/up\", \"main; x\"]\nstop = [\"/opt/down\"]");
    assert_eq!(fits("").database("main").unwrap().service(), None);

    for (lines, expected) in [
        ("unit = \"postgresql\"", "a service's whole name"),
        ("unit = \"postgresql@.service\"", "a service's whole name"),
        ("unit = \"x\\\" || true.service\"", "a service's whole name"),
        ("unit = \"-x.service\"", "a service's whole name"),
        ("start = [\"/opt/up\"]", "write stop beside it"),
        ("unit = \"x.service\"\nstop = [\"/opt/down\"]", "write unit, or start and stop"),
        ("start = []\nstop = [\"/opt/down\"]", "name a program and its arguments"),
        ("start = [\"up\"]\nstop = [\"/opt/down\"]", "the program must be a whole path"),
        ("start = [\"/bin/sh\", \"-c\", \"x\"]\nstop = [\"/x\"]", "no shell is run"),
        ("start = [\"/usr/bin/sudo\", \"x\"]\nstop = [\"/x\"]", "no program gain rights"),
        ("start = [\"/bin/systemctl\"]\nstop = [\"/x\"]", "in place of start and stop"),
        ("start = [\"/x/pg_ctl\"]\nstop = [\"/x\"]", "inside the agent's own sandbox"),
        ("start = \"/opt/up\"\nstop = [\"/x\"]", "database.main.start"),
    ] {
        let words = refused(&with(lines));
        assert!(words.contains(expected), "{lines}: {expected:?} is not in:\n{words}");
    }
}

#[test]
fn checks_run_as_a_role_of_their_own() {
    let with = |line: &str| WHOLE.replacen("data_dir", &format!("{line}\ndata_dir"), 1);
    let role = |text: &str| read_tables(text, judge::judge).unwrap().database[0].check_role.clone();
    assert_eq!(role(WHOLE), "muster_check");
    assert_eq!(role(&with("check_role = \"reader\"")), "reader");
    for (line, expected) in [
        ("check_role = \"postgres\"", "never run as the role that Muster works as"),
        ("check_role = \"\"", "must not be empty"),
        ("check_roles = \"reader\"", "the key “check_roles” is not known"),
    ] {
        let words = refused(&with(line));
        assert!(words.contains(expected), "{line}: {expected:?} is not in:\n{words}");
    }
}

#[test]
fn names_are_such_that_folders_can_bear_them_and_differ() {
    for name in ["../etc", "Main", "1", "", "global", "a b", "é"] {
        let words = refused(&WHOLE.replace("\"main\"", &format!("{name:?}")));
        assert!(words.contains("a name has small letters"), "{name}: {words}");
    }
    let twice = format!("{WHOLE}\n{}", WHOLE.split("[[repository]]").next().unwrap());
    assert!(refused(&twice).contains("there is a “main” already"));
}

#[test]
fn a_bucket_needs_its_address_and_a_folder_has_none() {
    let bucket = |lines: &str| WHOLE.replace("\"folder\"", &format!("\"s3\"\n{lines}"));
    const FULL: &str =
        "endpoint = \"s3.eu-central-1.amazonaws.com\"\nbucket = \"b\"\nregion = \"r\"";
    let settings = read_tables(&bucket(FULL), judge::judge).unwrap();
    assert!(!settings.repository[0].in_path());
    let other = bucket(&FULL.replace("amazonaws", "example"));
    assert!(read_tables(&other, judge::judge).unwrap().repository[0].in_path());
    for (text, expected) in [
        (bucket(""), "the key “endpoint” is missing, which a bucket needs"),
        (bucket(&FULL.replace("s3.", "https://s3.")), "no https://, no port"),
        (bucket(&format!("{FULL}\nport = 0")), "this must be from 1 to 65535"),
        (bucket(&format!("{FULL}\nca_file = \"x\"")), "this must be a whole path"),
        (WHOLE.replace("kind", "bucket = \"b\"\nkind"), "a folder has none"),
    ] {
        let words = refused(&text);
        assert!(words.contains(expected), "{text}: {expected:?} is not in:\n{words}");
    }
}

#[test]
fn a_container_is_azures_own_unless_its_store_is_named() {
    let container = |lines: &str| WHOLE.replace("\"folder\"", &format!("\"azure\"\n{lines}"));
    const FULL: &str = "account = \"ours\"\ncontainer = \"backups\"";
    let read = |lines: &str| {
        let settings = read_tables(&container(lines), judge::judge).unwrap();
        let it = &settings.repository[0];
        (it.store().map(str::to_owned), it.in_path())
    };
    let own = |store: &str, in_path| (Some(store.to_owned()), in_path);
    assert_eq!(read(FULL), own("blob.core.windows.net", false));
    let china = format!("{FULL}\nendpoint = \"blob.core.chinacloudapi.cn\"");
    assert_eq!(read(&china), own("blob.core.chinacloudapi.cn", false));
    let emulated = format!("{FULL}\nendpoint = \"localhost\"");
    assert_eq!(read(&emulated), own("localhost", true));
    assert!(!read(&format!("{emulated}\nuri_style = \"host\"")).1);
    for (text, expected) in [
        (container("account = \"ours\""), "“container” is missing, which a container needs"),
        (
            container(&format!("{FULL}\nregion = \"r\"")),
            "a container has none; it belongs to kind = \"s3\"",
        ),
        (
            container(&FULL.replace("ours", "ours.blob.core.windows.net/")),
            "letters, digits, dots and dashes alone",
        ),
        (
            WHOLE.replace("kind", "port = 1\nkind"),
            "a folder has none; it belongs to kind = \"s3\" and kind = \"azure\"",
        ),
    ] {
        let words = refused(&text);
        assert!(words.contains(expected), "{text}: {expected:?} is not in:\n{words}");
    }
}

#[test]
fn two_repositories_lie_apart() {
    let with = |path: &str| {
        let second = format!("name = \"other\"\nkind = \"folder\"\npath = \"{path}\"");
        format!("{WHOLE}\n[[repository]]\n{second}\n")
    };
    assert_eq!(read_tables(&with("/o"), judge::judge).unwrap().repository.len(), 2);
    for inside in ["/backup/muster", "/backup/muster/", "/backup", "/backup/muster/o"] {
        let words = refused(&with(inside));
        assert!(words.contains("“disk” lies there already"), "{inside}: {words}");
    }
    let azure = "kind = \"azure\"\naccount = \"a\"\ncontainer = \"c\"\npath = \"/x\"\n";
    let both = |second: &str| {
        let repository =
            |name: &str, lines: &str| format!("[[repository]]\nname = \"{name}\"\n{lines}");
        format!("{}{}", repository("one", azure), repository("two", second))
    };
    let own = azure.replace("path", "endpoint = \"blob.core.windows.net\"\npath");
    assert!(refused(&both(&own)).contains("“one” lies there already"));
    read_tables(&both(&azure.replace("\"a\"", "\"b\"")), judge::judge).unwrap();
}

#[test]
fn a_file_that_others_may_change_is_refused_however_good_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agent.toml");
    std::fs::write(&file, WHOLE).unwrap();
    let chmod = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for mode in [0o620, 0o602, 0o666] {
        chmod(&file, mode);
        let words = read(&file).unwrap_err().to_string();
        assert!(words.contains("others than its owner may write it"), "{mode:o}: {words}");
    }
    chmod(&file, 0o644);
    read(&file).unwrap();
    chmod(folder.path(), 0o777);
    assert!(matches!(read(&file), Err(Refusal::Exposed(..))));
    chmod(folder.path(), 0o1777);
    read(&file).unwrap();
}

#[test]
fn a_missing_file_says_where_an_example_is() {
    let words = read(Path::new("/nowhere/agent.toml")).unwrap_err().to_string();
    assert!(words.contains("docs/PROTECT.md"), "{words}");
}
