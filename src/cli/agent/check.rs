//! `muster agent check`.

use std::io::stdout;

use crate::agent::Host;
use crate::agent::check::check;
use crate::domain::finding::Health;

pub(super) async fn run(host: &Host, json: bool) -> anyhow::Result<bool> {
    let report = check(host).await;
    report.print(json, &mut stdout())?;
    Ok(report.health() != Health::Bad)
}
