//! The plan from outside: text in, findings, text and changes out.

mod any_bytes;
mod bounds;
mod coverage;
mod differences;
mod edits;
mod findings;
mod round_trip;
mod shapes;
mod stored;

use crate::domain::plan::document::PlanFile;
use crate::domain::plan::parse;

/// The plan of the first organisation, whole.
const LABITORY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/plans/labitory.toml"));

fn labitory() -> PlanFile {
    parse(LABITORY).unwrap().0
}
