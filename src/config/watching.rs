//! Who watches Muster from outside.

use super::heartbeat_url::HeartbeatUrl;
use super::key;
use super::sources::Sources;

/// How others learn that Muster does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watching {
    /// The outside watch that is told each minute that Muster lives.
    pub heartbeat: Option<HeartbeatUrl>,
}

pub(super) fn read(sources: &mut Sources) -> Watching {
    Watching {
        heartbeat: sources.one(key::HEARTBEAT_URL, |text| text.text.parse::<HeartbeatUrl>()),
    }
}
