//! Who watches Muster from outside.

use std::net::SocketAddr;

use super::heartbeat_url::HeartbeatUrl;
use super::key;
use super::sources::Sources;

/// How others learn that Muster does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watching {
    /// The outside watch that is told each minute that Muster lives.
    pub heartbeat: Option<HeartbeatUrl>,
    /// Where metrics are served; nowhere unless set.
    pub metrics: Option<SocketAddr>,
}

pub(super) fn read(sources: &mut Sources) -> Watching {
    let metrics = sources.one(key::METRICS_LISTEN, |text| {
        text.text.parse().map_err(|_| "an address and a port, such as 127.0.0.1:9187")
    });
    let heartbeat = sources.one(key::HEARTBEAT_URL, |text| text.text.parse());
    Watching { heartbeat, metrics }
}
