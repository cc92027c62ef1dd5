//! Who is told, from outside, whether this Muster works.

use tokio_util::sync::CancellationToken;

use crate::cli::contact::Contact;
use crate::config::Settings;
use crate::notify::Heartbeat;
use crate::pulse::Pulse;
use crate::worker::Toolbox;
use crate::worker::heartbeat::{self, Heart, Pace};

/// The outside watch, where one is set.
pub(super) struct Watch {
    heart: Option<Heart>,
}

impl Watch {
    pub(super) fn new(
        settings: &Settings,
        contact: &Contact,
        toolbox: &Toolbox,
    ) -> anyhow::Result<Watch> {
        let watch = settings.watching.heartbeat.clone().map(Heartbeat::new).transpose()?;
        let heart = watch.map(|watch| Heart {
            db: contact.watch_db.clone(),
            worker: toolbox.pulse.clone(),
            heard: Pulse::default(),
            watch,
        });
        Ok(Watch { heart })
    }

    /// Tells it until `stop`.
    pub(super) async fn keep(self, stop: CancellationToken) {
        if let Some(heart) = self.heart {
            heartbeat::keep(heart, Pace::default(), stop).await;
        }
    }
}
