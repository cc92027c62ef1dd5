//! `muster agent check`.

use std::io::stdout;

use crate::agent::Place;
use crate::agent::check::check;
use crate::domain::finding::Health;

pub(super) async fn run(place: &Place, json: bool) -> anyhow::Result<bool> {
    let report = check(place).await?;
    report.print(json, &mut stdout())?;
    Ok(report.health() != Health::Bad)
}
