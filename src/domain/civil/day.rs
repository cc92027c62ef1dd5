//! A day of the calendar, as plans write it: `2026-11-02`.

use std::fmt;
use std::str::FromStr;

use jiff::Unit;
use jiff::civil::Date;
use time::OffsetDateTime;

use super::Zone;

/// A day; reads in words: `2 November 2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no day; write it like 2026-11-02")]
pub struct NotADay(String);

impl Day {
    /// As forms and the database write it: `2026-11-02`.
    #[must_use]
    pub fn iso(self) -> String {
        self.0.to_string()
    }

    /// Days from today in a zone until this one; below 0 it lies behind.
    #[must_use]
    pub fn days_from(self, zone: &Zone, now: OffsetDateTime) -> i32 {
        let today = zone.local(now).date();
        today.until((Unit::Day, self.0)).map_or(0, |span| span.get_days())
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Day, NotADay> {
        let day = text.parse().ok().filter(|_| text.len() == "2026-11-02".len());
        day.map(Day).ok_or_else(|| NotADay(text.to_owned()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%-d %B %Y"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_day_is_counted_from_today_in_its_zone() {
        let (day, berlin) = ("2026-11-02".parse::<Day>().unwrap(), Zone::parse("Europe/Berlin"));
        let from = |now| day.days_from(berlin.as_ref().unwrap(), now);

        assert_eq!(day.to_string(), "2 November 2026");
        assert_eq!(from(datetime!(2026-11-14 02:12 UTC)), -12);
        assert_eq!(from(datetime!(2026-11-01 22:59 UTC)), 1);
        assert_eq!(from(datetime!(2026-11-01 23:00 UTC)), 0);
        for text in ["", "soon", "2026-11-31", "2026-11-2", "02.11.2026", "2026-11-02T10:00"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }
}
