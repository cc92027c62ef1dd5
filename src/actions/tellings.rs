//! Telling audiences: by hand, as the plan's matrix wants it, and the public by the status page.

mod clocks;
mod list;
mod told;

pub(super) use clocks::{public_told, set, take_over};
pub use list::{ByPage, Contact, Row, Tellings, contacts, read};
pub use told::told;
