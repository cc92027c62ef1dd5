//! `muster agent expire`.

use super::words::{Printer, moment};
use crate::agent::Protected;
use crate::agent::expire::{Expired, expire, going};
use crate::agent::settings::Size;
use crate::domain::counted::counted;
use crate::domain::finding::Report;
use crate::domain::recovery::{Going, Retention};

pub(super) async fn run(protected: &Protected<'_>, dry: bool) -> anyhow::Result<bool> {
    let host = protected.host;
    if dry {
        let going = going(protected).await?;
        going.iter().for_each(|one| println!("would go  {}", said(one)));
        say_nothing(&going, host.settings.limits.retention());
        return Ok(true);
    }
    let printer = Printer::new();
    let Expired { gone, kept } = expire(protected, &|news| printer.print(news)).await?;
    gone.iter().for_each(|one| println!("gone      {}", said(one)));
    if kept.is_empty() {
        say_nothing(&gone, host.settings.limits.retention());
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

fn say_nothing(going: &[Going], Retention { days, fulls }: Retention) {
    if going.is_empty() {
        let (days, fulls) = (counted(days, "day"), counted(fulls, "full backup"));
        println!(
            "Nothing is old enough: kept are {days} back, and {fulls} at least (keep_days, keep_fulls)."
        );
    }
}
