//! The cluster that is to be protected: how it is set, and what is to be set in it.

use crate::agent::allow::{Desk, Protecting};
use crate::cli::agent::terminal::Terminal;
use crate::domain::agent::archiving::Setting;
use crate::domain::counted::counted;
use crate::recovery::Owner;

/// The cluster, and what is to be set in it.
pub(super) struct Cluster {
    owner: Result<Owner, String>,
    settings: Vec<Setting>,
    statements: Vec<String>,
    unit: Option<String>,
}

impl Cluster {
    pub(super) fn look(desk: &Desk, it: &Protecting) -> Cluster {
        let owner = desk.owner(it).map_err(|error| error.to_string());
        let looked = owner.and_then(|owner| Ok((owner.archiving()?, owner)));
        let (owner, settings) = match looked {
            Ok((archiving, owner)) => (Ok(owner), archiving.lacks(&it.command)),
            Err(why) => (Err(why), Setting::UNSEEN.to_vec()),
        };
        let statements = settings.iter().map(|setting| setting.statement(&it.command)).collect();
        Cluster { owner, settings, statements, unit: it.unit.clone() }
    }

    pub(super) fn show(&self) {
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
    pub(super) fn set(&self, terminal: Terminal) -> anyhow::Result<()> {
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
            let by = match &self.unit {
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
