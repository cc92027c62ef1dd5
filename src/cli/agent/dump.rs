//! `muster agent dump`.

use super::words::{Printer, moment};
use crate::agent::settings::Size;
use crate::agent::{self, Protected};
use crate::domain::counted::counted;

pub(super) async fn run(protected: &Protected<'_>) -> anyhow::Result<bool> {
    let printer = Printer::new();
    let dump = agent::dump::dump(protected, &|news| printer.print(news)).await?;
    println!(
        "\nlogical dump {} of {}: {}, {}",
        dump.label,
        moment(dump.at),
        counted(dump.databases.unwrap_or_default(), "database"),
        Size(dump.bytes.unwrap_or_default())
    );
    println!("Prove it: muster agent prove {} --dump", protected.name());
    Ok(true)
}
