//! One deed on one database, by the same ways as by hand, in words of how it ended.

use tracing::info;

use crate::agent::backup::back_up;
use crate::agent::dump;
use crate::agent::expire::expire;
use crate::agent::lead::take;
use crate::agent::news::Tell;
use crate::agent::prove::{Proof, prove};
use crate::agent::{self, Protected};
use crate::domain::agent::schedule::Deed;
use crate::domain::counted::counted;
use crate::domain::finding::Finding;
use crate::domain::recovery::{Dumps, Evidence};

/// What was done.
pub(super) struct Done {
    /// In words.
    pub(super) words: String,
    /// Whether what was looked at was found well.
    pub(super) holds: bool,
    /// What a backup left to look at.
    pub(super) findings: Vec<Finding>,
}

impl Done {
    pub(super) fn of(words: String, holds: bool) -> Done {
        Done { words, holds, findings: Vec::new() }
    }
}

/// Does it.
pub(super) async fn carry_out(
    protected: &Protected<'_>,
    deed: Deed,
    tell: Tell<'_>,
) -> Result<Done, String> {
    match deed {
        Deed::Full | Deed::Incremental => {
            let made = back_up(protected, deed == Deed::Full, tell).await;
            let made = made.map_err(|error| error.to_string())?;
            let (words, findings) = (made.point.label, made.findings);
            Ok(Done { words, holds: true, findings })
        }
        Deed::Proof => {
            let words = |error: agent::Error| error.to_string();
            let proof = prove(protected, tell).await.map_err(words)?;
            let dumps = dump::dumps(protected).await.map_err(words)?;
            let dump = prove_dump(protected, &dumps, tell).await.map_err(words)?;
            let done = proved(&proof.evidence);
            Ok(match dump {
                Some(dump) => both(done, proved(&dump.evidence)),
                None => done,
            })
        }
        Deed::Expiry => remove_old(protected, tell).await,
        Deed::Dump => {
            let made = dump::dump(protected, tell).await.map_err(|error| error.to_string())?;
            remove_old_dumps(protected, tell).await?;
            Ok(Done::of(made.label, true))
        }
    }
}

/// Has Postgres archive to this repository from now on.
pub(super) async fn lead(protected: &Protected<'_>) -> Result<Done, String> {
    take(protected).await.map_err(|error| error.to_string())?;
    let words = format!("Postgres archives to {} now", protected.repository_name);
    Ok(Done::of(words, true))
}

/// The newest dump is proved after the newest recovery point, once.
pub(super) async fn prove_dump(
    protected: &Protected<'_>,
    dumps: &Dumps,
    tell: Tell<'_>,
) -> agent::Result<Option<Proof>> {
    if !dump::proof_is_due(dumps) {
        return Ok(None);
    }
    dump::prove(protected, tell).await.map(Some)
}

fn both(one: Done, other: Done) -> Done {
    Done::of(format!("{}; {}", one.words, other.words), one.holds && other.holds)
}

async fn remove_old_dumps(protected: &Protected<'_>, tell: Tell<'_>) -> Result<(), String> {
    match dump::expire(protected, tell).await {
        Err(agent::Error::Held(name, why)) => info!(database = name, why, "no dump is removed"),
        other => drop(other.map_err(|error| error.to_string())?),
    }
    Ok(())
}

pub(super) fn proved(evidence: &Evidence) -> Done {
    let label = &evidence.label;
    let words = match evidence.troubles().into_iter().next() {
        Some(first) if !evidence.holds => format!("{label} does not hold: {first}"),
        _ => format!("{label} is verified"),
    };
    Done::of(words, evidence.holds)
}

/// What Muster holds, or does not answer for, is asked for again later, and is no failure.
async fn remove_old(protected: &Protected<'_>, tell: Tell<'_>) -> Result<Done, String> {
    let expired = match expire(protected, tell).await {
        Err(agent::Error::Held(name, why)) => {
            info!(database = name, why, "nothing is removed");
            return Ok(Done::of(why, true));
        }
        other => other.map_err(|error| error.to_string())?,
    };
    let kept: Vec<String> = expired.kept.into_iter().map(|it| it.words).collect();
    if !kept.is_empty() {
        return Err(kept.join("; "));
    }
    Ok(Done::of(format!("{} gone", counted(expired.gone.len(), "full backup")), true))
}
