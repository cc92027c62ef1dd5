//! What is new on timelines, read and drawn once for everybody who watches in the same way.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::response::sse::Event;
use time::OffsetDateTime;

use crate::actions::ActionResult;
use crate::actions::record::{self, Entries};
use crate::domain::civil::Zone;
use crate::domain::id::StreamId;
use crate::domain::timeline::Record;
use crate::web::pages::entry_view::{touches, worded};
use crate::web::shared::Shared;
use crate::web::state::AppState;

/// How old what others were given may be, though nothing was told of since.
const FRESH: Duration = Duration::from_secs(1);
/// Entries that are read at once.
const BATCH: i64 = 100;

/// The way in which somebody watches a timeline: who share it see the same.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) stream: StreamId,
    pub(super) zone: Zone,
    pub(super) may_star: bool,
}

/// Entries as they are sent.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) events: Vec<Event>,
    /// The number of the last of them.
    pub(super) at: i64,
    /// Whether nothing came after it, as of then.
    pub(super) is_all: bool,
    pub(super) as_of: OffsetDateTime,
}

/// What is drawn of which stream; what was told of meanwhile makes it another.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    told: u64,
    stream: StreamId,
    what: What,
    zone: String,
    may_star: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    After(i64),
    Starred(i64),
}

/// What was drawn a moment ago.
#[derive(Debug)]
pub struct News {
    drawn: Shared<Key, Drawn>,
    stars: Shared<(u64, StreamId), BTreeSet<i64>>,
}

impl Default for News {
    fn default() -> News {
        News { drawn: Shared::new(FRESH), stars: Shared::new(FRESH) }
    }
}

impl News {
    /// The entries after number `at`.
    pub(super) async fn after(
        &self,
        state: &AppState,
        way: &Way,
        at: i64,
    ) -> ActionResult<Arc<Drawn>> {
        let key = key(state.hub.told(), way, What::After(at));
        self.drawn.get(key, Instant::now(), async || after(state, way, at).await).await
    }

    /// An entry that was starred, or is not any more.
    pub(super) async fn starred(
        &self,
        state: &AppState,
        way: &Way,
        seq: i64,
    ) -> ActionResult<Arc<Drawn>> {
        let key = key(state.hub.told(), way, What::Starred(seq));
        let make = async || {
            let (events, as_of) = (anew(state, way, "star", seq).await?, state.clock.now());
            Ok(Drawn { events, at: seq, is_all: false, as_of })
        };
        self.drawn.get(key, Instant::now(), make).await
    }

    /// The numbers of all starred entries.
    pub(super) async fn stars(
        &self,
        state: &AppState,
        stream: StreamId,
    ) -> ActionResult<Arc<BTreeSet<i64>>> {
        let key = (state.hub.told(), stream);
        self.stars.get(key, Instant::now(), async || record::stars(&state.db, stream).await).await
    }
}

fn key(told: u64, way: &Way, what: What) -> Key {
    let Way { stream, zone, may_star } = way;
    let (stream, zone, may_star) = (*stream, zone.name().to_owned(), *may_star);
    Key { told, stream, what, zone, may_star }
}

async fn after(state: &AppState, way: &Way, at: i64) -> ActionResult<Drawn> {
    let as_of = state.clock.now();
    let new = record::after(&state.db, way.stream, at, BATCH).await?;
    let mut events = Vec::with_capacity(new.records.len());
    for record in &new.records {
        let event = Event::default().event("entry").id(record.seq.to_string());
        events.push(event.data(html(state, way, record, &new)));
        if let Some(seq) = touches(record) {
            events.extend(anew(state, way, "now", seq).await?);
        }
    }
    let at = new.records.last().map_or(at, |last| last.seq);
    let is_all = i64::try_from(new.records.len()).is_ok_and(|count| count < BATCH);
    Ok(Drawn { events, at, is_all, as_of })
}

/// Draws an entry anew, now that a later one corrects it, or says that its task is done, or that it
/// was starred.
async fn anew(state: &AppState, way: &Way, event: &str, seq: i64) -> ActionResult<Vec<Event>> {
    let old = record::after(&state.db, way.stream, seq - 1, 1).await?;
    let drawn = old
        .records
        .iter()
        .map(|record| Event::default().event(event).data(html(state, way, record, &old)));
    Ok(drawn.collect())
}

fn html(state: &AppState, way: &Way, record: &Record, entries: &Entries) -> String {
    let now = state.clock.now();
    worded(record, entries, &way.zone, now, way.may_star).to_string().replace('\r', " ")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn nobody_is_given_what_was_drawn_before_the_last_change_or_for_others_than_them() {
        let now = datetime!(2026-11-14 02:12 UTC);
        let zone = |name| Zone::parse(name).unwrap();
        let way = Way { stream: StreamId::new(now), zone: zone("Europe/Berlin"), may_star: false };
        let same = key(7, &way, What::After(3));
        assert_eq!(key(7, &way.clone(), What::After(3)), same);

        for other in [
            key(8, &way, What::After(3)),
            key(7, &way, What::After(4)),
            key(7, &way, What::Starred(3)),
            key(7, &Way { stream: StreamId::new(now), ..way.clone() }, What::After(3)),
            key(7, &Way { zone: zone("Asia/Tokyo"), ..way.clone() }, What::After(3)),
            key(7, &Way { may_star: true, ..way.clone() }, What::After(3)),
        ] {
            assert_ne!(other, same);
        }
    }
}
