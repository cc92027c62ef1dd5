//! `muster agent allow`: shows what Muster drafted for this host, and does of it what the host's owner wants.

use std::path::Path;

use anyhow::Context as _;
use tokio::runtime::Runtime;

use super::terminal::Terminal;
use crate::agent::Place;
use crate::agent::allow::{AllowError, Desk, Proposal, made_by};
use crate::agent::install::{UNIT, UNITS};
use crate::agent::joined;
use crate::agent::settings::{Credentials, secrets_of};
use crate::domain::agent::archiving::Setting;
use crate::domain::agent::draft::{Answer, Offered, Repository};
use crate::domain::counted::counted;
use crate::recovery::Owner;

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
        let cluster = Cluster::look(self.desk, &proposal);
        self.show(&proposal, &cluster);
        let may = "Let Muster back this database up, and prove the backups?";
        if self.asked.print || !self.asked.terminal.agrees(may)? {
            println!(
                "\nNothing was changed, and it stays open. For good: muster agent allow --refuse {code}\n"
            );
            return Ok(Outcome::Open);
        }
        self.carry_out(&proposal)?;
        cluster.set(self.asked.terminal, &proposal)?;
        self.tell(true)
            .context("all of that was done, and Muster was not told; run this again later")?;
        self.say_next(&proposal);
        Ok(Outcome::Answered)
    }

    fn show(&self, proposal: &Proposal, cluster: &Cluster) {
        match &proposal.difference {
            Some(difference) => println!("{difference}"),
            None => println!("All of it stands in {} already.\n", self.place.config.display()),
        }
        if let Some(folder) = &proposal.missing {
            println!("And a new folder {}, for {} alone.\n", folder.display(), self.desk.user());
        }
        cluster.show();
    }

    /// What opens a bucket comes first, so that the agent never finds one that it can't open.
    fn carry_out(&self, proposal: &Proposal) -> anyhow::Result<()> {
        if let Some(repository) = &proposal.locked {
            self.ask_credentials(repository)?;
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

    fn ask_credentials(&self, repository: &str) -> anyhow::Result<()> {
        let place = self.offered.draft.repository.as_ref().map(Repository::place);
        println!("\nWhat opens {} is kept on this host alone:", place.unwrap_or_default());
        let terminal = self.asked.terminal;
        let (key, secret) = (terminal.secret("  key id")?, terminal.secret("  secret key")?);
        let credentials = Credentials { name: repository.to_owned(), key, secret };
        anyhow::ensure!(
            credentials.are_plain(),
            "a key id and a secret key are one line each, and not empty; nothing was changed"
        );
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
        let name = &proposal.database.name;
        println!(
            "\n“{name}” is protected from now on: the agent backs it up and proves it by itself, as Muster’s page shows."
        );
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

/// The cluster, and what is to be set in it.
struct Cluster {
    owner: Result<Owner, String>,
    settings: Vec<Setting>,
    statements: Vec<String>,
}

impl Cluster {
    fn look(desk: &Desk, proposal: &Proposal) -> Cluster {
        let owner = desk.owner(proposal).map_err(|error| error.to_string());
        let looked = owner.and_then(|owner| Ok((owner.archiving()?, owner)));
        let (owner, settings) = match looked {
            Ok((archiving, owner)) => (Ok(owner), archiving.lacks(proposal.command())),
            Err(why) => (Err(why), Setting::UNSEEN.to_vec()),
        };
        let statements = settings.iter().map(|it| it.statement(proposal.command())).collect();
        Cluster { owner, settings, statements }
    }

    fn show(&self) {
        if self.statements.is_empty() {
            println!("Postgres is set as it should be.\n");
            return;
        }
        println!("And in Postgres, as its superuser:\n");
        self.statements.iter().for_each(|statement| println!("  {statement}"));
        println!("  select pg_reload_conf();\n");
        if let Err(why) = &self.owner {
            println!("It could not be asked how it is set, so this is left to you: {why}\n");
        }
    }

    /// Sets them where the person agrees; a restart is asked for, and never taken.
    fn set(&self, terminal: Terminal, proposal: &Proposal) -> anyhow::Result<()> {
        let Ok(owner) = &self.owner else { return Ok(()) };
        if self.statements.is_empty() {
            return Ok(());
        }
        let count = counted(self.statements.len(), "setting");
        if !terminal.agrees(&format!("\nRun that now? It sets {count} and restarts nothing."))? {
            println!("Then run it by hand; until then no backup is made.");
            return Ok(());
        }
        match owner.set(&self.statements) {
            Ok(()) => println!("Set."),
            Err(why) => println!("Postgres refused it: {why}\nRun it by hand, as its superuser."),
        }
        if self.settings.iter().any(|setting| setting.wants_restart()) {
            let by = match &proposal.unit {
                Some(unit) => format!(": sudo systemctl restart {unit}"),
                None => ", by whatever keeps it running".to_owned(),
            };
            println!(
                "It counts only from a restart of Postgres, which cuts off whoever is connected, and which Muster \
                 never takes. When it suits, restart it{by}"
            );
        }
        Ok(())
    }
}
