//! What can be typed. Only its form stands here; the commands' bodies stand in files of their own.

use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::agent::Agent;
use super::kit::server::Kit;
use super::restore::Restore;
use crate::config::Flags;
use crate::domain::rights::Right;

const EXAMPLES: &str = "\
Examples:
  muster serve
  muster serve --listen 0.0.0.0:8080 --public-url https://muster.example.org
  muster plan check plan.toml
  muster plan import plan.toml
  muster user add 'Ada Lovelace' --email ada@example.org --rights own,command < password.txt
  muster verify
  muster doctor
  muster kit --to /media/stick/server.kit --sheet /dev/shm/sheet.html
  sudo -u postgres muster agent check
  sudo -u postgres muster restore beside main --time '2026-11-28 03:01:12 UTC'

Exit codes: 0 done; 1 refused, or something was found wrong; 2 the command was typed wrong.
All settings: docs/SETTINGS.md";

/// Incident command for disaster recovery: makes a written plan act.
#[derive(Clone, Parser)]
#[command(name = "muster", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Args {
    /// Settings, alike on every command.
    #[command(flatten)]
    pub flags: Flags,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `muster` can be told to do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serves the pages, pages people, keeps the clocks; runs until told to stop
    Serve,
    /// Accounts: adds one, or makes a new set-up link
    #[command(subcommand)]
    User(User),
    /// The plan: checks, imports or exports its text form
    #[command(subcommand)]
    Plan(Plan),
    /// Checks that no timeline was changed: every hash, every chain, every signed head
    Verify {
        /// Check an exported timeline in this file instead of the database; "-" reads standard input
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
    },
    /// Says what would go wrong at 3 a.m.: settings, keys, database, mail, who watches; changes nothing
    Doctor {
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
    },
    /// Makes the kit that brings the key ring back when this server is gone, and prints its sheet
    Kit(Kit),
    /// Protects the databases of this host: backs up, lists what can be recovered, proves it
    Agent(Agent),
    /// Brings a database of this host back beside the one that lives, to any moment, without Muster's server
    Restore(Restore),
}

/// What can be done with accounts.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum User {
    /// Adds an account, or gives one to a person of the roster; reads its password from standard input
    Add(NewUser),
    /// Makes a new set-up link, good for one hour; older ones stop working
    SetupLink,
}

/// The account to add.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(after_help = "\
Example:
  printf '%s' 'a long and secret phrase' |
    muster user add 'Ada Lovelace' --email ada@example.org --rights own,command

The password is the first line of standard input, 12 characters at least.
Rights: view reads; respond declares, answers, writes to the timeline; command also levels, phases,
public words, closing; approve approves what touches live data; own people, plan, settings.")]
pub struct NewUser {
    /// The person's name, as others shall read it
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The address to sign in with
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    /// What the account may do, with commas: view, respond, command, approve, own
    #[arg(long, value_name = "RIGHTS", value_delimiter = ',', required = true)]
    pub rights: Vec<Right>,
    /// The person's key in the plan's roster, such as person.ada; without it one is made of the name
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}

/// What can be done with the plan's text form; "-" stands for standard input or output.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Plan {
    /// Says everything that is wrong with a plan, with line and column; needs no database
    Check {
        /// The plan's text form
        file: PathBuf,
    },
    /// Shows what a plan changes, then makes a revision of it, all or nothing
    Import {
        /// The plan's text form
        file: PathBuf,
    },
    /// Writes the plan in force, with the roster as it stands
    Export {
        /// Where to write it
        file: PathBuf,
    },
}

/// Reads the command line; what can't be read ends the process in words.
#[must_use]
pub fn parse() -> Args {
    let read = Args::from_arg_matches(&command().get_matches());
    read.unwrap_or_else(|error| error.exit())
}

/// All that can be typed. What works on a database's host follows none of the server's settings, so its help leaves
/// them out.
fn command() -> clap::Command {
    let mut command = Args::command();
    command.build(); // hands the settings down to every command
    ["agent", "restore"]
        .into_iter()
        .fold(command, |command, name| command.mut_subcommand(name, without_settings))
}

fn without_settings(command: clap::Command) -> clap::Command {
    let names: Vec<_> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    let command = command.mut_args(|arg| {
        let is_setting = arg.get_help_heading().is_some_and(|it| it.starts_with("Settings"));
        if is_setting { arg.hide(true) } else { arg }
    });
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, without_settings))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::agent::Files;

    fn typed(line: &[&str]) -> Result<Args, clap::Error> {
        Args::try_parse_from([&["muster"], line].concat())
    }

    #[test]
    fn the_definition_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_help_of_an_agent_leaves_the_servers_settings_out() {
        for (line, settings) in
            [(&["agent", "check", "--help"][..], false), (&["serve", "--help"], true)]
        {
            let help = command().try_get_matches_from([&["muster"], line].concat()).unwrap_err();
            assert_eq!(help.to_string().contains("--smtp-url"), settings, "{help}");
            assert!(help.to_string().contains("--config"), "{help}");
        }
        let line = ["muster", "agent", "--state", "/s", "points", "main", "--config", "/c"];
        let read = Args::from_arg_matches(&command().try_get_matches_from(line).unwrap()).unwrap();
        let Command::Agent(agent) = read.command else { panic!("this should be an agent's") };
        let Files { state, config } = agent.files;
        assert_eq!((state.as_deref(), config.as_deref()), (Some("/s"), Some("/c")));
    }

    #[test]
    fn an_account_is_named_with_its_rights() {
        let line = ["user", "add", "Ada", "--email", "ada@example.org", "--rights", "own,command"];

        let Ok(Args { command: Command::User(User::Add(new)), .. }) = typed(&line) else {
            panic!("this should name an account")
        };

        assert_eq!(new.rights, [Right::Own, Right::Command]);
        assert_eq!((new.email.as_str(), new.key), ("ada@example.org", None));
    }

    #[test]
    fn an_unknown_right_is_refused_by_name() {
        let line = ["user", "add", "Ada", "--email", "a@example.org", "--rights", "own,root"];

        let error = typed(&line).err().unwrap();

        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("“root” is no right"), "{error}");
    }

    #[test]
    fn settings_may_stand_before_and_after_the_command() {
        for line in [["--data-dir", "/d", "serve"], ["serve", "--data-dir", "/d"]] {
            let args = typed(&line).ok().unwrap();
            assert_eq!(args.flags.data_dir.as_deref(), Some("/d"));
        }
    }

    #[test]
    fn every_command_of_the_docs_is_understood() {
        let table: [(&[&str], Command); 6] = [
            (&["serve"], Command::Serve),
            (&["user", "setup-link"], Command::User(User::SetupLink)),
            (&["plan", "check", "p.toml"], Command::Plan(Plan::Check { file: "p.toml".into() })),
            (&["plan", "export", "-"], Command::Plan(Plan::Export { file: "-".into() })),
            (&["doctor", "--json"], Command::Doctor { json: true }),
            (&["verify", "--export", "t.json"], Command::Verify { export: Some("t.json".into()) }),
        ];
        for (line, command) in table {
            assert_eq!(typed(line).ok().unwrap().command, command);
        }
    }
}
