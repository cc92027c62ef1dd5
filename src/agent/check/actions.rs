//! What Muster may have run by its name, and whether that can be run.

use super::super::program::unfit;
use super::super::settings::{Action, Use};
use crate::domain::cut::line;
use crate::domain::finding::Finding;

/// Letters of a command that are shown.
const LONGEST: usize = 300;

pub(super) fn check(action: &Action) -> Finding {
    let check = format!("action {}", action.name);
    if let Some((why, mend)) = unfit(action.program()) {
        return Finding::bad(check, format!("{} {why}", action.program().display()), mend);
    }
    let what_for = match action.used {
        Use::Check => "to check a restored copy",
    };
    let command = line(&action.command.join(" "), LONGEST);
    Finding::ok(
        check,
        format!("Muster may run {command} {what_for}, for {} at most", action.timeout),
    )
}
