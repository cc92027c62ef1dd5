//! `/incidents/{id}/live`: what is new on an incident's timeline, as server-sent events.

mod news;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_stream::wrappers::ReceiverStream;

use crate::actions::{self, ActionResult, record, sessions};
use crate::domain::id::StreamId;
use crate::domain::rights::Right;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::hub::Watch;
use crate::web::pages::entry_view::instant;
use crate::web::pages::incident::Visible;
use crate::web::state::{AppParts, AppState};
pub use news::News;
use news::Way;

const BEAT: Duration = Duration::from_secs(5);
/// Beats between two readings of the session.
const BEATS_TRUSTED: u32 = 3;
/// How long a browser may take nothing before it is let go.
const PATIENCE: Duration = Duration::from_secs(20);
/// Events that wait for a slow browser.
const WAITING: usize = 32;

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
    let way = Way {
        stream: StreamId(id.0),
        zone: frame.zone,
        may_star: frame.who.rights.allow(Right::Respond),
    };
    let follower = Follower {
        at: since.max(last).unwrap_or(0),
        session: frame.who.session,
        stars: state.news.stars(&state, way.stream).await?,
        way,
        events,
        state,
    };
    tokio::spawn(follower.run(watch));
    Ok(Sse::new(ReceiverStream::new(received)).into_response())
}

struct Follower {
    way: Way,
    at: i64,
    session: [u8; 32],
    stars: Arc<BTreeSet<i64>>,
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

    /// What it does is boxed: ten thousand who wait need none of its room.
    async fn follow(&mut self, mut watch: Watch) {
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut beat = 0;
        loop {
            let goes_on = tokio::select! {
                _ = beats.tick() => {
                    beat = (beat + 1) % BEATS_TRUSTED;
                    Box::pin(self.beat(beat == 0)).await
                }
                () = watch.change(self.way.stream) => Box::pin(self.change()).await,
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
        let Some(as_of) = self.look().await? else { return ControlFlow::Continue(()) };
        let time = self.way.zone.clock_with_seconds(as_of);
        let html = format!("<time datetime=\"{}\">{time}</time>", instant(as_of));
        self.send(Event::default().event("as-of").data(html)).await
    }

    /// Something happened: an entry was written, or one was starred.
    async fn change(&mut self) -> ControlFlow<()> {
        if self.look().await?.is_none() {
            return ControlFlow::Continue(());
        }
        let state = &self.state;
        let Ok(stars) = state.news.stars(state, self.way.stream).await else {
            return ControlFlow::Continue(());
        };
        let old = std::mem::replace(&mut self.stars, stars);
        for seq in self.stars.symmetric_difference(&old) {
            let drawn = self.state.news.starred(&self.state, &self.way, *seq).await;
            let Ok(drawn) = drawn else { return ControlFlow::Break(()) }; // the browser comes again
            self.hand_on(&drawn.events).await?;
        }
        ControlFlow::Continue(())
    }

    /// Sends what is new, and says as of when that is all. None: the database did not answer.
    async fn look(&mut self) -> ControlFlow<(), Option<OffsetDateTime>> {
        loop {
            let new = self.state.news.after(&self.state, &self.way, self.at).await;
            let Ok(new) = new else { return ControlFlow::Continue(None) };
            self.hand_on(&new.events).await?;
            self.at = new.at;
            if new.is_all {
                return ControlFlow::Continue(Some(new.as_of));
            }
        }
    }

    async fn hand_on(&self, events: &[Event]) -> ControlFlow<()> {
        for event in events {
            self.send(event.clone()).await?;
        }
        ControlFlow::Continue(())
    }

    async fn may_still_see(&self) -> ActionResult<bool> {
        let AppParts { db, ring, clock, .. } = &*self.state;
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
