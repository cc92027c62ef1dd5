//! Looks through the log for the transaction that did the harm: which changed or removed rows of a table, or the files of
//! any.

use std::collections::BTreeMap;

use time::{Duration, OffsetDateTime};

use super::super::news::{News, Tell};
use super::super::points::{self, Entry, Overview};
use super::super::{Error, Protected, Result};
use super::Refusal;
use super::log::Log;
use crate::domain::recovery::{Changes, Lsn, Suspect, Suspects, Xid};
use crate::recovery::{Commit, Read, Relation, Stretch, numbers, relations};

/// So far back unless it is said otherwise.
const BACK: Duration = Duration::hours(6);

/// A table, as SQL names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName {
    /// With its schema, or of `public`.
    pub table: String,
    /// In which database; where none is named in the one that has it.
    pub database: Option<String>,
}

impl TableName {
    /// As it was typed; none where no table was.
    #[must_use]
    pub fn of(table: Option<&String>, database: Option<&String>) -> Option<TableName> {
        Some(TableName { table: table?.clone(), database: database.cloned() })
    }
}

/// Looks from a moment on; of a table for all that changed or removed rows, else for all that removed files.
///
/// # Errors
/// [`Refusal`], and when the log can't be read.
pub async fn suspects(
    protected: &Protected<'_>,
    table: Option<&TableName>,
    since: Option<OffsetDateTime>,
    tell: Tell<'_>,
) -> Result<Suspects> {
    tell(News::Begun("read the log".to_owned()));
    let overview = points::look(protected).await?;
    let since = since.unwrap_or(overview.at - BACK);
    let entry = before(protected, &overview, since)?;
    let named = match table {
        None => None,
        Some(table) => Some(place(protected, &overview, table).await?),
    };
    let (database, relation) = named.unzip();
    let names = match overview.live {
        Some(_) => numbers(&protected.options()).await?,
        None => Vec::new(),
    };
    let log = Log::of(protected, &overview, entry)?.telling(tell);
    let mut look =
        Look { relation, names, since, counted: BTreeMap::new(), maker: None, found: Vec::new() };
    look.through(&log, entry.point.stop).await?;
    Ok(Suspects { found: look.found, since: since.max(entry.point.stopped), database, more: 0 })
}

/// The newest point before, else the oldest that there is.
fn before<'a>(
    protected: &Protected<'_>,
    overview: &'a Overview,
    since: OffsetDateTime,
) -> Result<&'a Entry> {
    let newest = overview.on_this_timeline().rfind(|it| it.point.stopped <= since);
    let found = newest.or_else(|| overview.on_this_timeline().next());
    found.ok_or_else(|| Error::NoPoint(protected.name().to_owned()))
}

async fn place(
    protected: &Protected<'_>,
    overview: &Overview,
    TableName { table, database }: &TableName,
) -> Result<(String, Relation)> {
    if overview.live.is_none() {
        return Err(Refusal::Asleep { name: protected.name().to_owned() }.into());
    }
    let mut found = relations(&protected.options(), table, database.as_deref()).await?;
    let databases = || found.iter().map(|(name, _)| name.clone()).collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => {
            Err(Refusal::NoTable { name: protected.name().to_owned(), table: table.clone() }.into())
        }
        _ => Err(Refusal::Several { table: table.clone(), databases: databases() }.into()),
    }
}

/// What is looked for, and was found.
struct Look {
    relation: Option<Relation>,
    names: Vec<(u32, String)>,
    since: OffsetDateTime,
    counted: BTreeMap<Xid, Changes>,
    maker: Option<Xid>,
    found: Vec<Suspect>,
}

impl Look {
    async fn through(&mut self, log: &Log<'_>, from: Lsn) -> Result<()> {
        let mut at = from;
        while let Some(stretch) = log.stretch(at).await? {
            if self.within(&stretch).await? != Read::Through {
                break;
            }
            at = log.after(stretch.number);
        }
        Ok(())
    }

    /// What a transaction changes stands before its commit, in this segment or in one before.
    async fn within(&mut self, stretch: &Stretch) -> Result<Read> {
        if let Some(relation) = &self.relation {
            stretch.changes(relation, &mut self.counted).await?;
            if self.maker.is_none() {
                self.maker = stretch.maker(relation).await?;
            }
        }
        let how = stretch.commits(|commit| {
            self.judge(&commit);
            true
        });
        Ok(how.await?)
    }

    fn judge(&mut self, commit: &Commit) {
        let mut changes = Changes::default();
        for xid in commit.parts.iter().chain([&commit.xid]) {
            changes.add(self.counted.remove(xid).unwrap_or_default());
        }
        let anew = self.maker.is_some_and(|maker| commit.is(maker));
        let removed = self.removed(commit);
        let counts = match self.relation {
            Some(_) => changes.hurts() || anew,
            None => !removed.is_empty(),
        };
        if counts && commit.at >= self.since {
            self.found.push(Suspect { xid: commit.xid, at: commit.at, changes, anew, removed });
        }
    }

    /// Files of temporary tables never stand in the log.
    fn removed(&self, commit: &Commit) -> Vec<(String, usize)> {
        let mut by_database: BTreeMap<String, usize> = BTreeMap::new();
        for path in &commit.removed {
            let database = path.rsplit('/').nth(1).unwrap_or_default();
            *by_database.entry(self.name(database)).or_default() += 1;
        }
        by_database.into_iter().collect()
    }

    fn name(&self, number: &str) -> String {
        let known = self.names.iter().find(|(it, _)| it.to_string() == number);
        known.map_or_else(|| format!("number {number}"), |(_, name)| name.clone())
    }
}
