//! What could not be sent: who, which method, why, and what to do instead.

use askama::Template;
use askama::filters::HtmlSafe;

use super::person::tel;
use super::state::Icon;
use super::words::Words;
use crate::actions::messages::Unsent as Fact;
use crate::domain::id::IncidentId;
use crate::web::links;

/// The red facts; draws nothing where all was sent.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_unsent.html")]
pub struct Unsent {
    heading: String,
    rows: Vec<UnsentRow>,
    more: Words,
}

impl HtmlSafe for Unsent {}

#[derive(Debug, Clone, PartialEq, Eq)]
struct UnsentRow {
    name: String,
    what: String,
    next: Words,
}

impl Unsent {
    /// The first `shown` of them, and the way to all.
    #[must_use]
    pub fn new(id: IncidentId, facts: &[Fact], shown: usize) -> Unsent {
        let mut people: Vec<_> = facts.iter().map(|fact| fact.person).collect();
        people.sort();
        people.dedup();
        let heading = match people.len() {
            1 => "1 person could not be reached by mail".to_owned(),
            many => format!("{many} people could not be reached by mail"),
        };
        let rest = facts.len().saturating_sub(shown);
        let more = match rest {
            0 => Words::new(),
            rest => Words::new()
                .link(links::messages(id), format!("{rest} more"))
                .plain("; ")
                .link(links::calls(id), "the call list"),
        };
        Unsent { heading, rows: facts.iter().take(shown).map(|fact| row(id, fact)).collect(), more }
    }
}

fn row(id: IncidentId, fact: &Fact) -> UnsentRow {
    let what = match fact.address.as_str() {
        "" => fact.why.clone(),
        address => format!("mail {address}: {}", fact.why),
    };
    let next = match fact.phones.first() {
        Some(number) => Words::from("Call ")
            .link(tel(number), number)
            .plain(", or go by ")
            .link(links::calls(id), "the call list"),
        None => Words::from("No number is known: add one on ")
            .link(links::person(fact.person), "their page")
            .plain(", or send somebody"),
    };
    let next =
        if fact.trying { next.plain("; another of their addresses is being tried") } else { next };
    UnsentRow { name: fact.name.clone(), what, next: next.plain(".") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::PersonId;
    use uuid::Uuid;

    fn fact(person: u128, phones: &[&str]) -> Fact {
        Fact {
            person: PersonId(Uuid::from_u128(person)),
            name: "Ngozi <B>".to_owned(),
            address: "ngozi@example.org".to_owned(),
            why: "the mail server refused with 550: no such user".to_owned(),
            trying: false,
            phones: phones.iter().map(|&number| number.to_owned()).collect(),
        }
    }

    fn drawn(facts: &[Fact]) -> String {
        Unsent::new(IncidentId(Uuid::nil()), facts, 2).to_string()
    }

    #[test]
    fn each_says_who_which_method_why_and_what_next() {
        let html = drawn(&[fact(1, &["+49 1"])]);

        for words in [
            "1 person could not",
            "Ngozi &#60;B&#62;",
            "mail ngozi@example.org: the mail server refused with 550",
            "href=\"tel:+491\"",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(drawn(&[fact(1, &[])]).contains("No number is known"), "{html}");
    }

    #[test]
    fn many_are_cut_with_a_way_to_all_and_none_draw_nothing() {
        let html = drawn(&[fact(1, &[]), fact(1, &[]), fact(2, &[]), fact(3, &[])]);

        assert!(html.contains("3 people could not") && html.contains(">2 more</a>"), "{html}");
        assert_eq!(drawn(&[]), "");
    }
}
