//! A container of a real store that speaks as Azure's do, behind TLS: takes backups that are proved, beside a folder too,
//! and is named in words where it fails.

use super::bucket::{in_place_of_the_folder, it_is_backed_up_and_proved, it_opens_from_its_copy};
use super::kit::words;
use crate::support::host::Host;
use crate::support::store::Store;

const PLACE: &str = "azure://muster/muster/hosts/db1";

#[test]
fn a_container_takes_backups_that_are_proved_and_what_is_wrong_with_it_is_said_in_words() {
    let store = Store::azure();
    let host = Host::archiving();
    let whole = in_place_of_the_folder(&store, &host);
    let opens = store.secrets("disk");
    let keys = |text: &str| host.keep("conf/agent.secrets.toml", text);
    for wrong in
        ["", &opens.replace(&store.secret, "no base64"), &format!("{opens}secret = \"x\"\n")]
    {
        keys(wrong);
        let said = host.bad(&["check"]);
        assert!(said.contains("no key (base64, as Azure shows it"), "{wrong}: {said}");
        assert!(said.contains("for the container “disk”"), "{wrong}: {said}");
    }
    keys(&opens);

    let said = host.good(&["check"]);
    assert!(said.contains(&format!("{PLACE} at localhost answers")), "{said}");
    assert!(said.contains("name a second [[repository]] for them"), "{said}");
    it_is_backed_up_and_proved(&host, &store.secret);
    it_opens_from_its_copy(&host, &words(&host.good(&["kit"])), &opens);
    host.good(&["expire", "main", "--dry-run"]);
    assert!(host.bad(&["dump", "main"]).contains("in Azure's own cloud alone"));
    a_folder_beside_it_takes_the_log_onward_and_the_dumps(&host);

    let settings = host.path("conf/agent.toml");
    let said_by_all = |expected: &str| {
        for deed in [&["check"][..], &["points", "main"], &["backup", "main"]] {
            let said = host.bad(deed);
            assert!(said.contains(expected), "{deed:?}: {expected:?} is not in:\n{said}");
            assert!(!said.contains(&store.secret), "no secret is ever shown: {said}");
        }
    };
    keys(&opens.replace(&store.secret, "AAAA"));
    said_by_all("its key is wrong, or not allowed there (AuthorizationFailure)");
    keys(&opens);
    for name in ["account", "container"] {
        let other = whole.replace(&format!("{name} = \"muster\""), &format!("{name} = \"none\""));
        std::fs::write(&settings, other).unwrap();
        let said = host.bad(&["points", "main"]);
        let expected = "there is no such container; make it, or mend account and container";
        assert!(said.contains(expected), "{name}: {said}");
    }
    std::fs::write(&settings, &whole).unwrap();
    host.stop("fast"); // while it still can archive
    drop(store);
    let said = host.bad(&["points", "main"]);
    assert!(
        said.contains("it can't be reached") && said.contains("look whether account"),
        "{said}"
    );
}

fn a_folder_beside_it_takes_the_log_onward_and_the_dumps(host: &Host) {
    host.add_repository("beside");
    host.good(&["backup", "main", "--repository", "beside"]);
    assert_eq!(host.points_in("beside")["exposure"]["state"], "nothing");
    let said = host.good(&["check"]);
    assert!(said.contains("they lie in the others"), "{said}");
}
