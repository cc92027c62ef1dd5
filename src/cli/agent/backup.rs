//! `muster agent backup`.

use std::io::stdout;

use super::words::{Printer, span};
use crate::agent::Protected;
use crate::agent::backup::back_up;
use crate::agent::settings::Size;
use crate::domain::finding::Report;

pub(super) async fn run(protected: &Protected<'_>, full: bool) -> anyhow::Result<bool> {
    let printer = Printer::new();
    let made = back_up(protected, full, &|news| printer.print(news)).await?;
    let point = &made.point;
    println!(
        "{} backup {}: {} copied in {}, {} stored in {}",
        point.kind.name(),
        point.label,
        Size(point.size),
        span(point.started, point.stopped),
        Size(point.stored),
        protected.repository.place()
    );
    if point.damaged {
        println!(
            "BAD   the engine found broken pages while it copied; run: {}",
            protected.by_hand("prove")
        );
    }
    if !made.findings.is_empty() {
        Report(made.findings).lines(&mut stdout())?;
    }
    if made.key_is_new {
        println!(
            "\nIts key was made just now: {}\nWithout it no backup opens. Make the kit that keeps it off this host: \
             muster agent kit",
            protected.repository.key().display()
        );
    }
    println!("Not proved yet; run: {}", protected.by_hand("prove"));
    Ok(!point.damaged)
}
