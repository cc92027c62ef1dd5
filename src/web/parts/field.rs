//! One question of a form: label, hint, error, control, tied together for those who can't see.
//!
//! A refused form comes back with what was typed and the words beside the field; only a password
//! never comes back.

use askama::Template;
use askama::filters::HtmlSafe;

use super::state::Icon;

/// A field with its label.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_field.html")]
pub struct Field {
    id: String,
    name: String,
    label: String,
    control: Control,
    hint: Option<String>,
    error: Option<String>,
    readers: Option<String>,
    required: bool,
    autocomplete: Option<&'static str>,
    numeric: bool,
}

impl HtmlSafe for Field {}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Control {
    Input { kind: &'static str, value: String },
    Area { rows: u8, value: String },
    Select(Vec<Choice>),
    Options { kind: &'static str, choices: Vec<Choice> },
}

/// One of several things to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    value: String,
    words: String,
    chosen: bool,
}

impl Choice {
    /// A choice; `chosen` when it was, or stands by default.
    #[must_use]
    pub fn new(value: impl Into<String>, words: impl Into<String>, chosen: bool) -> Choice {
        Choice { value: value.into(), words: words.into(), chosen }
    }

    /// Whether it is the choice of that value.
    #[must_use]
    pub fn is(&self, value: &str) -> bool {
        self.value == value
    }
}

impl Field {
    /// One line.
    #[must_use]
    pub fn text(
        name: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
    ) -> Field {
        Field::new(name, label, Control::Input { kind: "text", value: value.into() })
    }

    /// A mail address.
    #[must_use]
    pub fn email(
        name: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
    ) -> Field {
        Field::new(name, label, Control::Input { kind: "email", value: value.into() })
    }

    /// A telephone number.
    #[must_use]
    pub fn tel(
        name: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
    ) -> Field {
        Field::new(name, label, Control::Input { kind: "tel", value: value.into() })
    }

    /// A password or another secret: never sent back to the page.
    #[must_use]
    pub fn password(name: impl Into<String>, label: impl Into<String>) -> Field {
        Field::new(name, label, Control::Input { kind: "password", value: String::new() })
    }

    /// A file to send.
    #[must_use]
    pub fn file(name: impl Into<String>, label: impl Into<String>) -> Field {
        Field::new(name, label, Control::Input { kind: "file", value: String::new() })
    }

    /// Several lines.
    #[must_use]
    pub fn area(
        name: impl Into<String>,
        label: impl Into<String>,
        rows: u8,
        value: impl Into<String>,
    ) -> Field {
        Field::new(name, label, Control::Area { rows, value: value.into() })
    }

    /// One of many.
    #[must_use]
    pub fn select(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: Vec<Choice>,
    ) -> Field {
        Field::new(name, label, Control::Select(choices))
    }

    /// One of a few.
    #[must_use]
    pub fn radios(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: Vec<Choice>,
    ) -> Field {
        Field::new(name, label, Control::Options { kind: "radio", choices })
    }

    /// Any of a few.
    #[must_use]
    pub fn checkboxes(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: Vec<Choice>,
    ) -> Field {
        Field::new(name, label, Control::Options { kind: "checkbox", choices })
    }

    /// Another id than its name, where a page asks the same more than once.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Field {
        self.id = id.into();
        self
    }

    /// What to type, below the label.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Field {
        self.hint = Some(hint.into());
        self
    }

    /// What was typed and what is wanted; nothing when it is well.
    #[must_use]
    pub fn error(mut self, error: Option<impl Into<String>>) -> Field {
        self.error = error.map(Into::into);
        self
    }

    /// Who will read it, when it leaves the house: `Public: 1,204 users will read this`.
    #[must_use]
    pub fn public(mut self, readers: impl Into<String>) -> Field {
        self.readers = Some(readers.into());
        self
    }

    /// The browser asks for it before sending.
    #[must_use]
    pub fn required(mut self) -> Field {
        self.required = true;
        self
    }

    /// A telephone shows digits to type it with.
    #[must_use]
    pub fn numeric(mut self) -> Field {
        self.numeric = true;
        self
    }

    /// What a password manager may fill in.
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Field {
        self.autocomplete = Some(token);
        self
    }

    fn new(name: impl Into<String>, label: impl Into<String>, control: Control) -> Field {
        let name = name.into();
        Field {
            id: name.clone(),
            name,
            label: label.into(),
            control,
            hint: None,
            error: None,
            readers: None,
            required: false,
            autocomplete: None,
            numeric: false,
        }
    }

    fn is_group(&self) -> bool {
        matches!(self.control, Control::Options { .. })
    }

    /// The ids of hint and error, as far as there are any.
    fn described_by(&self) -> Option<String> {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_field_keeps_what_was_typed_and_is_tied_to_its_words() {
        let html = Field::text("impact", "Impact began", "05:58 \"x\"")
            .hint("Europe/Berlin.")
            .error(Some("This is later than now."))
            .to_string();

        assert!(html.contains("value=\"05:58 &#34;x&#34;\""), "{html}");
        assert!(html.contains("aria-describedby=\"impact-hint impact-error\""), "{html}");
        assert!(html.contains("aria-invalid=\"true\""), "{html}");
        assert!(html.contains("<label for=\"impact\">"), "{html}");
    }

    #[test]
    fn a_field_that_is_well_names_no_words_that_are_not_there() {
        let html = Field::email("email", "Mail address", "").error(None::<String>).to_string();

        assert!(!html.contains("aria-"), "{html}");
    }

    #[test]
    fn choices_are_a_named_group_and_keep_what_was_chosen() {
        let choices = vec![Choice::new("real", "Real", false), Choice::new("drill", "Drill", true)];
        let html = Field::radios("kind", "Kind", choices).to_string();

        assert!(html.contains("<fieldset class=\"field\"") && html.contains("<legend>"), "{html}");
        assert!(html.contains("value=\"drill\" checked"), "{html}");
        assert!(!html.contains("value=\"real\" checked"), "{html}");
    }

    #[test]
    fn a_first_empty_line_survives_in_an_area() {
        let html = Field::area("text", "Words", 3, "\nsecond").to_string();

        assert!(html.contains(">\n\nsecond</textarea>"), "{html}");
    }
}
