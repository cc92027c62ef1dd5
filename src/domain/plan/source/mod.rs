//! The text form: one TOML file, read with every mistake found at once.

mod fault;
mod hole;
mod parse;
pub(crate) mod place;
mod reader;
mod report;
mod tables;

pub use parse::{LONGEST, parse};
pub(crate) use report::Report;
pub(crate) use tables::read_tables;
