//! The functions that are down: what is left of each one's time, or that it is restored.

use askama::Template;
use askama::filters::HtmlSafe;

use super::act::Act;
use super::words::Words;

/// The affected functions, tightest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/_functions.html")]
pub struct Functions {
    /// One a function.
    pub rows: Vec<FunctionRow>,
    /// What was cut, in words: `7 more: 3:31:53 left or later.`
    pub more: Option<String>,
}

impl HtmlSafe for Functions {}

/// One affected function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionRow {
    /// Its name in the plan.
    pub name: String,
    /// Its clock, or its state.
    pub stands: Words,
    /// "Restored", for who may press it.
    pub act: Option<Act>,
}
