//! The plan's checks that are named actions: of each the plan has a name, and `agent.toml` what is run.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::Instant;

use super::super::desk::Desk;
use super::super::journal::Journal;
use super::super::planned::Hindrance;
use super::super::program::unfit;
use super::super::settings::{self, Use};
use super::super::{Protected, Result};
use super::plan::{LONGEST, noted, skipped};
use crate::domain::agent::asked::Asked;
use crate::domain::cut::line;
use crate::domain::plan::document;
use crate::domain::recovery::Check;
use crate::recovery::{self, Acted, Action, Ended, Scratch, act};

/// None begins after so long: backups wait meanwhile.
const TOGETHER: Duration = Duration::from_secs(1_800);

/// Where actions run: beside this copy, in this database of it, or why not.
struct Place<'a> {
    protected: &'a Protected<'a>,
    scratch: &'a Scratch,
    database: Result<&'a str, &'a Hindrance>,
}

/// Runs them one after the other; what becomes of one is nothing to the others.
pub(super) async fn check(
    (protected, scratch): (&Protected<'_>, &Scratch),
    asked: &Asked,
    database: Result<&str, &Hindrance>,
    journal: &mut Journal<'_>,
) {
    let place = Place { protected, scratch, database };
    let begun = Instant::now();
    for check in asked.checks.iter().filter(|check| check.sql.is_empty()) {
        let found = match place.hindered(check) {
            _ if begun.elapsed() >= TOGETHER => {
                let found = "not run: those before it took 30 minutes together";
                noted(check, found.to_owned(), false)
            }
            Err(hindered) => *hindered,
            Ok((action, database)) => {
                let work = async { Ok::<_, Infallible>(place.run(check, action, database).await) };
                let step = format!("run the named action {}", action.name);
                let done = journal.step(&step, work, |it| it.found.clone()).await;
                let Some(found) = done else { continue }; // which can't be
                found
            }
        };
        journal.note(found);
    }
}

impl<'a> Place<'a> {
    /// What is to be run, and where; else that it is not run, and why.
    fn hindered(
        &self,
        check: &document::Check,
    ) -> Result<(&'a settings::Action, &'a str), Box<Check>> {
        let refused = |why: String| Box::new(noted(check, format!("not run: {why}"), false));
        let action = self.protected.host.settings.action(&check.action, Use::Check);
        let action = action.ok_or_else(|| {
            let (words, mend) = unnamed(&check.action);
            match self.protected.host.other {
                Some(_) => Box::new(skipped(check, &words)), // where the database lives it is asked for
                None => refused(format!("{words}; {mend}")),
            }
        })?;
        if let Some((why, mend)) = unfit(action.program()) {
            return Err(refused(format!("{} {why}; {mend}", action.program().display())));
        }
        let database = self.database.map_err(|why| Box::new(skipped(check, &why.words)))?;
        Ok((action, database))
    }

    async fn run(
        &self,
        check: &document::Check,
        action: &settings::Action,
        database: &str,
    ) -> Check {
        match self.act(action, database).await {
            Ok(Acted { ended, said }) => {
                let last = said.lines().last().map(|last| format!(": {}", line(last, LONGEST)));
                let found = format!("{ended}{}", last.unwrap_or_default());
                let said = Some(said).filter(|said| !said.is_empty());
                Check { said, ..noted(check, found, ended == Ended::Well) }
            }
            Err(error) => noted(check, format!("not run: {error}"), false),
        }
    }

    async fn act(&self, action: &settings::Action, database: &str) -> Result<Acted> {
        let Place { protected, scratch, .. } = self;
        let desk = Desk::of(protected);
        let desk = desk.map_err(recovery::Error::io("write", &protected.folder()))?;
        let action = Action {
            program: action.program(),
            args: action.args(),
            within: action.timeout,
            folder: desk.path(),
            role: &protected.database.check_role,
            database,
        };
        Ok(act(scratch, &action).await?)
    }
}

/// That nobody allowed it on this host, and how to.
pub(in crate::agent) fn unnamed(action: &str) -> (String, String) {
    let name = line(action, LONGEST);
    let words = format!("agent.toml names no action “{name}” for checks, which the plan asks for");
    (
        words,
        format!(
            "add [[action]] to agent.toml, with name = \"{name}\" and the command that it stands for"
        ),
    )
}
