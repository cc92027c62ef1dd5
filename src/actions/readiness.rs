//! Reading how ready the installation is.

use std::sync::{Arc, Mutex, PoisonError};

use time::OffsetDateTime;

use super::mail_source::MailSource;
use super::people::Card;
use super::{ActionError, ActionResult, DEADLINE, databases, kits, people, plans, sites, ways};
use crate::db::Db;
use crate::domain::incident::{Incident, Kind};
use crate::domain::plan::document::Plan;
use crate::domain::plan::ways::Ways;
use crate::domain::plan::{self, Severity};
use crate::domain::readiness::{Member, Readiness, Stand};
use crate::domain::rights::Right;
use crate::queue;
use crate::store;

/// What the front page is drawn from.
#[derive(Debug, Clone)]
pub struct Seen {
    /// How ready it is.
    pub readiness: Readiness,
    /// Everybody who may be called on, by name.
    pub cards: Vec<Card>,
    /// The ways to them.
    pub ways: Ways,
    /// The last incident that was closed.
    pub last_incident: Option<Incident>,
    /// The last drill.
    pub last_drill: Option<Incident>,
}

/// How many warnings a plan's text has, kept with the text: reading all of it takes longer than
/// everything else that the front page shows. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Warned(Arc<Mutex<Option<(String, usize)>>>);

impl Warned {
    /// The warnings of this text; it is read when it is not the one before.
    fn of(&self, text: String) -> usize {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((known, warnings)) if *known == text => *warnings,
            _ => {
                let warnings = count(&text);
                *kept = Some((text, warnings));
                warnings
            }
        }
    }
}

fn count(text: &str) -> usize {
    let findings = plan::parse(text).map_or_else(|findings| findings, |(_, findings)| findings);
    findings.iter().filter(|finding| finding.severity == Severity::Warning).count()
}

/// Reads it, for the plan in force.
///
/// # Errors
/// When the database does not answer.
pub async fn read(
    db: &Db,
    mail: &MailSource,
    warned: &Warned,
    links_stay_here: bool,
    plan: &Plan,
    now: OffsetDateTime,
) -> ActionResult<Seen> {
    let roster = people::roster(db).await?;
    let cards: Vec<Card> = roster.into_iter().filter(Card::is_on_call).collect();
    let people: Vec<Member> = cards.iter().map(member).collect();
    let ways = ways::ways(db, mail).await?;
    let silent_sites = sites::silence::silent(db, now).await?;
    let kits = kits::to_mend(db, now).await?;
    let stand = Stand {
        plan,
        warnings: warned.of(text(db).await?),
        people: &people,
        ways: &ways,
        mail: ways.carries("mail"),
        links_stay_here,
        dead_jobs: dead_jobs(db).await?,
        silent_sites: &silent_sites,
        kits: &kits.bad,
        kit_proofs: &kits.due,
        elsewhere: &databases::unproved(db, now).await?,
    };
    let readiness = stand.check(now);
    let (last_incident, last_drill) = db
        .transaction(DEADLINE, async |conn| {
            let incident = store::incidents::last_closed(conn, Kind::Real).await?;
            Ok::<_, ActionError>((
                incident,
                store::incidents::last_closed(conn, Kind::Drill).await?,
            ))
        })
        .await?;
    Ok(Seen { readiness, cards, ways, last_incident, last_drill })
}

fn member(card: &Card) -> Member {
    let account = card.account.as_ref().filter(|account| account.disabled_at.is_none());
    let may = |right| account.is_some_and(|account| account.rights.allow(right));
    Member {
        id: card.person.id,
        key: card.person.key.clone(),
        name: card.person.name.clone(),
        tried: card.methods.iter().any(|method| method.verified_at.is_some()),
        failing: card.methods.iter().any(|method| method.failing_since.is_some()),
        commands: may(Right::Command),
        owns: may(Right::Own),
    }
}

async fn dead_jobs(db: &Db) -> ActionResult<usize> {
    let depths: ActionResult<Vec<queue::Depth>> =
        db.transaction(DEADLINE, async |conn| Ok(queue::depths(conn).await?)).await;
    let depths = depths?;
    let dead = depths.iter().filter(|depth| depth.state == "dead").map(|depth| depth.count);
    Ok(usize::try_from(dead.sum::<i64>()).unwrap_or(usize::MAX))
}

/// The text of the plan in force, with the roster as it stands.
async fn text(db: &Db) -> ActionResult<String> {
    db.transaction(DEADLINE, async |conn| plans::export(conn).await).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_once_until_it_is_another() {
        let (warned, text) = (Warned::default(), "no = TOML".to_owned());
        assert_eq!(warned.of(text.clone()), 0);

        *warned.0.lock().unwrap() = Some((text.clone(), 7));
        assert_eq!(warned.of(text), 7, "kept");
        assert_eq!(warned.of("nor = THIS".to_owned()), 0, "read anew");
    }
}
