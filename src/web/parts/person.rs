//! Who, for what, how they stand, one way to call them; or nobody, and the act that fills it.

use askama::Template;
use askama::filters::HtmlSafe;

use super::act::Act;
use super::state::{Icon, State};

/// A person in a list, or the hole where one is missing.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_person.html")]
pub struct Person {
    role: String,
    holder: Holder,
}

impl HtmlSafe for Person {}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Holder {
    Somebody { name: String, state: Option<State>, call: Option<String> },
    Nobody { act: Option<Act> },
}

impl Person {
    /// Somebody, for a role: `Technical Lead`, `Business Liaison, for Henrik Aaltonen`.
    #[must_use]
    pub fn new(name: impl Into<String>, role: impl Into<String>) -> Person {
        let holder = Holder::Somebody { name: name.into(), state: None, call: None };
        Person { role: role.into(), holder }
    }

    /// Nobody holds the role.
    #[must_use]
    pub fn nobody(role: impl Into<String>, act: Option<Act>) -> Person {
        Person { role: role.into(), holder: Holder::Nobody { act } }
    }

    /// How they stand: `has it, 03:14`.
    #[must_use]
    pub fn state(mut self, new: State) -> Person {
        if let Holder::Somebody { state, .. } = &mut self.holder {
            *state = Some(new);
        }
        self
    }

    /// A number to call, as people write it.
    #[must_use]
    pub fn phone(mut self, number: &str) -> Person {
        if let Holder::Somebody { call, .. } = &mut self.holder {
            *call = Some(tel(number));
        }
        self
    }
}

/// The address behind a number to call: digits and a leading plus alone.
#[must_use]
pub fn tel(number: &str) -> String {
    let plus = if number.trim_start().starts_with('+') { "+" } else { "" };
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    format!("tel:{plus}{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_called_without_its_blanks_and_brackets() {
        assert_eq!(tel("+49 30 111-55 07"), "tel:+49301115507");
        assert_eq!(tel("(030) 111 55 07"), "tel:0301115507");
    }

    #[test]
    fn an_empty_role_is_red_and_offers_to_be_filled() {
        let act = Act::go("Name someone", "/people");
        let html = Person::nobody("Security Lead", Some(act)).to_string();

        assert!(html.contains("person nobody") && html.contains("Nobody"), "{html}");
        assert!(html.contains("href=\"/people\""), "{html}");
    }

    #[test]
    fn the_call_names_whom_it_calls() {
        let html = Person::new("Ngozi <B>", "Lead").phone("+49 1").to_string();

        assert!(html.contains("aria-label=\"Call Ngozi &#60;B&#62;\""), "{html}");
        assert!(html.contains("href=\"tel:+491\""), "{html}");
    }
}
