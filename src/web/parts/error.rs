//! The one calm page for everything that can't be done: what happened, what to do, what still works.

use askama::Template;

use super::act::{Act, Look};
use super::bare::Bare;
use super::person::tel;
use super::state::State;
use super::words::Words;

/// The error page; `render` it and answer with the status it names.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    page: Bare,
    words: Words,
    acts: Vec<Act>,
    works: Vec<Works>,
    hotline: Words,
    log: Words,
}

/// Something that goes on working, or waits, while this doesn't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Works {
    state: State,
    words: Words,
}

impl Works {
    /// It works all the same.
    #[must_use]
    pub fn still(words: impl Into<Words>) -> Works {
        Works { state: State::good("works"), words: words.into() }
    }

    /// It waits until this is mended.
    #[must_use]
    pub fn waits(words: impl Into<Words>) -> Works {
        Works { state: State::bad("waits"), words: words.into() }
    }
}

impl ErrorPage {
    /// A page titled by `page`, which says `words`; status and log id stand small at its end.
    #[must_use]
    pub fn new(page: Bare, words: impl Into<Words>, status: u16, log_id: &str) -> ErrorPage {
        let log = match log_id {
            "" => Words::from(format!("{status}.")),
            id => Words::from(format!("{status}. For the log: ")).mono(id),
        };
        let (acts, works) = (Vec::new(), Vec::new());
        ErrorPage { page, words: words.into(), acts, works, hotline: Words::new(), log }
    }

    /// A way on; the first one is the one to press.
    #[must_use]
    pub fn act(mut self, act: Act) -> ErrorPage {
        let look = if self.acts.is_empty() { Look::Primary } else { Look::Plain };
        self.acts.push(act.look(look));
        self
    }

    /// One more line of what still works.
    #[must_use]
    pub fn works(mut self, works: Works) -> ErrorPage {
        self.works.push(works);
        self
    }

    /// Whom to call when nothing else helps.
    #[must_use]
    pub fn hotline(mut self, number: &str) -> ErrorPage {
        self.hotline = Words::from("Hotline: ").link(tel(number), number);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::OffsetDateTime;

    fn page(log_id: &str) -> ErrorPage {
        let bare = Bare::new("There is nothing here", OffsetDateTime::UNIX_EPOCH);
        ErrorPage::new(bare, "It may have been moved.", 404, log_id)
    }

    #[test]
    fn the_first_way_on_is_the_one_to_press() {
        let html = page("").act(Act::go("Go on", "/")).act(Act::go("Else", "/x")).render().unwrap();

        assert!(html.contains("<a class=\"button primary\" href=\"/\">Go on</a>"), "{html}");
        assert!(html.contains("<a class=\"button\" href=\"/x\">Else</a>"), "{html}");
        assert!(html.contains("<title>There is nothing here – Muster</title>"), "{html}");
    }

    #[test]
    fn what_was_not_logged_names_no_log_line() {
        assert!(!page("").render().unwrap().contains("For the log"));
        assert!(
            page("r-7f3e91")
                .render()
                .unwrap()
                .contains("404. For the log: <span class=\"mono\">r-7f3e91</span>")
        );
    }
}
