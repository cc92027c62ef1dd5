//! The plan as a document: objectives, levels, roles, matrices, runbooks.
//!
//! One revision is one immutable document; its text form is one TOML file for git.

mod difference;
pub mod document;
pub mod edit;
mod export;
mod finding;
mod held;
mod loss;
mod placeholder;
mod reach;
mod rules;
pub mod shape;
pub(crate) mod source;
mod stand;
mod stored;
#[cfg(test)]
#[path = "../../../tests/plan/mod.rs"] // they name an organisation, which nothing in src does
mod tests;
pub mod ways;

pub use difference::{Change, difference};
pub use export::export;
pub use finding::{Finding, Severity};
pub use held::{Unheld, unheld};
pub use loss::{is_called, loss_limit};
pub use placeholder::{PLACEHOLDERS, fill, unfilled};
pub use reach::{Unreachable, check_contact, is_mail_address, is_phone_number, is_web_address};
pub use source::{LONGEST, parse};
pub use stand::touches;
pub use stored::{Unreadable, document_bytes, read};
