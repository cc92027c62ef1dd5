//! A line of words in which some are bold, run, link, or say a state.

use askama::Template;
use askama::filters::HtmlSafe;

use super::clock::Tick;
use super::level::Level;
use super::spark::Spark;
use super::state::{Badge, State};

/// A line made of pieces; what a cell of a table, a heading or a fact holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/_words.html")]
pub struct Words {
    pieces: Vec<Piece>,
}

impl HtmlSafe for Words {}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Plain(String),
    Bold(String),
    Small(String),
    Mono(String),
    Link { href: String, words: String },
    Tick(Tick),
    BoldTick(Tick),
    State(State),
    Badge(Badge),
    Level(Level),
    Spark(Spark),
    Break,
}

impl Words {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Words {
        Words::default()
    }

    /// Whether there is anything to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Then ordinary words.
    #[must_use]
    pub fn plain(self, words: impl Into<String>) -> Words {
        self.with(Piece::Plain(words.into()))
    }

    /// Then words that stand out.
    #[must_use]
    pub fn bold(self, words: impl Into<String>) -> Words {
        self.with(Piece::Bold(words.into()))
    }

    /// Then words of second rank.
    #[must_use]
    pub fn small(self, words: impl Into<String>) -> Words {
        self.with(Piece::Small(words.into()))
    }

    /// Then a name from a machine: a host, a fingerprint.
    #[must_use]
    pub fn mono(self, words: impl Into<String>) -> Words {
        self.with(Piece::Mono(words.into()))
    }

    /// Then a link.
    #[must_use]
    pub fn link(self, href: impl Into<String>, words: impl Into<String>) -> Words {
        self.with(Piece::Link { href: href.into(), words: words.into() })
    }

    /// Then running digits.
    #[must_use]
    pub fn tick(self, tick: Tick) -> Words {
        self.with(Piece::Tick(tick))
    }

    /// Then running digits that stand out.
    #[must_use]
    pub fn bold_tick(self, tick: Tick) -> Words {
        self.with(Piece::BoldTick(tick))
    }

    /// Then a state.
    #[must_use]
    pub fn state(self, state: State) -> Words {
        self.with(Piece::State(state))
    }

    /// Then a state in a box.
    #[must_use]
    pub fn badge(self, state: State) -> Words {
        self.with(Piece::Badge(Badge(state)))
    }

    /// Then a level.
    #[must_use]
    pub fn level(self, level: Level) -> Words {
        self.with(Piece::Level(level))
    }

    /// Then a day as a line.
    #[must_use]
    pub fn spark(self, spark: Spark) -> Words {
        self.with(Piece::Spark(spark))
    }

    /// Then all of another line.
    #[must_use]
    pub fn all(mut self, others: Words) -> Words {
        self.pieces.extend(others.pieces);
        self
    }

    /// Lines, one below the other; empty ones are left out.
    pub fn lines<W: Into<Words>>(lines: impl IntoIterator<Item = W>) -> Words {
        let lines = lines.into_iter().map(Into::into).filter(|line: &Words| !line.is_empty());
        lines.reduce(|words, line| words.line().all(line)).unwrap_or_default()
    }

    /// Then a new line.
    #[must_use]
    pub fn line(self) -> Words {
        self.with(Piece::Break)
    }

    fn with(mut self, piece: Piece) -> Words {
        self.pieces.push(piece);
        self
    }
}

impl From<&str> for Words {
    fn from(words: &str) -> Words {
        words.to_owned().into()
    }
}

impl From<String> for Words {
    fn from(words: String) -> Words {
        if words.is_empty() { Words::new() } else { Words::new().plain(words) }
    }
}

impl From<State> for Words {
    fn from(state: State) -> Words {
        Words::new().state(state)
    }
}

impl From<Level> for Words {
    fn from(level: Level) -> Words {
        Words::new().level(level)
    }
}

/// A fragment, as errors are written, as a sentence.
#[must_use]
pub fn sentence(fragment: &str) -> String {
    let text = capital(fragment);
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

/// The same words, the first letter large.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_becomes_one_sentence() {
        assert_eq!(sentence("there is no such plan"), "There is no such plan.");
        assert_eq!(sentence("Ärger!"), "Ärger!");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn lines_stand_below_each_other_without_gaps() {
        assert_eq!(Words::lines(["a", "", "b"]).to_string(), "a<br>b");
        assert!(Words::lines(Vec::<&str>::new()).is_empty());
    }

    #[test]
    fn pieces_follow_each_other_and_are_escaped() {
        let words = Words::from("Tell <all> ").bold("now").line().link("/people?a=1&b", "People");

        assert_eq!(
            words.to_string(),
            "Tell &#60;all&#62; <b>now</b><br><a href=\"/people?a=1&#38;b\">People</a>"
        );
    }
}
