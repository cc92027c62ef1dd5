//! What a copy has otherwise than the cluster that lives.

use std::collections::BTreeMap;

use super::super::{Protected, Result};
use super::copies::Copy;
use crate::domain::recovery::{Difference, Rows};
use crate::recovery::{Database, count_rows, scratch_options};

/// The tables that differ, and how many were compared. A table whose rows are not known on one side differs.
///
/// # Errors
/// When one of them does not answer.
pub async fn compare(protected: &Protected<'_>, copy: &Copy) -> Result<(Vec<Difference>, usize)> {
    let of_copy = count_rows(&scratch_options(&copy.room(protected), "postgres")).await?;
    let mut all: BTreeMap<_, [Rows; 2]> = BTreeMap::new();
    for (place, rows) in rows(count_rows(&protected.options()).await?) {
        all.entry(place).or_default()[0] = rows;
    }
    for (place, rows) in rows(of_copy) {
        all.entry(place).or_default()[1] = rows;
    }
    let compared = all.len();
    let same = |rows: &[Rows; 2]| rows[0] == rows[1] && rows[0] != Rows::Unknown;
    let differ = all.into_iter().filter(|(_, rows)| !same(rows));
    let differ =
        differ.map(|((database, table), [live, copy])| Difference { database, table, live, copy });
    Ok((differ.collect(), compared))
}

fn rows(databases: Vec<Database>) -> impl Iterator<Item = ((String, String), Rows)> {
    databases.into_iter().flat_map(|Database { name, tables }| {
        tables.into_iter().map(move |table| {
            let rows = table.rows.map_or(Rows::Unknown, Rows::Counted);
            ((name.clone(), table.full_name()), rows)
        })
    })
}
