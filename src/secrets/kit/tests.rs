use time::macros::datetime;

use super::*;
use crate::domain::kit::Kind;

const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

fn phrase() -> Phrase {
    Phrase::of([7; 16])
}

fn label() -> Label {
    Label {
        number: "3F2A-91C4".to_owned(),
        kind: Kind::Site,
        of: "db1".to_owned(),
        host: "db1.example.org".to_owned(),
        made: datetime!(2026-11-14 02:12 UTC),
    }
}

fn contents() -> Contents {
    Contents::default().with("repositories/disk/key", "swordfish\n")
}

fn sealed() -> SealedKit {
    SealedKit::seal_at(CHEAP, &phrase(), label(), &contents()).unwrap()
}

#[test]
fn a_kit_opens_with_its_own_words_alone_and_says_what_it_is_without_them() {
    let read = SealedKit::read(sealed().text()).unwrap();

    assert_eq!(read.label(), &label());
    assert_eq!(read.open(&phrase()).unwrap(), contents());
    let error = read.open(&Phrase::of([8; 16])).unwrap_err().to_string();
    assert!(error.starts_with("the words do not open kit 3F2A-91C4"), "{error}");
    assert!(!read.text().contains("swordfish") && !format!("{read:?}").contains("swordfish"));
    assert_ne!(sealed().text(), read.text(), "never sealed alike");
}

#[test]
fn a_kit_with_any_letter_changed_or_cut_does_not_open() {
    let text = sealed().text().to_owned();
    let opens = |text: &str| SealedKit::read(text).and_then(|kit| kit.open(&phrase())).is_ok();
    assert!(opens(&text));

    for (at, letter) in text.char_indices().filter(|(_, letter)| !letter.is_whitespace()) {
        let other = if letter == 'A' { 'B' } else { 'A' };
        let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        assert!(!opens(&changed), "letter {at}, {letter}: {changed}");
    }
    for at in 0..text.len() - 1 {
        assert!(!opens(&text[..at]), "cut at {at}");
    }
    assert!(!opens(&text.replacen(". With", ".  With", 1)), "a blank in the head");
    assert!(opens(&text.replace('\n', "\r\n")), "another system's line ends mean nothing");
}

#[test]
fn what_is_no_kit_is_told_from_one_of_a_later_release_and_one_that_is_damaged() {
    let text = sealed().text().to_owned();
    let said = |text: &str| SealedKit::read(text).unwrap_err().to_string();

    assert_eq!(said("hello"), "this is no sealed copy of a kit");
    let later = text.replacen("format 1", "format 2", 1);
    assert!(said(&later).contains("has format 2"), "{}", said(&later));
    assert!(said(&text[..90]).contains("ends too early"));
    assert!(said(&text.replacen("\"kdf\"", "\"kdg\"", 1)).contains("head can't be read"));
    assert!(said(&text.replacen("2id", "2d", 1)).contains("head can't be read"));
    let greedy = text.replacen("\"memory_kib\":64", "\"memory_kib\":4000000000", 1);
    assert!(said(&greedy).contains("more work than any kit"));
    assert!(said(&text.replacen("3F2A-91C4", "../../../", 1)).contains("its number is none"));
}

#[test]
fn what_people_make_is_sealed_at_the_cost_that_the_docs_name() {
    let kit = SealedKit::seal(&phrase(), label(), &contents()).unwrap();

    assert!(kit.text().contains(r#""memory_kib":65536,"passes":3,"lanes":4"#), "{}", kit.text());
    assert_eq!(kit.open(&phrase()).unwrap(), contents());
}

#[test]
fn a_digest_shows_that_a_key_changed_and_parts_do_not_run_into_each_other() {
    assert_eq!(key_digest(&["ab", "c"]), key_digest(&["ab", "c"]));
    assert_ne!(key_digest(&["ab", "c"]), key_digest(&["a", "bc"]));
    assert_eq!(key_digest(&["ab"]).len(), 32);
}
