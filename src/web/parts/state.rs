//! How something stands: a tone, an icon and words, never colour alone.

use askama::Template;
use askama::filters::HtmlSafe;

/// What a state means for whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Look soon.
    Warn,
    /// Someone must act.
    Bad,
    /// A fact without judgement, or unknown.
    Idle,
    /// Words that leave the house.
    Everyone,
}

impl Tone {
    /// The stylesheet's class for it.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Idle => "idle",
            Tone::Everyone => "everyone",
        }
    }

    /// The icon that says the same without colour.
    #[must_use]
    pub fn icon(self) -> Icon {
        match self {
            Tone::Good => Icon::Good,
            Tone::Warn => Icon::Warn,
            Tone::Bad => Icon::Bad,
            Tone::Idle => Icon::Wait,
            Tone::Everyone => Icon::Globe,
        }
    }
}

/// A small picture from `_icons.html`; never alone, words stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Template)]
#[template(path = "parts/_icon.html")]
pub enum Icon {
    /// A tick in a circle.
    Good,
    /// A triangle.
    Warn,
    /// A cross in an octagon.
    Bad,
    /// A clock face.
    Wait,
    /// A question mark in a dashed circle.
    Unknown,
    /// A telephone.
    Phone,
    /// A globe: the public reads this.
    Globe,
    /// A star: for the post-mortem.
    Star,
}

impl HtmlSafe for Icon {}

impl Icon {
    fn id(self) -> &'static str {
        match self {
            Icon::Good => "icon-good",
            Icon::Warn => "icon-warn",
            Icon::Bad => "icon-bad",
            Icon::Wait => "icon-wait",
            Icon::Unknown => "icon-unknown",
            Icon::Phone => "icon-phone",
            Icon::Globe => "icon-globe",
            Icon::Star => "icon-star",
        }
    }
}

/// Icon and words in a state's colour.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_state.html")]
pub struct State {
    tone: Tone,
    icon: Icon,
    words: String,
}

impl HtmlSafe for State {}

impl State {
    /// A state with the icon of its tone.
    #[must_use]
    pub fn new(tone: Tone, words: impl Into<String>) -> State {
        State { tone, icon: tone.icon(), words: words.into() }
    }

    /// As it should be.
    #[must_use]
    pub fn good(words: impl Into<String>) -> State {
        State::new(Tone::Good, words)
    }

    /// Look soon.
    #[must_use]
    pub fn warn(words: impl Into<String>) -> State {
        State::new(Tone::Warn, words)
    }

    /// Someone must act.
    #[must_use]
    pub fn bad(words: impl Into<String>) -> State {
        State::new(Tone::Bad, words)
    }

    /// Nothing is wrong yet, something is awaited.
    #[must_use]
    pub fn waiting(words: impl Into<String>) -> State {
        State::new(Tone::Idle, words)
    }

    /// Not known: grey and dashed, never green, never 0.
    #[must_use]
    pub fn unknown(words: impl Into<String>) -> State {
        State { tone: Tone::Idle, icon: Icon::Unknown, words: words.into() }
    }
}

/// A state in a box, where it is a value in a table.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_badge.html")]
pub struct Badge(pub State);

impl HtmlSafe for Badge {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_borrows_no_other_state() {
        let html = State::unknown("unknown").to_string();

        assert!(html.contains("class=\"state idle\""), "{html}");
        assert!(html.contains("#icon-unknown"), "{html}");
    }

    #[test]
    fn words_typed_by_people_are_escaped_inside_a_part() {
        let html = Badge(State::bad("<script>")).to_string();

        assert!(html.contains("&#60;script&#62;"), "{html}");
    }
}
