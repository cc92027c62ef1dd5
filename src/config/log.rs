//! What is logged, and how.

use tracing_subscriber::EnvFilter;

use super::key;
use super::sources::{Sources, Text};

/// Log settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Levels, in the form of `tracing`'s filters.
    pub filter: String,
    /// Whether lines are JSON.
    pub json: bool,
}

/// Where nobody says otherwise; what the driver says of its own statements is no event of ours.
const USUAL: &str = "info,sqlx=warn";

pub(super) fn read(sources: &mut Sources) -> Log {
    let json = sources.one(key::LOG_FORMAT, |text| match text.text.as_str() {
        "text" => Ok(false),
        "json" => Ok(true),
        _ => Err("text or json"),
    });
    let filter = sources.one(key::LOG, filter).unwrap_or_else(|| USUAL.to_owned());
    Log { filter, json: json.unwrap_or(false) }
}

/// A word alone must be a level: the library would take a mistyped one for a module's name.
fn filter(text: &Text) -> Result<String, &'static str> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let known = |part: &str| part.contains('=') || LEVELS.contains(&part.trim());
    let sound = text.text.split(',').all(known) && EnvFilter::try_new(&text.text).is_ok();
    let wanted = "off, error, warn, info, debug or trace, or a list such as info,muster=debug";
    sound.then(|| text.text.clone()).ok_or(wanted)
}
