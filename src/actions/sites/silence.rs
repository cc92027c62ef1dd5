//! What a silence brings: whoever looks after databases is told, once.

use time::OffsetDateTime;

use super::listening_since;
use crate::actions::{ActionResult, DEADLINE, paging};
use crate::db::Db;
use crate::domain::agent::presence::{Heard, Presence, Silence, to_tell};
use crate::domain::message::alarm::Alarm;
use crate::store;

/// Tells of agents that fell silent; of several servers that see it the first does. Returns how many
/// alarms were made.
///
/// # Errors
/// When the database does not answer.
pub async fn tell(db: &Db, now: OffsetDateTime) -> ActionResult<usize> {
    db.transaction(DEADLINE, async |conn| {
        let since = listening_since(conn, now).await?;
        let heard = store::sites::heard(conn).await?;
        let Some(silence) = to_tell(&heard, since, now) else { return Ok(0) };
        let (sites, together) = match silence {
            Silence::Sites(sites) => (sites, false),
            Silence::Everybody(sites) => (sites, true),
        };
        let ids: Vec<_> = sites.iter().map(|one| one.site).collect();
        let noted = store::sites::note_silence(conn, &ids, now).await?;
        let sites = sites.into_iter().filter(|one| noted.contains(&one.site)).collect();
        let alarms = alarms(sites, together);
        for alarm in &alarms {
            paging::alarm(conn, alarm, now).await?;
        }
        Ok(alarms.len())
    })
    .await
}

/// The names of the sites whose agents are not heard now.
///
/// # Errors
/// When the database does not answer.
pub async fn silent(db: &Db, now: OffsetDateTime) -> ActionResult<Vec<String>> {
    db.transaction(DEADLINE, async |conn| {
        let since = listening_since(conn, now).await?;
        let heard = store::sites::heard(conn).await?.into_iter();
        let silent = |one: &Heard| {
            matches!(Presence::of(Some(one.seen_at), since, now), Presence::Silent(_))
        };
        Ok(heard.filter(silent).map(|one| one.name).collect())
    })
    .await
}

fn alarms(sites: Vec<Heard>, together: bool) -> Vec<Alarm> {
    let first = sites.iter().map(|one| one.seen_at).min();
    match first {
        Some(since) if together => {
            let sites = sites.into_iter().map(|one| (one.site, one.name)).collect();
            vec![Alarm::AllSilent { sites, since }]
        }
        _ => sites
            .into_iter()
            .map(|Heard { site, name, seen_at, .. }| Alarm::SiteSilent {
                site,
                name,
                since: seen_at,
            })
            .collect(),
    }
}
