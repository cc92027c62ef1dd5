//! Which passwords are refused: short ones, and those that are guessed first.
//!
//! What is measured is what is left when decoration goes: case, digits for letters, signs around.

use std::collections::BTreeSet;

const LIST: &str = include_str!("common_passwords.txt");

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;

/// The most characters of a password.
pub const LONGEST: usize = 256;

/// Characters below which what was added to a known text makes no password of it.
const LITTLE: usize = 8;

const ROWS: [&str; 8] = [
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "azertyuiop",
];

/// Why a password is not taken, in words that say what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is too short.
    #[error(
        "use at least {SHORTEST} characters, this has {0}; four or five unrelated words do well"
    )]
    TooShort(usize),
    /// It is too long.
    #[error("use at most {LONGEST} characters, this has {0}")]
    TooLong(usize),
    /// It is on every list of guesses.
    #[error("this is among the passwords that are tried first; take four or five unrelated words")]
    Common,
    /// It runs along the keyboard, the alphabet or the numbers.
    #[error("this runs along the keyboard or counts; take four or five unrelated words")]
    Sequence,
    /// It says one short thing again and again.
    #[error("this repeats itself; take four or five unrelated words")]
    Repeats,
    /// It is the person's own name or address with little added.
    #[error("this is mostly your own name or address; take four or five unrelated words")]
    Own,
}

/// Judges a new password of somebody who is known by `own`: name, mail address, organisation.
///
/// # Errors
/// Why it is refused.
pub fn check(password: &str, own: &[&str]) -> Result<(), Refusal> {
    match password.chars().count() {
        short if short < SHORTEST => return Err(Refusal::TooShort(short)),
        long if long > LONGEST => return Err(Refusal::TooLong(long)),
        _ => {}
    }
    let lower: Vec<char> = password.to_lowercase().chars().collect();
    if repeats(&lower) {
        Err(Refusal::Repeats)
    } else if is_sequence(&lower) {
        Err(Refusal::Sequence)
    } else if is_common(password) {
        Err(Refusal::Common)
    } else if is_own(password, own) {
        Err(Refusal::Own)
    } else {
        Ok(())
    }
}

/// Whether it is one part, itself too short to be a password, over and over.
fn repeats(password: &[char]) -> bool {
    (1..SHORTEST.min(password.len() / 2 + 1))
        .any(|part| password.iter().zip(&password[part..]).all(|(a, b)| a == b))
}

/// Whether at least three steps of four go to the same, the next or the last key.
fn is_sequence(password: &[char]) -> bool {
    let steps = password.windows(2);
    let jumps = steps.filter(|pair| !adjacent(pair[0], pair[1])).count();
    jumps * 4 < password.len()
}

fn adjacent(a: char, b: char) -> bool {
    let beside = |row: &str| {
        let places = (row.find(a), row.find(b));
        let (Some(a), Some(b)) = places else { return false };
        a.abs_diff(b) <= 1 || a.abs_diff(b) == row.len() - 1
    };
    a == b || ROWS.iter().any(|row| beside(row))
}

fn is_common(password: &str) -> bool {
    let listed: BTreeSet<String> = listed().map(plain).collect();
    let whole = plain(password);
    let dressed_up =
        |long: &String| whole.contains(long.as_str()) && whole.len() - long.len() < LITTLE;
    listed.iter().filter(|word| word.len() >= SHORTEST).any(dressed_up)
        || made_of(&plain(undecorated(password)), &listed)
}

fn listed() -> impl Iterator<Item = &'static str> {
    LIST.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

/// Small letters with digits and signs read as the letters they stand for; what else there is
/// between words goes.
fn plain(text: &str) -> String {
    text.to_lowercase().chars().filter_map(letter).collect()
}

fn letter(c: char) -> Option<char> {
    match c {
        '0' => Some('o'),
        '1' | '!' | '|' | 'l' => Some('i'),
        '3' | '€' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' | '+' => Some('t'),
        _ if c.is_alphanumeric() => Some(c),
        _ => None,
    }
}

