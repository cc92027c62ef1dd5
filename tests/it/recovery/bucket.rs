//! A bucket of a real store behind TLS: takes backups that are proved, and is named in words where it fails.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use super::kit::{typing, words};
use crate::support::host::{Host, Said};
use crate::support::store::Store;

#[test]
fn a_bucket_takes_backups_that_are_proved_and_what_is_wrong_with_it_is_said_in_words() {
    let store = Store::start();
    let host = Host::archiving();
    let settings = host.path("conf/agent.toml");
    let whole = in_place_of_the_folder(&store, &host);
    assert!(host.bad(&["check"]).contains("no key and secret for the bucket “disk”"));
    let keys = |text: &str| host.keep("conf/agent.secrets.toml", text);
    let (opens, wrong) =
        (store.secrets("disk"), store.secrets("disk").replace(&store.secret, "wrong"));
    let secrets = keys(&opens);

    let said = host.good(&["check"]);
    assert!(said.contains("s3://muster/hosts/db1 at localhost answers"), "{said}");
    it_is_backed_up_and_proved(&host, &store.secret);
    it_is_dumped_and_proved(&host, &store.secret);
    its_kit_is_proved_and_replaced(&host, &opens);

    let said_by_all = |expected: &str| {
        for deed in [&["check"][..], &["points", "main"], &["backup", "main"]] {
            let said = host.bad(deed);
            assert!(said.contains(expected), "{deed:?}: {expected:?} is not in:\n{said}");
            assert!(!said.contains(&store.secret), "no secret is ever shown: {said}");
        }
    };
    let key = host.state("repositories/disk/key");
    std::fs::rename(&key, host.path("key")).unwrap();
    said_by_all("is missing");
    assert!(!key.exists(), "no second key is made");
    std::fs::rename(host.path("key"), &key).unwrap();
    keys(&wrong);
    said_by_all("its key or secret is wrong");
    keys(&opens);
    std::fs::set_permissions(&secrets, PermissionsExt::from_mode(0o640)).unwrap();
    said_by_all("it holds secrets");
    keys(&opens);
    std::fs::write(&settings, whole.replace("bucket = \"muster\"", "bucket = \"none\"")).unwrap();
    said_by_all("there is no such bucket");
    let ca = format!("ca_file = {:?}\n", store.certificate());
    std::fs::write(&settings, whole.replace(&ca, "")).unwrap();
    assert!(host.bad(&["check"]).contains("is not trusted"));
    std::fs::write(&settings, &whole).unwrap();
    assert!(!host.run(&["check"]).text.contains("is not trusted"));
    host.stop("fast"); // while it still can archive
    let secret = store.secret.clone();
    drop(store);
    let said = host.bad(&["points", "main"]);
    assert!(said.contains("it can't be reached") && !said.contains(&secret), "{said}");
}

/// Gives all of `agent.toml`.
pub(super) fn in_place_of_the_folder(store: &Store, host: &Host) -> String {
    let settings = host.path("conf/agent.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let folder = format!("kind = \"folder\"\npath = {:?}\n", host.path("repo"));
    let whole = text.replace(&folder, &store.block());
    std::fs::write(&settings, &whole).unwrap();
    whole
}

pub(super) fn it_is_backed_up_and_proved(host: &Host, secret: &str) {
    host.good(&["backup", "main"]);
    host.sql("postgres", "create table t as select 1 as x");
    host.sql("postgres", "select pg_switch_wal()");
    let deadline = Instant::now() + Duration::from_secs(90);
    while host.points()["exposure"]["state"] != "nothing" {
        assert!(Instant::now() < deadline, "{}", host.points());
    }
    let said = host.good(&["prove", "main"]);
    assert!(said.contains("Verified: 20") && !said.contains(secret), "{said}");
    let config = host.state("repositories/disk/pgbackrest.conf");
    assert!(std::fs::read_to_string(&config).unwrap().contains(secret));
    assert_eq!(config.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

fn it_is_dumped_and_proved(host: &Host, secret: &str) {
    host.good(&["dump", "main"]);
    let said = host.good(&["prove", "main", "--dump"]);
    assert!(said.contains("Verified: 20") && !said.contains(secret), "{said}");
}

/// The older copy goes once the newer kit was proved.
fn its_kit_is_proved_and_replaced(host: &Host, secrets: &str) {
    let older = words(&host.good(&["kit"]));
    let proved = typing(host, &["kit", "prove"], &older);
    let place = "s3://muster/hosts/db1/muster/site-kit-";
    assert!(proved.good && proved.text.contains(place), "{}", proved.text);
    let newer = words(&host.good(&["kit"]));
    it_opens_from_its_copy(host, &newer, secrets);
    assert!(typing(host, &["kit", "prove"], &newer).good, "which removes the older copy");
    assert!(!opened(host, &older).good, "the older words open nothing more");
}

pub(super) fn it_opens_from_its_copy(host: &Host, words: &str, secrets: &str) {
    let said = opened(host, words);
    assert!(said.good, "{}", said.text);
    let into = host.path("socket/opened");
    assert_eq!(std::fs::read_to_string(into.join("agent.secrets.toml")).unwrap(), secrets);
    std::fs::remove_dir_all(into).unwrap();
}

fn opened(host: &Host, words: &str) -> Said {
    let into = host.path("socket/opened");
    let open = ["kit", "open", "--repository", "disk", "--into", into.to_str().unwrap()];
    typing(host, &open, words)
}
