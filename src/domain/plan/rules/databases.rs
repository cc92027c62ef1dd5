//! Databases, and the checks of their restored copies.

use super::place;
use crate::domain::agent::asked::{Asked, ROOM};
use crate::domain::plan::document::{Check, Plan};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;
use crate::domain::recovery::Expected;
use crate::domain::roster::is_key;

/// Bytes that Postgres keeps of a name.
const NAME: usize = 63;

pub(super) fn judge(plan: &Plan, report: &mut Report) {
    for (at, database) in plan.database.iter().enumerate() {
        if database.name.len() > NAME {
            let says = format!("no database has a name of more than {NAME} bytes");
            report.error(place!("database", at, "name"), says);
        }
        for (nth, check) in database.check.iter().enumerate() {
            judge_check(&place!("database", at, "check", nth), check, report);
        }
    }
    judge_room(plan, report);
}

/// What doesn't reach the agents would never run.
fn judge_room(plan: &Plan, report: &mut Report) {
    for (at, asked) in Asked::by(plan).iter().enumerate() {
        if asked.left_out > 0 {
            let kilobytes = ROOM / 1024;
            let says = format!(
                "agents keep {kilobytes} KB of checks, and this one goes beyond; write less SQL, such \
                                as a view’s name"
            );
            report.error(place!("database", at, "check", asked.checks.len()), says);
        }
    }
}

fn judge_check(place: &Place, check: &Check, report: &mut Report) {
    if check.sql.trim().is_empty() == check.action.is_empty() {
        let says = "a check has either “sql” or “action”; write one of them";
        report.error(place.clone(), says);
    }
    if has_two_statements(&check.sql) {
        report.error(place.at("sql"), "this is more than one statement; make a check of each");
    }
    if !check.action.is_empty() && !is_key(&check.action) {
        let says = format!("“{}” names no action; write it in a-z, 0-9 and -", check.action);
        report.error(place.at("action"), says);
    }
    if let Err(wrong) = check.expect.parse::<Expected>() {
        report.error(place.at("expect"), wrong.to_string());
    }
}

/// Whether something follows a semicolon that stands outside quotation marks.
fn has_two_statements(sql: &str) -> bool {
    let mut quote = None;
    let mut ended = false;
    for c in sql.chars() {
        match quote {
            Some(open) if open == c => quote = None,
            Some(_) => {}
            None if ended && !c.is_whitespace() && c != ';' => return true,
            None if c == '\'' || c == '"' => quote = Some(c),
            None => ended |= c == ';',
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semicolon_within_quotation_marks_ends_nothing() {
        for sql in ["SELECT 1", "SELECT 1;\n", "SELECT ';' || 'it''s; 2' || \";\"", ""] {
            assert!(!has_two_statements(sql), "{sql}");
        }
        for sql in ["SELECT 1; SELECT 2", ";SELECT 1", "SELECT ';'; DROP TABLE a"] {
            assert!(has_two_statements(sql), "{sql}");
        }
    }
}
