//! Tells Muster how the databases stand, of proofs, and how orders do. What Muster did not hear is told again
//! until it does: the newest state alone, but every proof and all of every order.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::watch::Receiver;
use tokio::time::{Instant, timeout};

use super::board::Board;
use super::line::Line;
use super::link::AgentError;
use super::orders;
use super::run::Pauses;
use crate::agent::{Place, notes};
use crate::clock::Clock;
use crate::domain::agent::watched::Watched;
use crate::domain::agent::wire::{self, Proved, Said, Seen, Told};
use crate::domain::id::RunId;
use crate::domain::recovery::evidence;

/// So often a state is told again though nothing in it changed: what is older is not believed.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// So often it is looked whether there is something to tell of.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Tells.
pub(super) struct Teller<'a> {
    line: Line<'a>,
    run: RunId,
    place: &'a Place,
    board: &'a Board,
    told: BTreeMap<String, (Watched, Instant)>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        line: Line<'a>,
        run: RunId,
        (place, board): (&'a Place, &'a Board),
    ) -> Teller<'a> {
        Teller { line, run, place, board, told: BTreeMap::new() }
    }

    /// Tells until it is dropped.
    pub(super) async fn tell(mut self, mut seen: Receiver<Vec<Watched>>, mut pauses: Pauses<'_>) {
        loop {
            let now = seen.borrow_and_update().clone();
            match self.tell_all(now).await {
                Ok(()) => {
                    pauses.worked();
                    let _ = timeout(LOOK_EVERY, seen.changed()).await; // or the board has changed
                }
                Err(error) => pauses.after(&error).await,
            }
        }
    }

    async fn tell_all(&mut self, seen: Vec<Watched>) -> Result<(), AgentError> {
        for database in seen.into_iter().map(|one| self.board.add_to(one)) {
            if self.is_news(&database) {
                let name = database.name.clone();
                let sent_at = Clock::of_host().now();
                let seen = Seen { run: self.run, sent_at, database: database.clone() };
                let _: Told = self.line.ask(wire::DATABASE, &seen).await?;
                self.told.insert(name, (database, Instant::now()));
            }
        }
        for proof in notes::untold(&self.place.state) {
            let told = serde_json::to_vec(&proof.evidence.abridged()).unwrap_or_default();
            let evidence = self.line.who().sealed(evidence::PREFIX, &told);
            let proved = Proved { run: self.run, evidence };
            let _: Told = self.line.ask(wire::PROOF, &proved).await?;
            notes::tick_off(&proof.file);
        }
        for (order, event) in orders::untold(&self.place.state) {
            let said = Said { run: self.run, order, sent_at: Clock::of_host().now(), event };
            let _: Told = self.line.ask(wire::ORDER, &said).await?;
            orders::tick_off(&self.place.state, order, &said.event);
        }
        Ok(())
    }

    /// Whether more than the time of the look changed, or it was told long ago.
    fn is_news(&self, database: &Watched) -> bool {
        self.told.get(&database.name).is_none_or(|(told, at)| {
            let same = Watched { at: told.at, ..database.clone() } == *told;
            !same || at.elapsed() >= AGAIN_AFTER && told.at != database.at
        })
    }
}
