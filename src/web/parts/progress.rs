//! How far something is: a bar, always with the percent and amounts in words beside it.

use askama::Template;
use askama::filters::HtmlSafe;

use super::words::Words;

/// A bar named by a heading's id, and its words.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_progress.html")]
pub struct Progress {
    named_by: String,
    percent: u64,
    words: Words,
}

impl HtmlSafe for Progress {}

impl Progress {
    /// `done` of `all`; with nothing to do it stands at 0. 100 is shown only when all is done.
    #[must_use]
    pub fn new(
        named_by: impl Into<String>,
        done: u64,
        all: u64,
        words: impl Into<Words>,
    ) -> Progress {
        let percent = u128::from(done.min(all)) * 100 / u128::from(all.max(1));
        let percent = u64::try_from(percent).unwrap_or(100);
        Progress { named_by: named_by.into(), percent, words: words.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn almost_done_is_not_done() {
        let percent = |done, all| Progress::new("x", done, all, "").percent;

        assert_eq!(percent(999, 1_000), 99);
        assert_eq!(percent(1_000, 1_000), 100);
        assert_eq!(percent(7, 0), 0);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
    }
}
