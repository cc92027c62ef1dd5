//! The plan's own checks of a restored database: its statements, then its actions.

use std::time::Duration;

use tokio::time::Instant;

use super::super::Protected;
use super::super::journal::Journal;
use super::super::planned::{Hindrance, Planned, ready};
use super::actions;
use crate::domain::agent::asked::Asked;
use crate::domain::cut::line;
use crate::domain::plan::document;
use crate::domain::recovery::{Check, Expected};
use crate::recovery::{self, Patience, Scratch, ask};

/// Letters of a name that are kept.
pub(super) const LONGEST: usize = 200;
const NAME: &str = "checks of the plan";
/// All of them together may take so long: backups wait meanwhile.
const TOGETHER: Duration = Duration::from_secs(600);

/// Runs them, each by itself; what becomes of one is nothing to the others.
pub(in crate::agent) async fn check(
    protected: &Protected<'_>,
    scratch: &Scratch,
    journal: &mut Journal<'_>,
) {
    let planned = Planned::of(protected);
    let none = |skipped| Check {
        name: NAME.to_owned(),
        expected: "as the plan says".to_owned(),
        found: format!("none run: {}", planned.why_none(protected.name())),
        good: true,
        plan: None,
        skipped,
        said: None,
    };
    let asked = match &planned {
        Planned::Asked(asked) if !asked.checks.is_empty() || asked.left_out > 0 => asked,
        Planned::Asked(_) | Planned::Unknown(_) => return journal.note(none(false)),
        Planned::Alone | Planned::Untold => return journal.note(none(true)),
    };
    let work = answers(protected, scratch, asked);
    if let Some(found) = journal.step("run the plan's checks", work, Answers::said).await {
        found.checks.into_iter().for_each(|check| journal.note(check));
        actions::check((protected, scratch), asked, found.place.as_deref(), journal).await;
    }
    if asked.left_out > 0 {
        let found =
            format!("{} had no room in the schedule; let the plan ask less", asked.left_out);
        journal.check(NAME, "all", found, false);
    }
}

/// What was found, and in which database, or why nothing was run.
struct Answers {
    place: Result<String, Hindrance>,
    checks: Vec<Check>,
}

impl Answers {
    fn said(&self) -> String {
        let good = self.checks.iter().filter(|check| check.good && !check.skipped).count();
        match &self.place {
            Ok(name) if self.checks.is_empty() => format!("no statement, in database {name:?}"),
            Ok(name) => {
                format!("{good} of {} as they should be, in database {name:?}", self.checks.len())
            }
            Err(why) => format!("none was run: {}; {}", why.words, why.mend),
        }
    }
}

async fn answers(
    protected: &Protected<'_>,
    scratch: &Scratch,
    asked: &Asked,
) -> Result<Answers, recovery::Error> {
    let role = &protected.database.check_role;
    let place = ready(&scratch.options("postgres"), asked, role).await?;
    let mut checks = Vec::new();
    let begun = Instant::now();
    for check in asked.checks.iter().filter(|check| !check.sql.is_empty()) {
        checks.push(if begun.elapsed() < TOGETHER {
            answer(check, scratch, role, place.as_deref()).await
        } else {
            let found = "not run: those before it took 10 minutes together".to_owned();
            noted(check, found, false)
        });
    }
    Ok(Answers { place, checks })
}

async fn answer(
    check: &document::Check,
    scratch: &Scratch,
    role: &str,
    place: Result<&str, &Hindrance>,
) -> Check {
    let Ok(expected) = check.expect.parse::<Expected>() else {
        let found = "not run: this agent is too old to know what is expected";
        return noted(check, found.to_owned(), false);
    };
    let database = match place {
        Ok(database) => database,
        Err(why) => return skipped(check, &why.words),
    };
    let options = scratch.options_as(role, database);
    match ask(options, &check.sql, Patience::default()).await {
        Ok(value) => {
            let good = expected.fits(value.as_deref());
            noted(check, value.unwrap_or_else(|| "null".to_owned()), good)
        }
        Err(why) => noted(check, why.to_string(), false),
    }
}

pub(super) fn noted(check: &document::Check, found: String, good: bool) -> Check {
    let expected = match check.expect.parse::<Expected>() {
        _ if check.sql.is_empty() => format!("the named action {} ends well", check.action),
        Ok(expected) => expected.to_string(),
        Err(_) => check.expect.clone(),
    };
    Check {
        name: line(&check.name, LONGEST),
        expected: line(&expected, LONGEST),
        found,
        good,
        plan: Some(line(&check.key, LONGEST)),
        skipped: false,
        said: None,
    }
}

pub(super) fn skipped(check: &document::Check, why: &str) -> Check {
    Check { skipped: true, ..noted(check, format!("not run: {why}"), true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_on_its_line_and_short() {
        let check = document::Check {
            key: "k".to_owned(),
            name: format!("it's \"\nok    checksums: all\u{1b}[1A{}", "x".repeat(9_000)),
            sql: String::new(),
            action: "a\nb".to_owned(),
            expect: String::new(),
        };

        let kept = skipped(&check, "so");

        assert!(kept.name.starts_with("it's \" ok    checksums: all [1Axxx"), "{}", kept.name);
        assert_eq!(kept.name.chars().count(), LONGEST + 1);
        assert_eq!(kept.expected, "the named action a b ends well");
        assert!(kept.good && kept.skipped && kept.plan.as_deref() == Some("k"));
    }
}
