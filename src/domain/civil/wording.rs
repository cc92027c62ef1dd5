//! Lengths of time in words.

use time::{Duration, OffsetDateTime};

/// An instant for the public and for exports: `02:26:07Z`.
#[must_use]
pub fn utc_clock(at: OffsetDateTime) -> String {
    let (hour, minute, second) = at.to_offset(time::UtcOffset::UTC).to_hms();
    format!("{hour:02}:{minute:02}:{second:02}Z")
}

/// A span in words: `41 s`, `15 min`, `1 h 12 min`, `3 d 4 h`; cut, never rounded up.
#[must_use]
pub fn span(length: Duration) -> String {
    let seconds = length.whole_seconds().unsigned_abs();
    let (first, second, sizes) = match seconds {
        0..60 => return format!("{seconds} s"),
        60..3_600 => return format!("{} min", seconds / 60),
        3_600..172_800 => ("h", "min", (3_600, 60)),
        _ => ("d", "h", (86_400, 3_600)),
    };
    match seconds % sizes.0 / sizes.1 {
        0 => format!("{} {first}", seconds / sizes.0),
        rest => format!("{} {first} {rest} {second}", seconds / sizes.0),
    }
}

/// A span that is reckoned, not measured, in steps that can be believed: `3 h 20 min`, `2 d 4 h`.
#[must_use]
pub fn about(length: Duration) -> String {
    let seconds = length.whole_seconds();
    let step = match seconds {
        ..3_600 => 60,
        3_600..86_400 => 600,
        _ => 3_600,
    };
    match seconds {
        ..60 => "a minute".to_owned(),
        _ => span(Duration::seconds(seconds - seconds % step)),
    }
}

/// A running clock: `28:07`, `1:31:53`.
#[must_use]
pub fn running(length: Duration) -> String {
    let seconds = length.whole_seconds().unsigned_abs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}

/// How long ago: `14 min ago`; `in 5 min` for what is still to come.
#[must_use]
pub fn ago(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let passed = now - at;
    match passed.whole_seconds() {
        0 => "now".to_owned(),
        1.. => format!("{} ago", span(passed)),
        _ => format!("in {}", span(passed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

    #[test]
    fn spans_are_worded_for_people() {
        for (seconds, words) in [
            (0, "0 s"),
            (41, "41 s"),
            (959, "15 min"),
            (3_600, "1 h"),
            (4_320, "1 h 12 min"),
            (35_700, "9 h 55 min"),
            (187_200, "2 d 4 h"),
            (-900, "15 min"),
        ] {
            assert_eq!(span(Duration::seconds(seconds)), words);
        }
        for (seconds, words) in [
            (9, "a minute"),
            (959, "15 min"),
            (12_060, "3 h 20 min"),
            (14_399, "3 h 50 min"),
            (190_000, "2 d 4 h"),
        ] {
            assert_eq!(about(Duration::seconds(seconds)), words);
        }
        assert_eq!(running(Duration::seconds(1_687)), "28:07");
        assert_eq!(running(Duration::seconds(5_513)), "1:31:53");
        assert_eq!(running(Duration::seconds(9)), "0:09");
        assert_eq!(ago(NOW - Duration::minutes(14), NOW), "14 min ago");
        assert_eq!(ago(NOW + Duration::minutes(5), NOW), "in 5 min");
        assert_eq!(ago(NOW, NOW), "now");
        assert_eq!(utc_clock(NOW), "02:26:07Z");
    }
}
