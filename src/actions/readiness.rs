//! Reading how ready the installation is.

use time::OffsetDateTime;

use super::mail_source::MailSource;
use super::people::Card;
use super::{ActionError, ActionResult, DEADLINE, people, plans, ways};
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

/// Reads it, for the plan in force.
///
/// # Errors
/// When the database does not answer.
pub async fn read(
    db: &Db,
    mail: &MailSource,
    links_stay_here: bool,
    plan: &Plan,
    now: OffsetDateTime,
) -> ActionResult<Seen> {
    let roster = people::roster(db).await?;
    let cards: Vec<Card> = roster.into_iter().filter(Card::is_on_call).collect();
    let people: Vec<Member> = cards.iter().map(member).collect();
    let ways = ways::ways(db, mail).await?;
    let stand = Stand {
        plan,
        warnings: warnings(db).await?,
        people: &people,
        ways: &ways,
        mail: mail.is_set(db).await?,
        links_stay_here,
        dead_jobs: dead_jobs(db).await?,
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

/// What the text of the plan in force, as it would be taken away now, is warned of.
async fn warnings(db: &Db) -> ActionResult<usize> {
    let text = db.transaction(DEADLINE, async |conn| plans::export(conn).await).await?;
    let findings = plan::parse(&text).map_or_else(|findings| findings, |(_, findings)| findings);
    Ok(findings.iter().filter(|finding| finding.severity == Severity::Warning).count())
}
