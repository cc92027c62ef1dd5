//! The eight words: drawn from a list of 2,048 (88 bits), whose first four letters tell them apart, so that
//! what was written by hand can be read again.

use std::fmt;
use std::str::FromStr;

/// The English list of BIP 39; its licence stands in `words.LICENSE`.
const LIST: &str = include_str!("words.txt");
/// Words of a phrase.
pub const COUNT: usize = 8;
/// Bits that one word carries.
const BITS: u16 = 11;
/// Letters that tell a word from all others.
const TELLING: usize = 4;

/// Eight words. They are shown by [`Phrase::words`] alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Phrase([u16; COUNT]);

/// What was typed is no phrase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPhrase {
    /// A word is none of the list.
    #[error("word {place}, “{word}”, is not on the list{}", .meant.map(|it| format!("; is it “{it}”?")).unwrap_or_default())]
    Unknown {
        /// The how manieth, from 1.
        place: usize,
        /// As it was typed.
        word: String,
        /// What may be meant.
        meant: Option<&'static str>,
    },
    /// There are more or fewer.
    #[error("the sheet has eight words, and {0} were typed")]
    Count(usize),
}

impl Phrase {
    /// Of as much randomness.
    #[must_use]
    pub fn of(random: [u8; 2 * COUNT]) -> Phrase {
        let mut words = [0; COUNT];
        for (word, bytes) in words.iter_mut().zip(random.chunks_exact(2)) {
            *word = u16::from_be_bytes([bytes[0], bytes[1]]) & ((1 << BITS) - 1);
        }
        Phrase(words)
    }

    /// The words in order.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        let list: Vec<&str> = LIST.lines().collect();
        self.0.iter().filter_map(|at| list.get(usize::from(*at)).copied()).collect()
    }

    /// How many words a text has, whatever they are.
    #[must_use]
    pub fn count(text: &str) -> usize {
        typed(text).count()
    }
}

/// Case, blanks, dashes, commas and the numbers before words mean nothing; four letters of a word are enough.
impl FromStr for Phrase {
    type Err = BadPhrase;

    fn from_str(text: &str) -> Result<Phrase, BadPhrase> {
        let found = typed(text).enumerate().map(|(at, word)| {
            let unknown =
                || BadPhrase::Unknown { place: at + 1, meant: meant(&word), word: word.clone() };
            find(&word).ok_or_else(unknown)
        });
        let found: Vec<u16> = found.collect::<Result<_, _>>()?;
        let count = found.len();
        found.try_into().map(Phrase).map_err(|_| BadPhrase::Count(count))
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phrase(hidden)")
    }
}

fn typed(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn find(word: &str) -> Option<u16> {
    let fits = |listed: &str| listed == word || (word.len() >= TELLING && listed.starts_with(word));
    LIST.lines().position(fits).and_then(|at| u16::try_from(at).ok())
}

/// A word that begins alike, or has one other letter.
fn meant(word: &str) -> Option<&'static str> {
    let begins = word.char_indices().nth(TELLING).map(|(at, _)| &word[..at]);
    let differs = |listed: &str| {
        listed.len() == word.len()
            && listed.bytes().zip(word.bytes()).filter(|(one, other)| one != other).count() == 1
    };
    let alike = LIST.lines().find(|listed| begins.is_some_and(|start| listed.starts_with(start)));
    alike.or_else(|| LIST.lines().find(|listed| differs(listed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_2048_words_that_four_letters_tell_apart() {
        let mut begins: Vec<&str> =
            LIST.lines().map(|word| &word[..word.len().min(TELLING)]).collect();
        assert!(LIST.lines().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
        begins.sort_unstable();
        begins.dedup();
        assert_eq!(begins.len(), 1 << BITS);
    }

    #[test]
    fn a_phrase_reads_back_however_it_is_typed() {
        let phrase = Phrase::of(*b"\xff\xff\0\0\x08\x01abcdefghij");
        let words = phrase.words();
        assert_eq!(words[..3], ["zoo", "abandon", "ability"]);

        let numbered: String =
            words.iter().enumerate().map(|(at, word)| format!("{}. {word}\n", at + 1)).collect();
        let short: Vec<&str> = words.iter().map(|word| &word[..word.len().min(4)]).collect();
        for text in [
            words.join(" "),
            words.join("-").to_uppercase(),
            format!("  {}\r\n", words.join(",\t")),
            numbered,
            short.join(" – "),
        ] {
            assert_eq!(text.parse(), Ok(phrase.clone()), "{text}");
        }
        assert_eq!(format!("{phrase:?}"), "Phrase(hidden)");
    }

    #[test]
    fn a_word_that_is_not_on_the_list_is_named_with_the_one_that_may_be_meant() {
        let said = |text: &str| text.parse::<Phrase>().unwrap_err().to_string();

        assert_eq!(said("zoo abandom"), "word 2, “abandom”, is not on the list; is it “abandon”?");
        assert_eq!(said("xoo"), "word 1, “xoo”, is not on the list; is it “zoo”?");
        assert_eq!(said("zoo zoo übermut"), "word 3, “übermut”, is not on the list");
        assert_eq!(said("aba"), "word 1, “aba”, is not on the list");
        assert_eq!(said(&"zoo ".repeat(7)), "the sheet has eight words, and 7 were typed");
        assert_eq!(said(&"zoo ".repeat(9)), "the sheet has eight words, and 9 were typed");
        assert_eq!(said(""), "the sheet has eight words, and 0 were typed");
    }
}