/// Without the digits and signs before and after the letters.
fn undecorated(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

/// Whether a text is nothing but one to three listed words in a row, or no text at all.
fn made_of(text: &str, words: &BTreeSet<String>) -> bool {
    let mut reached: BTreeSet<usize> = [0].into();
    for _ in 0..3 {
        for from in reached.clone() {
            let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
            reached.extend(ends.filter(|end| from < *end && words.contains(&text[from..*end])));
        }
    }
    reached.contains(&text.len())
}

/// Whether little remains when one's own names go.
fn is_own(password: &str, own: &[&str]) -> bool {
    let mut rest = plain(password);
    let mut names: Vec<String> = own
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .map(plain)
        .filter(|name| name.chars().count() >= 3)
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let before = rest.len();
    for name in &names {
        rest = rest.replace(name.as_str(), "");
    }
    rest.len() < before && rest.chars().count() < LITTLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADA: [&str; 3] = ["Ada Lovelace", "ada.lovelace@example.org", "Labitory"];

    fn assert_refused(refusal: Refusal, passwords: &[&str]) {
        for password in passwords {
            assert_eq!(check(password, &ADA), Err(refusal), "{password}");
        }
    }

    #[test]
    fn twelve_characters_are_enough_and_eleven_are_not() {
        assert_eq!(check("kelp-Ω-tardy", &ADA), Ok(()));
        assert_eq!(check("kelp-Ω-tard", &ADA), Err(Refusal::TooShort(11)));
        assert_eq!(check(&"tardy kelp ".repeat(24), &ADA), Err(Refusal::TooLong(264)));
    }

    #[test]
    fn unrelated_words_are_taken() {
        for password in [
            "gravel otter monsoon fiddle",
            "stapling-43-cuttlefish",
            "xK9#mQ2$vL7p",
            "lovelace spun the 7th granite loom",
            "Regen Klavier Zwiebel Turm",
            "東京の夜に三毛猫が鳴いている声",
            "summer horse gravel monsoon",
        ] {
            assert_eq!(check(password, &ADA), Ok(()), "{password}");
        }
    }

    #[test]
    fn common_passwords_are_refused_however_they_are_dressed() {
        assert_refused(
            Refusal::Common,
            &[
                "password1234",
                "P@ssw0rd2026!",
                "Pa$$word-Pa$$w0rd9",
                "Welcome2026!!",
                "Passwort!2026",
                "Summer2026!!!",
                "iloveyoubaby!",
                "Admin-Admin-99",
                "correct horse battery staple",
                "CorrectHorseBatteryStaple1",
                "ch4ngem3please",
                "1q2w3e4r5t6y!",
                "99correcthorse2026",
                "letmein-letmein2",
                "muster-admin-1",
                "!!!2026-11-14!!!",
            ],
        );
    }

    #[test]
    fn runs_along_the_keyboard_are_refused() {
        assert_refused(
            Refusal::Sequence,
            &[
                "123456789012",
                "abcdefghijklm",
                "qwertyuiop12",
                "QWERTZUIOPas",
                "987654321098",
                "asdfghjklzxcvbnm",
                "aaaabbbbccccdddd",
            ],
        );
    }

    #[test]
    fn repetitions_are_refused() {
        assert_refused(
            Refusal::Repeats,
            &["hunterhunter", "aaaaaaaaaaaa", "abc1abc1abc1ab", "kelp otter kelp otter "],
        );
    }

    #[test]
    fn ones_own_name_and_address_are_refused() {
        assert_refused(
            Refusal::Own,
            &["ada.lovelace1815", "Lovelace-Ada-1", "L0v3lace!Labitory", "adalovelace@example.org"],
        );
    }

    #[test]
    fn every_listed_password_is_refused() {
        let long: BTreeSet<_> = listed().filter(|word| word.len() >= SHORTEST).collect();

        assert!(long.len() > 300, "{}", long.len());
        for password in long {
            assert!(check(password, &[]).is_err(), "{password}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let words = Refusal::TooShort(8).to_string();

        assert_eq!(
            words,
            "use at least 12 characters, this has 8; four or five unrelated words do well"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_judged(password in any::<String>(), own in any::<String>()) {
            let judged = check(&password, &[&own]);

            prop_assert!(judged.is_err() || password.chars().count() >= SHORTEST);
        }
    }
}
