//! `muster agent kit`: makes the site's kit, opens it, proves it.

use std::path::PathBuf;

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use crate::agent::Place;
use crate::agent::kit::{self, Looked};
use crate::cli::kit::{Paper, opened, typed};
use crate::domain::kit::{Kind, Sheet, is_number};
use crate::secrets::SealedKit;

const EXAMPLES: &str = "\
Examples:
  sudo -u postgres muster agent kit --sheet /dev/shm/sheet.html
  sudo -u postgres muster agent kit | lp
  sudo -u postgres muster agent kit prove
  muster agent kit open site-kit-3F2A-91C4.kit --into /root/opened

The eight words stand on the sheet alone. Print it, put it where neither fire nor thief takes it with the host, say on
Muster's page Recovery where it lies, and remove the file. They are typed in on a terminal, which does not show them, or
read from the standard input.";

/// What stands on the command line.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Kit {
    /// Write the sheet there, for its owner alone, and not to the standard output; as a page where the name ends in .html
    #[arg(long, value_name = "FILE")]
    pub sheet: Vec<PathBuf>,
    /// What else to do.
    #[command(subcommand)]
    pub deed: Option<Deed>,
}

/// What can be done with a kit.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Deed {
    /// Opens a sealed copy with the words of its sheet; writes over nothing
    Open {
        /// The sealed copy; without it --repository
        #[arg(required_unless_present = "repository", conflicts_with = "repository")]
        file: Option<PathBuf>,
        /// Take the newest copy from these repositories of agent.toml
        #[arg(long, value_name = "NAME", num_args = 1..)]
        repository: Vec<String>,
        /// The folder for what it holds
        #[arg(long, value_name = "FOLDER")]
        into: PathBuf,
    },
    /// Opens each sealed copy where it lies, with words that are typed in, and compares the keys with those in use
    Prove,
    /// Puts another's sealed copy, read from the standard input, into the repositories; says where, as JSON
    #[command(hide = true)]
    Lay,
    /// Prints a server kit's sealed copies as JSON
    #[command(hide = true)]
    Fetch {
        /// Its number
        number: String,
    },
    /// Removes the sealed copies of all server kits but this one
    #[command(hide = true)]
    Forget {
        /// Its number
        number: String,
    },
}

/// A sealed copy, as the agent of Muster's own database hands it to `muster kit`.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::cli) struct Fetched {
    pub(in crate::cli) place: String,
    pub(in crate::cli) text: Option<String>,
    pub(in crate::cli) why: Option<String>,
}

pub(super) async fn run(place: &Place, kit: &Kit) -> anyhow::Result<bool> {
    match &kit.deed {
        None => make(place, &kit.sheet).await,
        Some(Deed::Open { file: Some(file), into, .. }) => {
            opened::open(&[opened::read(file)?], into).await
        }
        Some(Deed::Open { file: None, repository, into }) => {
            opened::open(&kit::find(place, repository).await?, into).await
        }
        Some(Deed::Prove) => prove(place).await,
        Some(Deed::Lay) => lay(place).await,
        Some(Deed::Fetch { number }) => fetch(place, number).await,
        Some(Deed::Forget { number }) => {
            check(number)?;
            kit::forget_others(place, Kind::Server, number).await?;
            Ok(true)
        }
    }
}

async fn make(place: &Place, sheet: &[PathBuf]) -> anyhow::Result<bool> {
    let paper = Paper::laid_out(sheet)?;
    let new = kit::make(place).await?;
    paper.write(&Sheet { label: &new.label, phrase: &new.phrase, copies: &new.copies })?;
    let number = new.label.number.clone();
    new.keep(place)?; // last: a kit whose sheet nobody has is none
    eprintln!(
        "Kit {number} was made. Say on Muster's page Recovery where its sheet lies. Older sheets open nothing more \
         once this one was proved: {}",
        place.typed("kit prove")
    );
    Ok(true)
}

async fn prove(place: &Place) -> anyhow::Result<bool> {
    eprintln!("The newest kit of this host is {}.", kit::newest(place)?);
    let looked = kit::prove(place, &typed::phrase().await?).await?;
    Ok(told(&looked))
}

/// Says what became of each copy, and whether all is well.
pub(in crate::cli) fn told(looked: &[Looked]) -> bool {
    for Looked { place, wrong } in looked {
        match wrong {
            None => println!("ok    {place} opens, and has the keys that are in use"),
            Some(why) => println!("BAD   {place}: {why}"),
        }
    }
    looked.iter().all(|one| one.wrong.is_none())
}

async fn lay(place: &Place) -> anyhow::Result<bool> {
    let text = std::io::read_to_string(std::io::stdin())?;
    let copies = kit::lay(place, &SealedKit::read(&text)?).await?;
    println!("{}", serde_json::to_string(&copies)?);
    Ok(true)
}

/// It becomes a part of a path.
fn check(number: &str) -> anyhow::Result<()> {
    anyhow::ensure!(is_number(number), "“{number}” is no number of a kit");
    Ok(())
}

async fn fetch(place: &Place, number: &str) -> anyhow::Result<bool> {
    check(number)?;
    let copies = kit::copies(place, Kind::Server, number).await?;
    let fetched = copies.into_iter().map(|copy| match copy.found {
        Ok(kit) => Fetched { place: copy.place, text: Some(kit.text().to_owned()), why: None },
        Err(why) => Fetched { place: copy.place, text: None, why: Some(why) },
    });
    println!("{}", serde_json::to_string(&fetched.collect::<Vec<_>>())?);
    Ok(true)
}
