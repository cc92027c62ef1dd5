//! `muster agent allow`: shows what Muster drafted for this host, and does of it what the host's owner wants.

mod cluster;

use std::path::Path;

use anyhow::Context as _;
use tokio::runtime::Runtime;

use self::cluster::Cluster;
use super::terminal::Terminal;
use crate::agent::Place;
use crate::agent::allow::{AllowError, Desk, Proposal, made_by};
use crate::agent::install::{UNIT, UNITS};
use crate::agent::joined;
use crate::agent::settings::{Credentials, Kind, secrets_of};
use crate::domain::agent::draft::{Answer, Offered, Repository};

/// What was said on the command line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The one draft that is meant; none: each in turn.
    pub(super) code: Option<&'a str>,
    /// None of them is wanted.
    pub(super) refuse: bool,
    /// Nothing is to be changed.
    pub(super) print: bool,
    /// Whoever is asked.
    pub(super) terminal: Terminal,
}

/// What became of one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Answered,
    Open,
}

/// Goes through the drafts; true when each was answered.
pub(super) fn run(place: &Place, asked: Asked<'_>, runtime: &Runtime) -> anyhow::Result<bool> {
    let desk = Desk::open(place)?;
    let mut drafts = runtime.block_on(joined::drafts(&desk.who))?;
    drafts.retain(|one| asked.code.is_none_or(|code| one.id.code() == code.to_ascii_lowercase()));
    if drafts.is_empty() {
        let which = asked.code.map_or("no draft".to_owned(), |code| format!("no draft {code}"));
        anyhow::bail!(
            "{which} is open for the site “{}”; an owner of {} makes one on the host’s page there: Protect a database",
            desk.who.joined.name,
            desk.who.server
        );
    }
    let mut all = true;
    for offered in &drafts {
        let one = One { desk: &desk, place, asked, offered, runtime };
        all &= one.answer()? == Outcome::Answered;
    }
    Ok(all)
}

/// One draft.
struct One<'a> {
    desk: &'a Desk,
    place: &'a Place,
    asked: Asked<'a>,
    offered: &'a Offered,
    runtime: &'a Runtime,
}

impl One<'_> {
    fn answer(&self) -> anyhow::Result<Outcome> {
        let code = self.offered.id.code();
        println!("Draft {code}, made in Muster by {}:\n", made_by(self.offered));
        if self.asked.refuse {
            self.tell(false)?;
            println!("It was refused, and Muster’s page says so. Nothing was changed here.");
            return Ok(Outcome::Answered);
        }
        let proposal = match self.desk.look(&self.offered.draft) {
            Ok(proposal) => proposal,
            Err(error @ (AllowError::Settings(_) | AllowError::Write { .. })) => {
                return Err(error.into());
            }
            Err(error) => {
                println!("It can’t be followed: {error}\n");
                return Ok(Outcome::Open);
            }
        };
        let cluster = proposal.protecting.as_ref().map(|it| Cluster::look(self.desk, it));
        self.show(&proposal, cluster.as_ref());
        if self.asked.print || !self.asked.terminal.agrees(question(&proposal))? {
            println!(
                "\nNothing was changed, and it stays open. For good: muster agent allow --refuse {code}\n"
            );
            return Ok(Outcome::Open);
        }
        self.carry_out(&proposal)?;
        cluster.map_or(Ok(()), |cluster| cluster.set(self.asked.terminal))?;
        self.tell(true)
            .context("all of that was done, and Muster was not told; run this again later")?;
        self.say_next(&proposal);
        Ok(Outcome::Answered)
    }

    fn show(&self, proposal: &Proposal, cluster: Option<&Cluster>) {
        match &proposal.difference {
            Some(difference) => println!("{difference}"),
            None => println!("All of it stands in {} already.\n", self.place.config.display()),
        }
        if let Some(folder) = &proposal.missing {
            println!("And a new folder {}, for {} alone.\n", folder.display(), self.desk.user());
        }
        if let Some(cluster) = cluster {
            cluster.show();
        }
    }

    /// What opens a store comes first, so that the agent never finds one that it can't open.
    fn carry_out(&self, proposal: &Proposal) -> anyhow::Result<()> {
        if let Some((repository, kind)) = &proposal.locked {
            self.ask_credentials(repository, *kind)?;
        }
        if let Some(folder) = &proposal.missing {
            self.make_folder(folder)?;
        }
        self.desk.write(proposal)?;
        if proposal.difference.is_some() {
            println!("Written to {}.", self.place.config.display());
        }
        Ok(())
    }

    fn ask_credentials(&self, repository: &str, kind: Kind) -> anyhow::Result<()> {
        let place = self.offered.draft.repository.as_ref().map(Repository::place);
        println!("\nWhat opens {} is kept on this host alone:", place.unwrap_or_default());
        let terminal = self.asked.terminal;
        let (key, secret, must) = match kind {
            Kind::Azure => (
                terminal.secret("  account key")?,
                None,
                "an account’s key is one line of base64, as Azure shows it",
            ),
            _ => (
                terminal.secret("  key id")?,
                Some(terminal.secret("  secret key")?),
                "a key id and a secret key are one line each, and not empty",
            ),
        };
        let credentials = Credentials { name: repository.to_owned(), key, secret };
        anyhow::ensure!(credentials.fit(kind), "{must}; nothing was changed");
        self.desk.keep(&credentials)?;
        let file = secrets_of(&self.place.config);
        println!("Kept in {}, which {} alone may read.", file.display(), self.desk.user());
        Ok(())
    }

    fn make_folder(&self, folder: &Path) -> anyhow::Result<()> {
        let (shown, user) = (folder.display(), self.desk.user());
        let around = folder.parent().filter(|around| !around.exists());
        let neither = around.map(|it| format!(", and neither is {}", it.display()));
        let neither = neither.unwrap_or_default();
        let question = format!("\n{shown} is not there{neither}. Make it, for {user} alone?");
        if self.asked.terminal.agrees(&question)? {
            let made = self.desk.make_folder(folder);
            made.context("make it by hand, then run this again; nothing else was changed")?;
        } else {
            println!("Then make it: install -d -m 700 -o {user} '{shown}'");
        }
        Ok(())
    }

    fn tell(&self, allowed: bool) -> anyhow::Result<()> {
        let answer = Answer { draft: self.offered.id, allowed };
        Ok(self.runtime.block_on(joined::answer(&self.desk.who, answer))?)
    }

    fn say_next(&self, proposal: &Proposal) {
        match &proposal.protecting {
            Some(it) => println!(
                "\n“{}” is protected from now on: the agent backs it up and proves it by itself, as Muster’s page shows.",
                it.database.name
            ),
            None => println!(
                "\nEach database of this host is kept there too from now on: the agent backs it up there, proves that and \
                 copies the log by itself, as Muster’s page shows. Its key is a new one: make the kit anew."
            ),
        }
        if !Path::new(UNITS).join(UNIT).exists() {
            println!(
                "Keep the agent running, as a service that is shut in: sudo muster agent install"
            );
        } else if proposal.difference.is_some() {
            println!(
                "Its service must hear of the new paths: sudo muster agent install && sudo systemctl daemon-reload \
                 && sudo systemctl restart muster-agent"
            );
        }
        println!();
    }
}

fn question(proposal: &Proposal) -> &'static str {
    match proposal.protecting {
        Some(_) => "Let Muster back this database up, and prove the backups?",
        None => "Let Muster back each database of this host up there too, and prove the backups?",
    }
}
