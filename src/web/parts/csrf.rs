//! The token every form carries, so that no other site can press a button here.

use askama::Template;
use askama::filters::HtmlSafe;

/// Draws the hidden field `csrf`; every POST form holds one.
#[derive(Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/_csrf.html")]
pub struct Csrf {
    token: String,
}

impl HtmlSafe for Csrf {}

impl Csrf {
    /// The token of this session.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Csrf {
        Csrf { token: token.into() }
    }
}

impl std::fmt::Debug for Csrf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Csrf(…)")
    }
}
