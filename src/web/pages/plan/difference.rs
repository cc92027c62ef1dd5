//! What changes from one plan to another, as a table.

use crate::domain::plan::{Change, Finding, Severity};
use crate::web::parts::state::State;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

/// Each change with its place; `was` and `is` head the two sides.
pub(in crate::web::pages) fn changes(changes: &[Change], was: &str, is: &str) -> Table {
    let table = Table::new("difference").column("Where").column(was).column(is);
    let said = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
    changes.iter().fold(table, |table, one| {
        let place = Words::new().mono(one.path.clone());
        table.row([place, said(&one.old).into(), said(&one.new).into()])
    })
}

/// Each finding with its place; none where there is none.
pub(in crate::web::pages) fn findings(findings: &[Finding]) -> Option<Table> {
    let table = Table::new("findings").column("Where").column("What");
    let row = |table: Table, one: &Finding| {
        let state = match one.severity {
            Severity::Error => State::bad("error"),
            Severity::Warning => State::warn("warning"),
        };
        let what = Words::new().state(state).plain(" ").mono(one.path.clone());
        let what = what.plain(format!(" {}", one.says));
        let place = format!("Line {}, column {}", one.line, one.column);
        table.row([place.into(), what])
    };
    (!findings.is_empty()).then(|| findings.iter().fold(table, row))
}
