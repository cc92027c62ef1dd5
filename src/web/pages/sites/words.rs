//! How sites stand, in words.

use crate::actions::sites::Seen;
use crate::domain::agent::ahead::{FAR_OFF, TRUE_ENOUGH, words};
use crate::domain::agent::presence::Presence;
use crate::store::sites::Site;
use crate::web::frame::Frame;
use crate::web::parts::clock::Tick;
use crate::web::parts::state::State;
use crate::web::parts::words::Words;

/// `2 sites, 1 is silent`.
pub(super) fn heading(sites: &[Seen]) -> String {
    let silent = sites.iter().filter(|seen| matches!(seen.presence, Presence::Silent(_))).count();
    let sites = match sites.len() {
        0 => return "Recovery".to_owned(),
        1 => "1 site".to_owned(),
        many => format!("{many} sites"),
    };
    match silent {
        0 => sites,
        1 => format!("{sites}, 1 is silent"),
        many => format!("{sites}, {many} are silent"),
    }
}

/// Whether the agent is heard.
pub(super) fn presence(seen: &Seen, frame: &Frame) -> Words {
    match seen.presence {
        Presence::Vacant => Words::new().state(State::waiting("no agent has joined")),
        Presence::Live => Words::new().state(State::good("heard")),
        Presence::Silent(since) => Words::new()
            .state(State::bad(format!("silent since {}", frame.zone.when(since, frame.now))))
            .plain(", ")
            .tick(Tick::since(since, frame.now)),
    }
}

/// How far the host's clock is off.
pub(super) fn clock(site: &Site) -> Words {
    let Some(ahead) = site.clock_ahead else { return Words::new() };
    let off = ahead.abs();
    Words::new().state(match words(ahead) {
        _ if off < TRUE_ENOUGH => State::good("right"),
        words if off < FAR_OFF => State::warn(words),
        words => State::bad(words),
    })
}

/// Bytes as people say them: `412 GB`.
pub(in crate::web::pages) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    let mut unit = 0;
    let mut value = count / 1_000;
    while value >= 10_000 && unit + 1 < UNITS.len() {
        value /= 1_000;
        unit += 1;
    }
    format!("{value} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_at_most_four_digits() {
        for (count, words) in [
            (0, "0 kB"),
            (9_999_999, "9999 kB"),
            (10_000_000, "10 MB"),
            (412_000_000_000, "412 GB"),
            (u64::MAX, "18446 PB"),
        ] {
            assert_eq!(bytes(count), words);
        }
    }
}
