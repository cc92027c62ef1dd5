//! The form in which a revision is stored: one JSON document, kept byte for byte.

use serde_json::Value;

use super::document::{FORMAT, Plan};

/// What turns a document of format n (counted from 1) into one of format n + 1, in order.
const UPGRADES: [fn(Value) -> Value; FORMAT as usize - 1] = [];

/// Why bytes are no plan.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// No JSON, or not of the plan's structure.
    #[error("the stored plan is damaged")]
    Damaged(#[from] serde_json::Error),
    /// A later release wrote it.
    #[error("the stored plan has format {0}, and this release reads up to {FORMAT}")]
    Format(u64),
}

/// The exact bytes that are stored and digested.
#[must_use]
pub fn document_bytes(plan: &Plan) -> Vec<u8> {
    // The plan's types hold nothing that JSON cannot: an error here has no way to arise, and
    // empty bytes would be refused when read.
    serde_json::to_vec(plan).unwrap_or_default()
}

/// Reads stored bytes of this or any earlier format.
///
/// # Errors
/// [`Unreadable`] where they are damaged or of a later format.
pub fn read(bytes: &[u8]) -> Result<Plan, Unreadable> {
    let mut value: Value = serde_json::from_slice(bytes)?;
    let format = value.get("format").and_then(Value::as_u64).unwrap_or_default();
    if !(1..=u64::from(FORMAT)).contains(&format) {
        return Err(Unreadable::Format(format));
    }
    let first = usize::try_from(format - 1).unwrap_or(UPGRADES.len());
    for upgrade in UPGRADES.iter().skip(first) {
        value = upgrade(value);
    }
    Ok(serde_json::from_value(value)?)
}
