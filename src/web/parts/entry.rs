//! One line of the timeline, for the page and for the live stream alike.

use askama::Template;
use askama::filters::HtmlSafe;

use super::state::Icon;
use super::words::Words;

/// An entry, worded and formatted.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_entry.html")]
pub struct Entry {
    /// Its number in the stream: element id and event id.
    pub seq: i64,
    /// When it happened, for machines.
    pub iso: String,
    /// When it happened, for people: `03:25`.
    pub time: String,
    /// Who, and what kind: `Priya Raghunathan, decision`.
    pub by: Words,
    /// What it says; a line break stays one.
    pub body: String,
    /// What sort of thing it says, for scripts.
    pub kind: String,
    /// How it is drawn.
    pub weight: Weight,
    /// Whether it belongs into the post-mortem.
    pub starred: bool,
    /// Whether the reader may say so; the button belongs to the page's form `stars`.
    pub may_star: bool,
}

impl HtmlSafe for Entry {}

/// How an entry is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// Ordinary.
    Note,
    /// Bold.
    Decision,
    /// Struck out, never removed.
    Corrected,
    /// Framed; the words say who reads it: `Public: page and 1,204 users`.
    Public(String),
}

impl Entry {
    fn class(&self) -> &'static str {
        match self.weight {
            Weight::Note => "entry note",
            Weight::Decision => "entry decision",
            Weight::Corrected => "entry note corrected",
            Weight::Public(_) => "entry",
        }
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.body.lines()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(weight: Weight) -> String {
        let (iso, time) = ("2026-11-14T02:25Z".to_owned(), "03:25".to_owned());
        let (body, kind) = ("First <b>line\nsecond".to_owned(), "note".to_owned());
        let (by, starred, may_star) = ("Jonas Brandt, note".into(), false, false);
        Entry { seq: 48, iso, time, by, body, kind, weight, starred, may_star }.to_string()
    }

    #[test]
    fn an_entry_is_found_by_its_number_and_keeps_its_lines() {
        let html = entry(Weight::Note);

        assert!(html.contains("id=\"entry-48\""), "{html}");
        assert!(html.contains("First &#60;b&#62;line<br>second"), "{html}");
    }

    #[test]
    fn only_public_words_wear_the_frame() {
        assert!(
            entry(Weight::Public("Public: status page".to_owned())).contains("class=\"public\"")
        );
        for weight in [Weight::Note, Weight::Decision, Weight::Corrected] {
            assert!(!entry(weight).contains("public"));
        }
    }
}
