//! Makes a service of the agent, and says what its host's owner does next.

use std::path::Path;

use anyhow::Context as _;

use crate::agent::install::{Draft, RULE, UNIT, Written};
use crate::agent::joined::Identity;
use crate::agent::settings;

/// Writes the unit into a folder, or only shows it where there is none.
pub(super) fn run([file, state]: [&Path; 2], folder: Option<&Path>) -> anyhow::Result<bool> {
    let program = std::env::current_exe().context("this program does not find itself")?;
    let draft = Draft::of(&program, file, state)?;
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
        next(&draft.user, [file, state], written);
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

fn next(user: &str, [file, state]: [&Path; 2], written: Written) {
    let defaults = [("--config", file, settings::FILE), ("--state", state, settings::STATE)];
    let others = defaults.into_iter().filter(|(_, path, default)| *path != Path::new(default));
    let named: String =
        others.map(|(key, path, _)| format!(" {key} {}", shell_word(path))).collect();
    println!("\nNext:\n  sudo -u {user} muster agent{named} check");
    if Identity::load(state).is_err() {
        println!(
            "  sudo -u {user} muster agent{named} join CODE   # made on Muster's page Recovery"
        );
    }
    let last = if written == Written::Changed { "restart" } else { "enable --now" };
    println!("  sudo systemctl daemon-reload && sudo systemctl {last} muster-agent");
}

fn shell_word(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}
