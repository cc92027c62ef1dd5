//! The key ring: whether it is there, ours alone, and the one that the database asks for.

use std::path::Path;

use super::Finding;
use crate::secrets::{KeyRing, SecretsError};

/// Looks at the ring, and gives it back where it can be used with this database.
pub(super) fn check(path: &Path, asked: Option<&str>) -> (Finding, Option<KeyRing>) {
    let shown = path.display();
    let copy = "put back the ring that this database was sealed with, or name it: MUSTER_KEYRING";
    match (KeyRing::load(path), asked) {
        (Ok(ring), Some(asked)) if ring.fingerprint() != asked => {
            let own = ring.fingerprint();
            let words = format!("{shown} is {own}, and the database was sealed with {asked}");
            (Finding::bad("key ring", words, copy), None)
        }
        (Ok(ring), _) => {
            let words = format!("{}, in {shown}", ring.fingerprint());
            (Finding::ok("key ring", words), Some(ring))
        }
        (Err(SecretsError::Missing { .. }), None) => {
            let words = format!("there is none at {shown}");
            let mend = "muster serve makes one with its first database; else put back the copy";
            (Finding::warn("key ring", words, mend), None)
        }
        (Err(error), _) => (Finding::bad("key ring", error.to_string(), copy), None),
    }
}
