//! Makes a service of the agent, and says what its host's owner does next.

use std::path::Path;

use anyhow::Context as _;

use crate::agent::Place;
use crate::agent::install::{Draft, RULE, UNIT, Written};
use crate::agent::joined::Identity;

/// Writes the unit into a folder, or only shows it where there is none.
pub(super) fn run(place: &Place, folder: Option<&Path>) -> anyhow::Result<bool> {
    let program = std::env::current_exe().context("this program does not find itself")?;
    let draft = Draft::of(&program, &place.config, &place.state)?;
    let written = match folder {
        None => {
            print!("{}", draft.unit);
            None
        }
        Some(folder) => {
            let written = draft.write(folder)?;
            println!("{} {}", folder.join(UNIT).display(), said(written));
            Some(written)
        }
    };
    if let Some(rule) = &draft.rule {
        println!(
            "\nIt may start and stop the databases' services once this stands in {RULE} (polkit 0.106 and later):\n\n{rule}"
        );
    }
    if let Some(written) = written {
        next(&draft.user, place, written);
    }
    Ok(true)
}

fn said(written: Written) -> &'static str {
    match written {
        Written::New => "was written.",
        Written::Changed => "was written anew.",
        Written::Same => "is as it should be; nothing was changed.",
    }
}

fn next(user: &str, place: &Place, written: Written) {
    println!("\nNext:\n  sudo -u {user} {}", place.typed("check"));
    if Identity::load(&place.state).is_err() {
        println!(
            "  sudo -u {user} {}   # made on Muster's page Recovery",
            place.typed("join CODE")
        );
    }
    let last = if written == Written::Changed { "restart" } else { "enable --now" };
    println!("  sudo systemctl daemon-reload && sudo systemctl {last} muster-agent");
}
