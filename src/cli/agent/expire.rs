//! `muster agent expire`.

use super::words::{Printer, moment};
use crate::agent::expire::{Expired, expire, going};
use crate::agent::settings::Size;
use crate::agent::{Protected, dump};
use crate::domain::counted::counted;
use crate::domain::finding::Report;
use crate::domain::recovery::{Going, Retention};

pub(super) async fn run(protected: &Protected<'_>, dry: bool) -> anyhow::Result<bool> {
    let host = protected.host;
    if dry {
        let going = going(protected).await?;
        going.iter().for_each(|one| println!("would go  {}", said(one)));
        let dumps =
            if has_dumps(protected).await? { dump::going(protected).await? } else { Vec::new() };
        dumps.iter().for_each(|label| println!("would go  {label}"));
        say_nothing(going.is_empty() && dumps.is_empty(), host.settings.limits.retention());
        return Ok(true);
    }
    let printer = Printer::new();
    let Expired { gone, kept } = expire(protected, &|news| printer.print(news)).await?;
    gone.iter().for_each(|one| println!("gone      {}", said(one)));
    let dumps = match has_dumps(protected).await? {
        true => dump::expire(protected, &|news| printer.print(news)).await?,
        false => Vec::new(),
    };
    dumps.iter().for_each(|label| println!("gone      {label}"));
    if kept.is_empty() {
        say_nothing(gone.is_empty() && dumps.is_empty(), host.settings.limits.retention());
        return Ok(true);
    }
    Report(kept).lines(&mut std::io::stdout())?;
    Ok(false)
}

fn said(one: &Going) -> String {
    let others = match one.dependents.len() {
        0 => String::new(),
        others => format!(" and {} on it", counted(others, "backup")),
    };
    format!("{}{others}, of {}, {}", one.label, moment(one.stopped), Size(one.stored))
}

/// Where none was ever made restic need not be there.
async fn has_dumps(protected: &Protected<'_>) -> anyhow::Result<bool> {
    let dumps = dump::dumps(protected).await?;
    Ok(dumps.count > 0 || dumps.unable.is_none())
}

fn say_nothing(nothing: bool, Retention { days, fulls }: Retention) {
    if nothing {
        let (days, fulls) = (counted(days, "day"), counted(fulls, "full backup"));
        println!(
            "Nothing is old enough: kept are {days} back, and {fulls} at least (keep_days, keep_fulls)."
        );
    }
}
