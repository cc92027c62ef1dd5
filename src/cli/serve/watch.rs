//! Who learns, from outside, whether this Muster works: the outside watch, and who scrapes.

use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::cli::contact::Contact;
use crate::config::{HeartbeatUrl, Settings, Watching};
use crate::metrics::{self, Gauges, Inside};
use crate::notify::Heartbeat;
use crate::publish::Published;
use crate::pulse::Pulse;
use crate::tls::Kept;
use crate::web::server::{self, Limits};
use crate::worker::Toolbox;
use crate::worker::heartbeat::{self, Heart, Pace};

/// Connections of those who scrape, at once.
const SCRAPERS: usize = 16;

/// Those who watch this Muster.
pub(super) struct Watch {
    watch: Option<Heartbeat>,
    gauges: Gauges,
    scraped: Option<JoinHandle<()>>,
}

impl Watch {
    /// Serves metrics at once, where they are asked for, until `stop`.
    pub(super) async fn open(
        settings: &Settings,
        published: Published,
        certificate: Option<Kept>,
        stop: &CancellationToken,
    ) -> anyhow::Result<Watch> {
        let Watching { heartbeat, metrics } = &settings.watching;
        let gauges = Gauges { published, certificate, inside: Arc::new(OnceLock::new()) };
        let mut scraped = None;
        if let Some(address) = metrics {
            let listener = TcpListener::bind(address).await.with_context(|| {
                format!("can't listen on {address}; set MUSTER_METRICS_LISTEN to a free address")
            })?;
            info!(address = %listener.local_addr()?, "serving metrics");
            let limits = Limits { connections: SCRAPERS, ..Limits::default() };
            let app = metrics::app(gauges.clone());
            scraped = Some(tokio::spawn(server::serve(listener, app, stop.clone(), limits)));
        }
        Ok(Watch { watch: heartbeat.clone().and_then(outside), gauges, scraped })
    }

    /// Tells the outside watch until `stop`; metrics tell of the inside from now on.
    pub(super) async fn keep(self, contact: Contact, toolbox: Toolbox, stop: CancellationToken) {
        let heard = Pulse::default();
        let _ = self.gauges.inside.set(Inside {
            db: contact.db,
            worker_db: contact.worker_db,
            watch_db: contact.watch_db.clone(),
            clock: contact.clock,
            worker: toolbox.pulse.clone(),
            heard: self.watch.is_some().then(|| heard.clone()),
            mails: toolbox.mail.tally(),
        });
        if let Some(watch) = self.watch {
            let heart = Heart { db: contact.watch_db, worker: toolbox.pulse, heard, watch };
            heartbeat::keep(heart, Pace::default(), stop).await;
        }
        if let Some(scraped) = self.scraped {
            let _ = scraped.await; // how it ended is no matter any more
        }
    }
}

/// Who pages people must start, also where nobody outside can be told.
fn outside(url: HeartbeatUrl) -> Option<Heartbeat> {
    match Heartbeat::new(url) {
        Ok(watch) => Some(watch),
        Err(error) => {
            warn!(%error, "the outside watch is never told that Muster lives");
            None
        }
    }
}
