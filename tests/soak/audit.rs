//! What Postgres and the mail server hold, against what was answered with success.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::client::delivery;
use crate::ledger::Deed;
use crate::support::smtp::Mail;

/// Rows by which deeds are found again.
struct Held {
    declared: BTreeMap<Uuid, i64>,
    entries: BTreeSet<Uuid>,
    /// How often each note's words were written.
    notes: BTreeMap<Uuid, usize>,
    ticks: BTreeSet<Uuid>,
    answered: BTreeSet<Uuid>,
}

/// A page or a notice by mail, the state of its delivery, and how often a send of it was begun.
type Sent = (Uuid, String, i64);

/// What was promised and is not kept, one line each.
pub(super) async fn deeds(
    connection: &mut PgConnection,
    done: &[Deed],
) -> sqlx::Result<Vec<String>> {
    let held = Held::read(connection).await?;
    let mut faults: Vec<_> = done.iter().filter_map(|deed| held.lacks(deed)).collect();
    // Who is asked once more, for more roles, may answer once more; but not twice by one link.
    let twice: Vec<(String, i64)> = sqlx::query_as(
        "select actor, count(*) from entries where kind = 'answer' group by actor, stream
         having count(*) > 1",
    )
    .fetch_all(connection)
    .await?;
    faults.extend(twice.into_iter().map(|(link, times)| format!("{times} answers by {link}")));
    Ok(faults)
}

/// What is wrong with the mails: each at least once, twice only with both sends on record.
/// Gives how many were sent, and how many of them more than once.
pub(super) async fn mails(
    connection: &mut PgConnection,
    kept: &[Mail],
) -> Result<(usize, usize), Vec<String>> {
    let mut came: BTreeMap<Uuid, i64> = BTreeMap::new();
    for id in kept.iter().filter_map(delivery) {
        *came.entry(id).or_default() += 1;
    }
    let sent = held(connection).await;
    let known: BTreeSet<_> = sent.iter().map(|one| one.0).collect();
    let mut faults: Vec<_> = sent.iter().filter_map(|one| mail_fault(one, &came)).collect();
    let strange = came.keys().filter(|id| !known.contains(id));
    faults.extend(strange.map(|id| format!("a mail came of a delivery that is not there: {id}")));
    let twice = came.values().filter(|times| **times > 1).count();
    if faults.is_empty() { Ok((sent.len(), twice)) } else { Err(faults) }
}

/// How many are still to be sent.
pub(super) async fn unsent(connection: &mut PgConnection) -> usize {
    let settled = |one: &&Sent| matches!(one.1.as_str(), "sent" | "withdrawn" | "failed");
    let sent = held(connection).await;
    sent.len() - sent.iter().filter(settled).count()
}

fn mail_fault((id, state, begun): &Sent, came: &BTreeMap<Uuid, i64>) -> Option<String> {
    let times = came.get(id).copied().unwrap_or_default();
    match state.as_str() {
        "sent" if times == 0 => Some(format!("mail {id} is called sent, and never came")),
        "sent" | "withdrawn" if times <= *begun => None,
        _ => Some(format!("mail {id} is {state}; it came {times} times, with {begun} sends begun")),
    }
}

async fn held(connection: &mut PgConnection) -> Vec<Sent> {
    let sql = "select d.id, d.state,
                      (select count(*) from attempts a where a.delivery = d.id and a.moment = 'begun')
               from deliveries d where d.channel = 'mail'";
    sqlx::query_as(sql).fetch_all(connection).await.unwrap()
}

impl Held {
    async fn read(connection: &mut PgConnection) -> sqlx::Result<Held> {
        let declared: Vec<(Uuid, i64)> = sqlx::query_as(
            "select i.id, count(e.seq) from incidents i
             left join entries e on e.stream = i.id and e.kind = 'declared' group by i.id",
        )
        .fetch_all(&mut *connection)
        .await?;
        let words: String = sqlx::query_scalar(
            "select coalesce(string_agg(convert_from(body, 'UTF8'), ' '), '') from entry_bodies",
        )
        .fetch_one(&mut *connection)
        .await?;
        Ok(Held {
            declared: declared.into_iter().collect(),
            entries: ids(connection, "select id from entries").await?,
            notes: notes_in(&words),
            ticks: ids(connection, "select id from ticks").await?,
            answered: ids(
                connection,
                "select d.id from deliveries d join messages m on m.id = d.message
                 join responders r on r.incident = m.incident and r.person = d.person
                 where r.answer = 'have'",
            )
            .await?,
        })
    }

    /// What is wrong with a deed that was answered with success.
    fn lacks(&self, deed: &Deed) -> Option<String> {
        let times = match deed {
            Deed::Declare { incident, .. } => {
                self.declared.get(incident).map_or(0, |entries| usize::try_from(*entries).unwrap())
            }
            Deed::Note { id, .. } if !self.entries.contains(id) => 0,
            Deed::Note { id, .. } => self.notes.get(id).copied().unwrap_or_default(),
            Deed::Tick { id, .. } => {
                usize::from(self.ticks.contains(id) && self.entries.contains(id))
            }
            Deed::Answer { delivery, .. } => usize::from(self.answered.contains(delivery)),
        };
        (times != 1).then(|| format!("{times} times instead of once: {deed:?}"))
    }
}

/// Each note says `soak` and its id.
fn notes_in(words: &str) -> BTreeMap<Uuid, usize> {
    let mut notes = BTreeMap::new();
    let ids = words.split("soak ").skip(1).filter_map(|rest| rest.get(..36)?.parse().ok());
    for id in ids {
        *notes.entry(id).or_default() += 1;
    }
    notes
}

async fn ids(connection: &mut PgConnection, sql: &'static str) -> sqlx::Result<BTreeSet<Uuid>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(sql).fetch_all(connection).await?;
    Ok(ids.into_iter().collect())
}
