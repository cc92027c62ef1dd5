//! What the forms and buttons of the page send.

use serde::Deserialize;
use time::OffsetDateTime;

use super::super::entries::past;
use crate::actions::databases::Back;
use crate::actions::{ActionError, ActionResult};
use crate::domain::agent::order::Restore;
use crate::domain::id::{OrderId, SiteId};
use crate::domain::recovery::Wanted;
use crate::domain::recovery::target::moment;
use crate::web::frame::Frame;

/// Letters of a table's or point's name.
const LONGEST: usize = 300;

/// One form. Which of its fields count is said by what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(in crate::web) struct Typed {
    /// The order's identity, made with the form.
    pub(super) id: OrderId,
    pub(super) site: SiteId,
    pub(super) database: String,
    /// What is to be done.
    pub(super) deed: String,
    /// What the target is named by.
    #[serde(default)]
    pub(super) to: String,
    /// The target.
    #[serde(default)]
    pub(super) at: String,
    #[serde(default)]
    pub(super) table: String,
    #[serde(default)]
    pub(super) since: String,
    #[serde(default)]
    pub(super) copy: String,
    #[serde(default)]
    pub(super) repository: String,
}

impl Typed {
    /// Whether it is about this database.
    pub(super) fn is_of(&self, one: &Back) -> bool {
        self.site == one.standing.site && self.database == one.standing.seen.name
    }

    /// The repository that is named; none for the one that leads.
    pub(super) fn repository(&self) -> Option<String> {
        Some(self.repository.clone()).filter(|name| !name.is_empty())
    }

    /// What it asks for.
    ///
    /// # Errors
    /// Invalid, by the field.
    pub(super) fn task(&self, frame: &Frame) -> ActionResult<Restore> {
        let copy = || {
            self.copy.parse().map_err(|_| ActionError::wrong("copy", "press one of the buttons"))
        };
        Ok(match self.deed.as_str() {
            "find" => {
                let table = named("table", &self.table)?;
                Restore::Find { table, within: None, since: past("since", &self.since, frame)? }
            }
            "beside" => Restore::Beside { wanted: self.wanted(frame)? },
            "later" => Restore::Later { copy: copy()?, wanted: self.wanted(frame)? },
            "open" => Restore::Open { copy: copy()? },
            "compare" => Restore::Compare { copy: copy()? },
            "remove" => Restore::Remove { copy: copy()? },
            _ => return Err(ActionError::wrong("deed", "press one of the buttons")),
        })
    }

    fn wanted(&self, frame: &Frame) -> ActionResult<Wanted> {
        let typed = self.at.trim();
        let wrong = |words: &str| ActionError::wrong("at", words);
        Ok(match self.to.as_str() {
            "latest" => Wanted::Latest,
            "time" => Wanted::Time(exactly(typed, frame)?),
            "before" => Wanted::Before(
                typed.parse().map_err(|_| wrong("a transaction has a number, such as 4042"))?,
            ),
            "lsn" => Wanted::Lsn(
                typed.parse().map_err(|_| wrong("a position in the log looks like 0/5000148"))?,
            ),
            "point" => Wanted::Named(
                named("at", typed)?.ok_or_else(|| wrong("type the name of the restore point"))?,
            ),
            _ => return Err(ActionError::wrong("to", "choose what the target is named by")),
        })
    }
}

/// A moment with its zone, to the microsecond; else one as the reader's own clock has it.
fn exactly(typed: &str, frame: &Frame) -> ActionResult<OffsetDateTime> {
    match moment(typed) {
        Ok(at) => Ok(at),
        Err(_) => past("at", typed, frame)?
            .ok_or_else(|| ActionError::wrong("at", "type the moment; it is not later than now")),
    }
}

fn named(field: &'static str, typed: &str) -> ActionResult<Option<String>> {
    let typed = typed.trim();
    if typed.chars().count() > LONGEST || typed.contains('\0') {
        return Err(ActionError::wrong(field, format!("at most {LONGEST} letters")));
    }
    Ok(Some(typed.to_owned()).filter(|typed| !typed.is_empty()))
}
