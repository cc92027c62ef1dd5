//! The site kit on a real repository: made, proved, opened, and due again when a key changes.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::support::host::{Host, Said};

/// The words on a sheet, as plain text.
pub(super) fn words(sheet: &str) -> String {
    let (_, rest) = sheet.split_once("THE EIGHT WORDS").unwrap_or_else(|| panic!("{sheet}"));
    rest.split_once("SEALED").unwrap().0.to_owned()
}

/// A command into which these words are typed.
pub(super) fn typing(host: &Host, args: &[&str], words: &str) -> Said {
    let mut agent = host.agent(args);
    agent.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = agent.spawn().unwrap();
    child.stdin.take().unwrap().write_all(words.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Said { good: output.status.success(), text: text.concat() }
}

fn note(host: &Host) -> Value {
    serde_json::from_slice(&std::fs::read(host.state("kit/note.json")).unwrap()).unwrap()
}

/// The sealed copies in the repository.
fn copies(host: &Host) -> Vec<String> {
    let entries = std::fs::read_dir(host.path("repo/muster")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".kit")).collect()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

/// Every file below a folder, as text.
fn all_texts(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts = entries.map(|path| match path.is_dir() {
        true => all_texts(&path),
        false => String::from_utf8_lossy(&std::fs::read(&path).unwrap_or_default()).into_owned(),
    });
    texts.collect()
}

#[test]
fn a_kit_is_made_proved_and_opened_by_its_words_and_due_again_when_a_key_changes() {
    let host = Host::archiving();
    assert!(host.bad(&["kit"]).contains("nothing to keep"), "before there is a key");
    assert!(typing(&host, &["kit", "prove"], "").text.contains("no kit was made here yet"));
    assert!(host.good(&["backup", "main"]).contains("muster agent kit"));
    let check = host.good(&["check"]);
    assert!(check.contains("nothing opens its backups") && check.contains("' kit"), "{check}");
    host.folder("paper");
    let (plain, page) = (host.path("paper/sheet.txt"), host.path("paper/sheet.html"));
    let sheets = ["--sheet", plain.to_str().unwrap(), "--sheet", page.to_str().unwrap()];

    let said = host.good(&[&["kit"], &sheets[..]].concat());
    let sheet = std::fs::read_to_string(&plain).unwrap();
    let eight = words(&sheet);
    let one = eight.split_whitespace().find(|word| word.len() > 4).unwrap();
    assert!(!said.contains(one) && sheet.contains("site-kit-"), "{said}\n{sheet}");
    assert!(std::fs::read_to_string(&page).unwrap().contains(&format!("<li>{one}</li>")));
    assert_eq!((mode(&plain), mode(&page)), (0o600, 0o600));
    let again = host.bad(&[&["kit"], &sheets[..2]].concat());
    assert!(again.contains("no sheet can be written"), "never over another: {again}");
    let number = note(&host)["number"].as_str().unwrap().to_owned();
    assert_eq!(copies(&host), [format!("site-kit-{number}.kit")]);
    let copy = host.path("repo/muster").join(&copies(&host)[0]);
    let phrase: muster::domain::kit::Phrase = eight.parse().unwrap();
    let typed = phrase.words().join(" ");
    let lies = [all_texts(&host.path("state")), all_texts(&host.path("repo"))].concat();
    assert!(!lies.contains(&typed) && !lies.contains(&phrase.words().join("\",\"")));

    // proved by any way to write the words; refused by others
    let wrong = typing(&host, &["kit", "prove"], "zoo zoo zoo zoo zoo zoo zoo zoo");
    assert!(
        !wrong.good && wrong.text.contains(&format!("do not open kit {number}")),
        "{}",
        wrong.text
    );
    let odd = typing(&host, &["kit", "prove"], &typed.replacen(phrase.words()[0], "xyzzy", 1));
    assert!(!odd.good && odd.text.contains("word 1, “xyzzy”, is not on the list"), "{}", odd.text);
    assert_eq!(note(&host)["proved"], Value::Null);
    let proved = typing(&host, &["kit", "prove"], &typed.to_uppercase().replace(' ', "-\n"));
    assert!(proved.good && proved.text.contains("has the keys that are in use"), "{}", proved.text);
    assert!(note(&host)["proved"].is_string());
    let check = host.good(&["check"]);
    assert!(check.contains(&format!("{number} of ")) && check.contains("typed in on"), "{check}");

    opened_from_file_and_repository(&host, &copy, &eight);
    changed_or_gone(&host, &copy, &eight);
    with_another_key(&host, &eight);
}

fn opened_from_file_and_repository(host: &Host, copy: &Path, eight: &str) {
    let into = host.path("paper/opened");
    let file = copy.to_str().unwrap();
    let opened = typing(host, &["kit", "open", file, "--into", into.to_str().unwrap()], eight);
    assert!(opened.good, "{}", opened.text);
    let same = |name: &str, other: &Path| {
        assert_eq!(
            std::fs::read(into.join(name)).unwrap(),
            std::fs::read(other).unwrap(),
            "{name}"
        );
        assert_eq!(mode(&into.join(name)), 0o600, "{name}");
    };
    same("agent.toml", &host.path("conf/agent.toml"));
    same("repositories/disk/key", &host.state("repositories/disk/key"));
    same("repositories/disk/pgbackrest.conf", &host.state("repositories/disk/pgbackrest.conf"));
    let over = ["kit", "open", "--into", into.to_str().unwrap(), "--repository", "disk"];
    let over = typing(host, &over, eight);
    assert!(!over.good && over.text.contains("is not written over"), "{}", over.text);
}

/// A copy that was changed is told from words that are wrong.
fn changed_or_gone(host: &Host, copy: &Path, eight: &str) {
    let whole = std::fs::read_to_string(copy).unwrap();
    std::fs::write(copy, whole.replacen("\"kind\":\"site\"", "\"kind\":\"server\"", 1)).unwrap();
    let changed = typing(host, &["kit", "prove"], eight);
    assert!(
        !changed.good && changed.text.contains("or the sealed copy was changed"),
        "{}",
        changed.text
    );
    std::fs::remove_file(copy).unwrap();
    let gone = typing(host, &["kit", "prove"], eight);
    assert!(!gone.good && gone.text.contains("there is none"), "{}", gone.text);

    std::fs::write(copy, whole).unwrap();
}

/// The old kit is none of it; the next one's proof removes what is left of it.
fn with_another_key(host: &Host, eight: &str) {
    host.keep("state/repositories/disk/key", "another\n");
    assert!(host.run(&["check"]).text.contains("does not keep what is in use: "));
    let stale = typing(host, &["kit", "prove"], eight);
    assert!(!stale.good && stale.text.contains("the key of the repository disk"), "{}", stale.text);
    let sheet = host.good(&["kit"]);
    assert_eq!(copies(host).len(), 2, "the old words count until the new ones were proved");
    let proved = typing(host, &["kit", "prove"], &words(&sheet));
    assert!(proved.good, "{}", proved.text);
    let number = note(host)["number"].as_str().unwrap().to_owned();
    assert_eq!(copies(host), [format!("site-kit-{number}.kit")]);
}
