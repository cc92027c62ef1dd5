//! Tells every live page of new entries: one connection listens, all pages hear.
//!
//! What is told is only that something changed; a page reads the table again, so nothing is lost
//! by hearing twice. While nobody listens, every page is told to look each second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::db::Db;
use crate::domain::id::StreamId;
use crate::store::StoreResult;
use crate::store::changes::Changes;

/// Changes a slow page may lag behind before it is told to look at everything.
const BACKLOG: usize = 256;
const LOOK_EVERY: Duration = Duration::from_secs(1);
const CONNECTING: Duration = Duration::from_secs(5);

/// Hands on which stream grew; cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    changes: broadcast::Sender<Option<StreamId>>,
    told: Arc<AtomicU64>,
    slots: Arc<Semaphore>,
}

/// One page's ear.
#[derive(Debug)]
pub struct Watch {
    changes: broadcast::Receiver<Option<StreamId>>,
    _slot: OwnedSemaphorePermit,
}

impl Hub {
    /// Listens until `stop`, for a server that takes so many connections.
    #[must_use]
    pub fn start(db: Db, connections: usize, stop: CancellationToken) -> Hub {
        let (changes, _) = broadcast::channel(BACKLOG);
        let streams = connections / 4 * 3; // the others are for pages and presses
        let slots = Arc::new(Semaphore::new(streams));
        let hub = Hub { changes, told: Arc::default(), slots };
        let own = hub.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = own.keep_listening(&db) => {}
            }
        });
        hub
    }

    /// An ear for one page; none while too many are open.
    #[must_use]
    pub fn watch(&self) -> Option<Watch> {
        let slot = Arc::clone(&self.slots).try_acquire_owned().ok()?;
        Some(Watch { changes: self.changes.subscribe(), _slot: slot })
    }

    /// How often something was told: what was read since is as new as any page knows.
    #[must_use]
    pub fn told(&self) -> u64 {
        self.told.load(Ordering::Acquire)
    }

    async fn keep_listening(&self, db: &Db) {
        let mut said = false;
        loop {
            match timeout(CONNECTING, Changes::listen(db)).await {
                Ok(Ok(changes)) => {
                    said = false;
                    if let Err(error) = self.hand_on(changes).await {
                        warn!(error = %error, "new entries are not heard of; looking each second");
                    }
                }
                _ if !said => {
                    said = true;
                    warn!("new entries can't be listened for; looking each second");
                }
                _ => {}
            }
            self.tell(None);
            sleep(LOOK_EVERY).await;
        }
    }

    async fn hand_on(&self, mut changes: Changes) -> StoreResult<()> {
        self.tell(None); // what came before the connection stood
        loop {
            self.tell(changes.next().await?);
        }
    }

    fn tell(&self, stream: Option<StreamId>) {
        self.told.fetch_add(1, Ordering::Release);
        let _ = self.changes.send(stream); // nobody may be watching
    }
}

impl Watch {
    /// Returns when this stream may have grown.
    pub async fn change(&mut self, stream: StreamId) {
        loop {
            match self.changes.recv().await {
                Ok(Some(other)) if other != stream => {}
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
