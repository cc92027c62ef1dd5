//! Names and values.

use askama::Template;
use askama::filters::HtmlSafe;

use super::words::Words;

/// A list of names and values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/_facts.html")]
pub struct Facts {
    rows: Vec<(String, Words)>,
}

impl HtmlSafe for Facts {}

impl Facts {
    /// None yet.
    #[must_use]
    pub fn new() -> Facts {
        Facts::default()
    }

    /// One more; an empty value reads "unknown", because nothing borrows certainty from a blank.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<Words>) -> Facts {
        let value = value.into();
        let value = if value.is_empty() { "unknown".into() } else { value };
        self.rows.push((name.into(), value));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_nobody_knows_reads_unknown() {
        let html = Facts::new().fact("Verified", "").to_string();

        assert!(html.contains("<dt>Verified</dt><dd>unknown</dd>"), "{html}");
    }
}
