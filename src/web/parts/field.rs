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
    warning: Option<String>,
    readers: Option<String>,
    required: bool,
    autocomplete: Option<&'static str>,
    numeric: bool,
}

impl HtmlSafe for Field {}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Control {
    Input { kind: &'static str, value: String },
    Area { rows: u8, value: String, mono: bool },
    Select(Vec<Choice>),
    Options { kind: &'static str, choices: Vec<Choice> },
    Ranked(Vec<Vec<Choice>>),
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
        Field::new(name, label, Control::Area { rows, value: value.into(), mono: false })
    }

    /// Several lines for a machine.
    #[must_use]
    pub fn code(
        name: impl Into<String>,
        label: impl Into<String>,
        rows: u8,
        value: impl Into<String>,
    ) -> Field {
        Field::new(name, label, Control::Area { rows, value: value.into(), mono: true })
    }

    /// A day of the calendar.
    #[must_use]
    pub fn date(
        name: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
    ) -> Field {
        Field::new(name, label, Control::Input { kind: "date", value: value.into() })
    }

    /// Some in order: choices for the first place, for the second, and so on.
    #[must_use]
    pub fn ranked(
        name: impl Into<String>,
        label: impl Into<String>,
        ranks: Vec<Vec<Choice>>,
    ) -> Field {
        Field::new(name, label, Control::Ranked(ranks))
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

    /// What may not be meant, though it is taken; nothing when it is well.
    #[must_use]
    pub fn warning(mut self, warning: Option<impl Into<String>>) -> Field {
        self.warning = warning.map(Into::into);
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
            warning: None,
            readers: None,
            required: false,
            autocomplete: None,
            numeric: false,
        }
    }

    fn is_group(&self) -> bool {
        matches!(self.control, Control::Options { .. } | Control::Ranked(_))
    }

    /// The ids of hint, error and warning, as far as there are any.
    fn described_by(&self) -> Option<String> {
        let words = [("hint", &self.hint), ("error", &self.error), ("warning", &self.warning)];
        let said = words.into_iter().filter(|(_, words)| words.is_some());
        let ids: Vec<String> = said.map(|(which, _)| format!("{}-{which}", self.id)).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

#[cfg(test)]
mod tests;
