//! Follows the requests of a connection, so that it is seen when none is under way, and when a
//! client takes nothing of what it asked for.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, sleep};

/// Bytes of an answer that are handed out at once. hyper holds what it was handed, so a long answer
/// handed out whole would seem taken before its first byte is.
const PIECE: usize = 32 * 1024;

/// The requests of one connection.
#[derive(Default)]
pub(super) struct Work {
    begun: AtomicU64,
    under_way: Mutex<Vec<Weak<Answer>>>,
}

/// A request, from its head to the last byte of its answer.
#[derive(Default)]
pub(super) struct Answer {
    /// Since when there is something to take; none while it is being made.
    waits: Mutex<Option<Instant>>,
}

impl Work {
    pub(super) fn begin(&self) -> Arc<Answer> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        let answer = Arc::new(Answer::default());
        let mut under_way = locked(&self.under_way);
        under_way.retain(|other| other.strong_count() > 0);
        under_way.push(Arc::downgrade(&answer));
        answer
    }

    /// Returns when for a whole span no request was under way.
    pub(super) async fn cease(&self, span: Duration) {
        loop {
            let before = self.begun.load(Ordering::Relaxed);
            sleep(span).await;
            let none_new = self.begun.load(Ordering::Relaxed) == before;
            let none = || locked(&self.under_way).iter().all(|answer| answer.strong_count() == 0);
            if none_new && none() {
                return;
            }
        }
    }

    /// Returns when for a whole span nothing was taken of an answer that is there to be taken.
    pub(super) async fn stall(&self, span: Duration) {
        let waits = || {
            let under_way = locked(&self.under_way);
            let waiting = under_way.iter().filter_map(|answer| *locked(&answer.upgrade()?.waits));
            waiting.min()
        };
        while waits().is_none_or(|since| since.elapsed() < span) {
            sleep(span / 4).await;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer's body, handed out piece by piece; it counts as work until it is dropped.
pub(super) struct CountedBody {
    body: Body,
    /// What is there of it and was not handed out yet.
    rest: Bytes,
    answer: Arc<Answer>,
}

impl CountedBody {
    pub(super) fn new(body: Body, answer: Arc<Answer>) -> CountedBody {
        let counted = CountedBody { body, rest: Bytes::new(), answer };
        counted.waits(true);
        counted
    }

    fn waits(&self, is_there: bool) {
        *locked(&self.answer.waits) = is_there.then(Instant::now);
    }

    /// The next piece of what is there.
    fn piece(&mut self) -> Frame<Bytes> {
        Frame::data(self.rest.split_to(PIECE.min(self.rest.len())))
    }
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            self.waits(true);
            return Poll::Ready(Some(Ok(self.piece())));
        }
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.waits(polled.is_ready());
        polled.map_ok(|frame| match frame.into_data() {
            Ok(bytes) => {
                self.rest = bytes;
                self.piece()
            }
            Err(other) => other,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (there, coming) = (self.rest.len() as u64, self.body.size_hint());
        let mut whole = SizeHint::new();
        whole.set_lower(there + coming.lower());
        if let Some(upper) = coming.upper() {
            whole.set_upper(there + upper);
        }
        whole
    }
}
