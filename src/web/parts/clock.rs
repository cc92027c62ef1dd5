//! Clocks: digits that run, and figures beside an objective.

use askama::Template;
use askama::filters::HtmlSafe;
use time::{Duration, OffsetDateTime};

use super::state::Tone;
use super::words::Words;

/// Digits that run in the browser, drawn as they stand at `now`.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_tick.html")]
pub struct Tick {
    counts: &'static str,
    at_ms: i128,
    iso: String,
    digits: String,
}

impl HtmlSafe for Tick {}

impl Tick {
    /// Counts up from `start`; before it, it stands at 0:00.
    #[must_use]
    pub fn since(start: OffsetDateTime, now: OffsetDateTime) -> Tick {
        let span = (now - start).max(Duration::ZERO);
        Tick { counts: "since", at_ms: unix_ms(start), iso: iso(span), digits: digits(span) }
    }

    /// Counts down to `due`; past it, up with a plus.
    #[must_use]
    pub fn until(due: OffsetDateTime, now: OffsetDateTime) -> Tick {
        let left = due - now;
        let plus = if left <= Duration::seconds(-1) { "+" } else { "" };
        let span = left.abs();
        Tick {
            counts: "until",
            at_ms: unix_ms(due),
            iso: iso(span),
            digits: format!("{plus}{}", digits(span)),
        }
    }

    /// Counts the last seconds down, `8 s`, and stands at `0 s`.
    #[must_use]
    pub fn seconds_until(due: OffsetDateTime, now: OffsetDateTime) -> Tick {
        let left = (due - now).max(Duration::ZERO);
        let digits = format!("{} s", left.whole_seconds());
        Tick { counts: "seconds-until", at_ms: unix_ms(due), iso: iso(left), digits }
    }
}

/// A clock: what runs, its digits, and since or until when.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_clock.html")]
pub struct Clock {
    label: String,
    value: Words,
    detail: Words,
    tone: Option<Tone>,
}

impl HtmlSafe for Clock {}

impl Clock {
    /// A plain fact that counts up.
    #[must_use]
    pub fn since(label: impl Into<String>, start: OffsetDateTime, now: OffsetDateTime) -> Clock {
        Clock::fixed(label, Words::new().tick(Tick::since(start, now)))
    }

    /// Time left; give it a tone to hold it against an objective.
    #[must_use]
    pub fn until(label: impl Into<String>, due: OffsetDateTime, now: OffsetDateTime) -> Clock {
        Clock::fixed(label, Words::new().tick(Tick::until(due, now)))
    }

    /// A figure that does not run: `41 s`, `invalid`.
    #[must_use]
    pub fn fixed(label: impl Into<String>, value: impl Into<Words>) -> Clock {
        Clock { label: label.into(), value: value.into(), detail: Words::new(), tone: None }
    }

    /// A figure nobody knows, with the reason.
    #[must_use]
    pub fn unknown(label: impl Into<String>, why: impl Into<Words>) -> Clock {
        Clock::fixed(label, "unknown").tone(Tone::Idle).detail(why)
    }

    /// The small line below: since when, of how much.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Words>) -> Clock {
        self.detail = detail.into();
        self
    }

    /// How it stands against its objective; without one it is a fact.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Clock {
        self.tone = Some(tone);
        self
    }
}

/// A span as a running clock shows it: `28:07`, `1:31:53`.
#[must_use]
pub fn digits(span: Duration) -> String {
    let whole = span.whole_seconds().unsigned_abs();
    let (hours, minutes, seconds) = (whole / 3_600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

fn iso(span: Duration) -> String {
    let whole = span.whole_seconds().unsigned_abs();
    format!("PT{}H{}M{}S", whole / 3_600, whole / 60 % 60, whole % 60)
}

fn unix_ms(at: OffsetDateTime) -> i128 {
    at.unix_timestamp_nanos() / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

    #[test]
    fn digits_have_hours_only_when_there_are_any() {
        for (seconds, words) in [(0, "0:00"), (41, "0:41"), (1_687, "28:07"), (5_513, "1:31:53")] {
            assert_eq!(digits(Duration::seconds(seconds)), words);
        }
        assert_eq!(digits(Duration::hours(30)), "30:00:00");
    }

    #[test]
    fn a_countdown_past_due_counts_up_with_a_plus() {
        let due = |left: Duration| Tick::until(NOW + left, NOW).digits;

        assert_eq!(due(Duration::seconds(173)), "2:53");
        assert_eq!(due(Duration::milliseconds(-400)), "0:00");
        assert_eq!(due(-Duration::seconds(3_151)), "+52:31");
    }

    #[test]
    fn a_hold_counts_its_last_seconds_and_stops() {
        let due = |seconds| Tick::seconds_until(NOW + Duration::seconds(seconds), NOW).digits;

        assert_eq!(due(8), "8 s");
        assert_eq!(due(-3), "0 s");
    }

    #[test]
    fn a_count_that_begins_later_stands_still() {
        assert_eq!(Tick::since(NOW + Duration::minutes(5), NOW).digits, "0:00");
    }

    #[test]
    fn a_tick_tells_the_browser_its_instant_and_readers_its_span() {
        let html = Tick::since(NOW - Duration::seconds(1_687), NOW).to_string();

        assert_eq!(html, "<time datetime=\"PT0H28M7S\" data-since=\"1794621480000\">28:07</time>");
    }
}
