//! Spans of time as people write them: `15 min`, `1 h 30 min`, `7 d`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::Duration;

/// A span of whole seconds, from 0 to about 136 years.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Span(u32);

/// Why a text is no span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no span of time; write it as 30 s, 15 min, 2 h, 1 h 30 min or 7 d")]
pub struct NotASpan(String);

const UNITS: [(&str, u32); 4] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];

impl Span {
    /// No time at all; a matrix reads it "at once".
    pub const ZERO: Span = Span(0);

    /// So many minutes.
    #[must_use]
    pub const fn minutes(minutes: u32) -> Span {
        Span(minutes * 60)
    }

    /// So many hours.
    #[must_use]
    pub const fn hours(hours: u32) -> Span {
        Span(hours * 3_600)
    }

    /// So many seconds.
    #[must_use]
    pub const fn seconds(seconds: u32) -> Span {
        Span(seconds)
    }

    /// Its length in seconds.
    #[must_use]
    pub const fn as_seconds(self) -> u32 {
        self.0
    }

    /// As a duration to add to an instant.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::seconds(i64::from(self.0))
    }

    /// So many of it, one after the other.
    #[must_use]
    pub const fn times(self, count: u32) -> Span {
        Span(self.0.saturating_mul(count))
    }

    /// The length of a duration, cut to whole seconds; a negative one is 0.
    #[must_use]
    pub fn of(duration: Duration) -> Span {
        Span(u32::try_from(duration.whole_seconds().max(0)).unwrap_or(u32::MAX))
    }
}

impl FromStr for Span {
    type Err = NotASpan;

    fn from_str(text: &str) -> Result<Span, NotASpan> {
        let wrong = || NotASpan(text.to_owned());
        let mut seconds = 0_u32;
        let mut words = text.split_whitespace().peekable();
        words.peek().ok_or_else(wrong)?;
        while let Some(word) = words.next() {
            let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let unit = match &word[digits.len()..] {
                "" => words.next().ok_or_else(wrong)?,
                unit => unit,
            };
            let (_, size) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
            let count: u32 = digits.parse().map_err(|_| wrong())?;
            let part = count.checked_mul(*size).ok_or_else(wrong)?;
            seconds = seconds.checked_add(part).ok_or_else(wrong)?;
        }
        Ok(Span(seconds))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0 s");
        }
        let mut rest = self.0;
        let mut gap = "";
        for (unit, size) in UNITS {
            let days_for_whole_days_alone = unit == "d" && !rest.is_multiple_of(size);
            if rest / size > 0 && !days_for_whole_days_alone {
                write!(f, "{gap}{} {unit}", rest / size)?;
                (rest, gap) = (rest % size, " ");
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Span {
    type Error = NotASpan;

    fn try_from(text: String) -> Result<Span, NotASpan> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_reads_as_people_write_it() {
        for (text, seconds) in
            [("30 s", 30), ("15 min", 900), ("2h", 7_200), ("1 h 30 min", 5_400), ("7 d", 604_800)]
        {
            assert_eq!(text.parse(), Ok(Span(seconds)), "{text}");
        }
        for text in ["", "15", "min", "1 fortnight", "-5 min", "99999999999 d", "1.5 h"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for seconds in [0, 1, 59, 60, 900, 5_400, 86_400, 90_000, 604_800] {
            assert_eq!(Span(seconds).to_string().parse(), Ok(Span(seconds)));
        }
        assert_eq!(Span::hours(48).to_string(), "2 d");
        assert_eq!(Span::hours(25).to_string(), "25 h");
    }
}
