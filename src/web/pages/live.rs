//! `/incidents/{id}/live`: what is new on an incident's timeline, as server-sent events.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_stream::wrappers::ReceiverStream;

use crate::actions::record::Entries;
use crate::actions::{self, ActionResult, record, sessions};
use crate::domain::civil::Zone;
use crate::domain::id::StreamId;
use crate::domain::rights::Right;
use crate::domain::timeline::Record;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::hub::Watch;
use crate::web::pages::entry_view::{instant, touches, worded};
use crate::web::pages::incident::Visible;
use crate::web::state::AppState;

const BEAT: Duration = Duration::from_secs(5);
/// Beats between two readings of the session.
const BEATS_TRUSTED: u32 = 3;
/// How long a browser may take nothing before it is let go.
const PATIENCE: Duration = Duration::from_secs(20);
/// Events that wait for a slow browser.
const WAITING: usize = 32;
const BATCH: i64 = 100;

/// Where to begin.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Since {
    since: Option<i64>,
}

/// `GET /incidents/{id}/live`
pub(in crate::web) async fn stream(
    State(state): State<AppState>,
    Visible(id): Visible,
    Query(Since { since }): Query<Since>,
    headers: HeaderMap,
    frame: Frame,
) -> Result<Response, PageError> {
    record::exists(&state.db, id).await?;
    let Some(watch) = state.hub.watch() else {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, "too many live pages\n").into_response());
    };
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let (events, received) = mpsc::channel(WAITING);
    let follower = Follower {
        stream: StreamId(id.0),
        at: since.max(last).unwrap_or(0),
        zone: frame.zone,
        session: frame.who.session,
        may_star: frame.who.rights.allow(Right::Respond),
        stars: record::stars(&state.db, StreamId(id.0)).await?,
        events,
        state,
    };
    tokio::spawn(follower.run(watch));
    Ok(Sse::new(ReceiverStream::new(received)).into_response())
}

struct Follower {
    stream: StreamId,
    at: i64,
    zone: Zone,
    session: [u8; 32],
    may_star: bool,
    stars: BTreeSet<i64>,
    events: mpsc::Sender<Result<Event, Infallible>>,
    state: AppState,
}

impl Follower {
    /// Ends when the browser is gone or slow, the session is over, or the server stops.
    async fn run(mut self, watch: Watch) {
        let stop = self.state.stop.clone();
        let gone = self.events.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = gone.closed() => {}
            () = self.follow(watch) => {}
        }
    }

    async fn follow(&mut self, mut watch: Watch) {
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut beat = 0;
        loop {
            let goes_on = tokio::select! {
                _ = beats.tick() => {
                    beat = (beat + 1) % BEATS_TRUSTED;
                    self.beat(beat == 0).await
                }
                () = watch.change(self.stream) => self.change().await,
            };
            if goes_on.is_break() {
                return;
            }
        }
    }

    /// Looks, and only then says as of when the page is right.
    async fn beat(&mut self, check: bool) -> ControlFlow<()> {
        if check && !self.may_still_see().await.unwrap_or(true) {
            return ControlFlow::Break(());
        }
        if !self.look().await? {
            return ControlFlow::Continue(());
        }
        let now = self.state.clock.now();
        let time = self.zone.clock_with_seconds(now);
        let html = format!("<time datetime=\"{}\">{time}</time>", instant(now));
        self.send(Event::default().event("as-of").data(html)).await
    }

    /// Something happened: an entry was written, or one was starred.
    async fn change(&mut self) -> ControlFlow<()> {
        if !self.look().await? {
            return ControlFlow::Continue(());
        }
        let stars = record::stars(&self.state.db, self.stream).await;
        let Ok(stars) = stars else { return ControlFlow::Continue(()) };
        let old = std::mem::replace(&mut self.stars, stars);
        for seq in self.stars.symmetric_difference(&old) {
            self.draw_anew("star", *seq).await?;
        }
        ControlFlow::Continue(())
    }

    /// Sends what is new. False: the database did not answer, and the page is not as of now.
    async fn look(&mut self) -> ControlFlow<(), bool> {
        loop {
            let new = record::after(&self.state.db, self.stream, self.at, BATCH).await;
            let Ok(new) = new else { return ControlFlow::Continue(false) };
            for record in &new.records {
                let html = self.draw(record, &new);
                let event = Event::default().event("entry").id(record.seq.to_string());
                self.send(event.data(html)).await?;
                self.at = record.seq;
                if let Some(seq) = touches(record) {
                    self.draw_anew("now", seq).await?;
                }
            }
            if new.records.is_empty() {
                return ControlFlow::Continue(true);
            }
        }
    }

    fn draw(&self, record: &Record, entries: &Entries) -> String {
        let now = self.state.clock.now();
        worded(record, entries, &self.zone, now, self.may_star).to_string().replace('\r', " ")
    }

    /// Draws an entry anew, now that a later one corrects it, or says that its task is done, or that it
    /// was starred.
    async fn draw_anew(&self, event: &str, seq: i64) -> ControlFlow<()> {
        let old = record::after(&self.state.db, self.stream, seq - 1, 1).await;
        let Ok(old) = old else { return ControlFlow::Break(()) }; // the browser comes again
        for record in &old.records {
            let html = self.draw(record, &old);
            self.send(Event::default().event(event).data(html)).await?;
        }
        ControlFlow::Continue(())
    }

    async fn may_still_see(&self) -> ActionResult<bool> {
        let AppState { db, ring, clock, .. } = &self.state;
        let who = db
            .transaction(actions::DEADLINE, async |conn| {
                sessions::find_by_hash(conn, ring, &self.session, clock.now()).await
            })
            .await?;
        Ok(who.is_some_and(|who| who.rights.allow(Right::View)))
    }

    async fn send(&self, event: Event) -> ControlFlow<()> {
        match timeout(PATIENCE, self.events.send(Ok(event))).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}
