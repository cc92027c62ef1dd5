//! Tells Muster how the databases stand, of proofs, and how orders do. What Muster did not hear is told again
//! until it does: the newest state alone, but every proof and all of every order.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::watch::Receiver;
use tokio::time::{Instant, timeout};
use tracing::warn;

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

/// A proof that Muster did not take in: its database may come to be known yet.
const REFUSED_AGAIN_AFTER: Duration = Duration::from_secs(3_600);

/// Tells.
pub(super) struct Teller<'a> {
    line: Line<'a>,
    run: RunId,
    place: &'a Place,
    board: &'a Board,
    told: BTreeMap<String, (Watched, Instant)>,
    /// Proofs that Muster did not take in, and when.
    refused: BTreeMap<PathBuf, Instant>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        line: Line<'a>,
        run: RunId,
        (place, board): (&'a Place, &'a Board),
    ) -> Teller<'a> {
        Teller { line, run, place, board, told: BTreeMap::new(), refused: BTreeMap::new() }
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

    /// What Muster refuses keeps nothing else from being told; it is tried again with the rest.
    async fn tell_all(&mut self, seen: Vec<Watched>) -> Result<(), AgentError> {
        let mut refused = None;
        for database in seen.into_iter().map(|one| self.board.add_to(one)) {
            if self.is_news(&database) {
                let told = self.tell_of(database).await;
                gone_on(told, &mut refused)?;
            }
        }
        for proof in notes::untold(&self.place.state) {
            if self.refused.get(&proof.file).is_some_and(|at| at.elapsed() < REFUSED_AGAIN_AFTER) {
                continue;
            }
            let told = serde_json::to_vec(&proof.evidence.abridged()).unwrap_or_default();
            let evidence = self.line.who().sealed(evidence::PREFIX, &told);
            let proved = Proved { run: self.run, evidence };
            match self.line.ask::<_, Told>(wire::PROOF, &proved).await {
                Err(error) if error.is_about_this() => {
                    let file = proof.file.display();
                    warn!(%error, %file, "a proof is not taken in; it is told of again in an hour");
                    self.refused.insert(proof.file, Instant::now());
                }
                told => drop(told.map(|_| notes::tick_off(&proof.file))?),
            }
        }
        for (order, event) in orders::untold(&self.place.state) {
            let said = Said { run: self.run, order, sent_at: Clock::of_host().now(), event };
            if gone_on(self.line.ask::<_, Told>(wire::ORDER, &said).await, &mut refused)?.is_some()
            {
                orders::tick_off(&self.place.state, order, &said.event);
            }
        }
        refused.map_or(Ok(()), Err)
    }

    async fn tell_of(&mut self, database: Watched) -> Result<Told, AgentError> {
        let sent_at = Clock::of_host().now();
        let seen = Seen { run: self.run, sent_at, database: database.clone() };
        let told = self.line.ask(wire::DATABASE, &seen).await?;
        self.told.insert(database.name.clone(), (database, Instant::now()));
        Ok(told)
    }

    /// Whether more than the time of the look changed, or it was told long ago.
    fn is_news(&self, database: &Watched) -> bool {
        self.told.get(&database.name).is_none_or(|(told, at)| {
            let same = Watched { at: told.at, ..database.clone() } == *told;
            !same || at.elapsed() >= AGAIN_AFTER && told.at != database.at
        })
    }
}

/// What was answered; none where it was refused, of which the first is kept.
fn gone_on<T>(
    asked: Result<T, AgentError>,
    refused: &mut Option<AgentError>,
) -> Result<Option<T>, AgentError> {
    match asked {
        Err(error) if error.is_about_this() => {
            refused.get_or_insert(error);
            Ok(None)
        }
        asked => asked.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use hyper::StatusCode;

    use super::*;

    #[test]
    fn only_what_was_refused_for_itself_is_passed_over_and_the_first_of_these_is_kept() {
        let answer = |status| Err::<(), _>(AgentError::Refused(status, status.to_string()));
        let mut refused = None;

        assert!(matches!(gone_on(Ok(()), &mut refused), Ok(Some(()))));
        assert!(matches!(gone_on(answer(StatusCode::CONFLICT), &mut refused), Ok(None)));
        assert!(matches!(gone_on(answer(StatusCode::BAD_REQUEST), &mut refused), Ok(None)));
        for all in [StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE] {
            assert!(gone_on(answer(all), &mut refused).is_err(), "{all}");
        }
        assert!(matches!(refused, Some(AgentError::Refused(StatusCode::CONFLICT, _))));
    }
}
