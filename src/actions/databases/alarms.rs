//! What an exposure brings, and a log that fills its disk: whoever looks after databases is told,
//! once.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{Standing, holds, is_stale, standing};
use crate::actions::sites::listening_since;
use crate::actions::{ActionResult, DEADLINE, paging};
use crate::db::Db;
use crate::domain::agent::presence::Presence;
use crate::domain::finding::Finding;
use crate::domain::message::alarm::Alarm;
use crate::domain::recovery::{Exposure, Forecast, Nearness, Told, Vigil};
use crate::store;

/// Causes that a message names.
const CAUSES: usize = 5;

/// Tells of databases of which too much would be lost, and of those that stop soon; of several
/// servers that see it the first does. Returns how many alarms were made.
///
/// # Errors
/// When the database does not answer.
pub async fn tell(db: &Db, now: OffsetDateTime) -> ActionResult<usize> {
    db.transaction(DEADLINE, async |conn| {
        if !store::databases::lock(conn).await? {
            return Ok(0);
        }
        holds::place(conn, now).await?;
        let since = listening_since(conn, now).await?;
        let plan = store::plans::current(conn).await?.map(|revision| revision.plan);
        let mut told = 0;
        for database in store::databases::all(conn).await? {
            let (before, protected) = (database.vigil, database.protected_since.is_some());
            let fills = (!is_stale(&database.seen, now)).then_some(database.fills);
            let one = standing(database, plan.as_ref(), since, now);
            let after = look(before, &one, protected, now);
            if after != before {
                store::databases::keep_vigil(conn, (one.site, &one.seen.name), after).await?;
            }
            if let Some(before) = fills.filter(|_| one.presence == Presence::Live) {
                told += tell_of_log(conn, &one, before, now).await?;
            }
            if after.told > before.told {
                paging::alarm(conn, &alarm(one, after.told), now).await?;
                told += 1;
            }
        }
        Ok(told)
    })
    .await
}

/// Of a host that is silent its silence is told, and of a database that never had a backup nothing is
/// to be feared yet that there was not before: both are red, and no more.
fn look(before: Vigil, one: &Standing, protected: bool, now: OffsetDateTime) -> Vigil {
    if one.presence != Presence::Live || !protected {
        return before;
    }
    before.after(one.grade, now)
}

/// Of a log whose disk is nearly full; returns how many alarms that were.
async fn tell_of_log(
    conn: &mut PgConnection,
    one: &Standing,
    before: Nearness,
    now: OffsetDateTime,
) -> ActionResult<usize> {
    let backlog = one.seen.backlog.as_ref();
    let after = before.told_after(backlog);
    if after != before {
        store::databases::keep_fills(conn, (one.site, &one.seen.name), after).await?;
    }
    let (true, Some(backlog)) = (after > before, backlog) else { return Ok(0) };
    let Forecast::FullIn(left) = backlog.forecast() else { return Ok(0) };
    let alarm = Alarm::LogFills {
        site: one.site,
        name: one.site_name.clone(),
        database: one.seen.name.clone(),
        waiting: backlog.waiting,
        full_at: one.seen.at + left,
        nearness: after,
        causes: one.seen.troubles().map(words).take(CAUSES).collect(),
    };
    paging::alarm(conn, &alarm, now).await?;
    Ok(1)
}

fn words(found: &Finding) -> String {
    match &found.mend {
        Some(mend) => format!("{}: {}.\n{mend}", found.check, found.words),
        None => format!("{}: {}.", found.check, found.words),
    }
}

fn alarm(one: Standing, told: Told) -> Alarm {
    let limit = one.limit.map(|limit| match told {
        Told::OverMaximum => limit.maximum,
        _ => limit.target,
    });
    let unknown = match &one.seen.exposure {
        Exposure::Unknown(why) => Some(why.clone()),
        _ => None,
    };
    let causes = unknown.into_iter().chain(one.seen.troubles().map(words));
    Alarm::Exposed {
        site: one.site,
        causes: causes.take(CAUSES).collect(),
        name: one.site_name,
        database: one.seen.name,
        exposure: one.seen.exposure,
        limit_s: limit.map(|limit| limit.whole_seconds()),
    }
}
