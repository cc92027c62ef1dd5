//! One thing to do: a link that looks like a button, or a button that posts.

use askama::Template;
use askama::filters::HtmlSafe;

use super::csrf::Csrf;

/// A button. A posting one brings a hidden form of its own, so it may stand anywhere but in a form
/// or a paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_act.html")]
pub struct Act {
    words: String,
    look: Look,
    deed: Deed,
    disabled: Option<String>,
}

impl HtmlSafe for Act {}

/// How much a button weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// One of several.
    Plain,
    /// The next act, in its usual size.
    Primary,
    /// The next act; one a screen.
    PrimaryLarge,
    /// Large, but not what is expected next.
    Large,
    /// Cannot be taken back.
    Danger,
    /// Leaves the page.
    Quiet,
    /// Opens the page that declares.
    Declare,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    Go { href: String },
    Post { form: String, action: String, csrf: Csrf, fields: Vec<(String, String)> },
}

impl Act {
    /// Leads to `href`.
    #[must_use]
    pub fn go(words: impl Into<String>, href: impl Into<String>) -> Act {
        Act::new(words, Deed::Go { href: href.into() })
    }

    /// Posts to `action`; `form` is an id no other element of the page has.
    #[must_use]
    pub fn post(
        form: impl Into<String>,
        words: impl Into<String>,
        action: impl Into<String>,
        csrf: &Csrf,
    ) -> Act {
        let (form, action) = (form.into(), action.into());
        Act::new(words, Deed::Post { form, action, csrf: csrf.clone(), fields: Vec::new() })
    }

    /// Sends one more hidden field along with a post.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Act {
        if let Deed::Post { fields, .. } = &mut self.deed {
            fields.push((name.into(), value.into()));
        }
        self
    }

    /// Weighs it.
    #[must_use]
    pub fn look(mut self, look: Look) -> Act {
        self.look = look;
        self
    }

    /// Can't be pressed now; the words beside it say why.
    #[must_use]
    pub fn disabled(mut self, why: impl Into<String>) -> Act {
        self.disabled = Some(why.into());
        self
    }

    fn new(words: impl Into<String>, deed: Deed) -> Act {
        Act { words: words.into(), look: Look::Plain, deed, disabled: None }
    }
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Look::Plain => "button",
            Look::Primary => "button primary",
            Look::PrimaryLarge => "button primary large",
            Look::Large => "button large",
            Look::Danger => "button danger",
            Look::Quiet => "button quiet",
            Look::Declare => "button declare",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posting_button_carries_token_and_fields_in_a_form_of_its_own() {
        let csrf = Csrf::new("t0k");
        let act = Act::post("take", "Take command", "/incidents/7/command", &csrf).with("id", "9");
        let html = act.to_string();

        assert!(
            html.contains(
                "<form id=\"take\" method=\"post\" action=\"/incidents/7/command\" hidden>"
            ),
            "{html}"
        );
        assert!(html.contains("name=\"csrf\" value=\"t0k\""), "{html}");
        assert!(html.contains("name=\"id\" value=\"9\""), "{html}");
        assert!(
            html.contains(
                "<button class=\"button\" id=\"take-button\" form=\"take\">Take command</button>"
            ),
            "{html}"
        );
    }

    #[test]
    fn a_disabled_button_says_why_and_leads_nowhere() {
        let html = Act::go("Close", "/close").disabled("2 steps are open").to_string();

        assert!(html.contains("disabled") && html.contains("2 steps are open"), "{html}");
        assert!(!html.contains("href"), "{html}");
    }
}
