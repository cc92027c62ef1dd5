//! The plan as a document: objectives, levels, roles, matrices, runbooks.
//!
//! One revision is one immutable document; its text form is one TOML file for git.

pub mod document;
mod finding;
mod rules;
mod source;

pub use finding::{Finding, Severity};
pub use source::parse;
