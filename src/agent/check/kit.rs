//! Whether a kit keeps what opens the backups; where its sheet lies, Muster alone is told.

use super::super::{Host, Place, kit};
use crate::domain::finding::Finding;
use crate::domain::kit::{Made, Standing};

/// What is to be said of it; nothing before there is a key to keep.
pub(super) fn check(place: &Place, host: &Host) -> Option<Finding> {
    let Standing { wanted, made, lacks, command } = kit::standing(place, host)?;
    let mend = format!("make one, and put its sheet where no fire reaches both: {command}");
    let Some(Made { number, at, proved, .. }) = made else {
        let words = "there is none: with this host gone, nothing opens its backups";
        return wanted.then(|| Finding::warn("kit", words, mend));
    };
    if !lacks.is_empty() {
        let words = format!("{number} does not keep what is in use: {}", lacks.join(", "));
        return Some(Finding::warn("kit", words, mend));
    }
    let proved = proved.map(|at| format!(", its words typed in on {}", at.date()));
    Some(Finding::ok("kit", format!("{number} of {}{}", at.date(), proved.unwrap_or_default())))
}
