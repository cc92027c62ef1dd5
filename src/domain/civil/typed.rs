//! Typed times: what a person in a zone means by `03:12`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::AmbiguousOffset;
use time::OffsetDateTime;

use super::zone::{Zone, timestamp};

/// How long ago a bare clock time may be yesterday's.
const LATELY: time::Duration = time::Duration::hours(12);

/// What was typed is no one instant; the words say what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotATime {
    /// A text that is no time at all.
    #[error("“{0}” is no time; write it as 03:12 (today) or 2026-11-14 03:12")]
    Unreadable(String),
    /// The clocks went over it.
    #[error("“{typed}” never was: the clocks went forward then; write {next} or later")]
    Skipped {
        /// What was typed.
        typed: String,
        /// The first time after the gap: `2026-03-29 03:00`.
        next: String,
    },
    /// The clocks passed it twice.
    #[error("“{typed}” was twice: the clocks went back then; write {first} or {second}")]
    Doubled {
        /// What was typed.
        typed: String,
        /// Its first passing: `2026-10-25 02:30 CEST`.
        first: String,
        /// Its second: `2026-10-25 02:30 CET`.
        second: String,
    },
    /// It names a zone that does not hold here and then.
    #[error("“{typed}” names another zone; write it in {here}")]
    OtherZone {
        /// What was typed.
        typed: String,
        /// The zone that holds: `Europe/Berlin (CET)`.
        here: String,
    },
}

impl Zone {
    /// Day and time as a form takes it: `2026-11-14 03:12`, with the zone where the clocks pass
    /// that time twice. What [`Zone::read`] reads back.
    #[must_use]
    pub fn typed(&self, at: OffsetDateTime) -> String {
        let bare = self.show("%Y-%m-%d %H:%M", at);
        match self.read(&bare, at) {
            Err(NotATime::Doubled { .. }) => format!("{bare} {}", self.short_name(at)),
            _ => bare,
        }
    }

    /// What a person typed: `03:12` of today, or `2026-11-14 03:12`; either may name its zone.
    ///
    /// # Errors
    /// [`NotATime`], with what is wanted, also for times that daylight saving skips or doubles.
    pub fn read(&self, typed: &str, now: OffsetDateTime) -> Result<OffsetDateTime, NotATime> {
        let (civil, zone) = self.civil(typed, now)?;
        self.instant(civil, zone, typed.trim())
    }

    /// The same for what has happened: a bare `23:50` is yesterday's when today's is still to come
    /// and yesterday's is not long ago.
    ///
    /// # Errors
    /// As [`Zone::read`].
    pub fn read_past(&self, typed: &str, now: OffsetDateTime) -> Result<OffsetDateTime, NotATime> {
        let (civil, zone) = self.civil(typed, now)?;
        let today = self.instant(civil, zone, typed.trim());
        let has_day = typed.contains('-');
        let Some(before) = civil.yesterday().ok().filter(|_| !has_day) else { return today };
        match (&today, self.instant(before, zone, typed.trim())) {
            (Ok(at), Ok(before)) if *at > now && now - before < LATELY => Ok(before),
            _ => today,
        }
    }

    fn civil<'t>(
        &self,
        typed: &'t str,
        now: OffsetDateTime,
    ) -> Result<(DateTime, Option<&'t str>), NotATime> {
        let (text, zone) = match typed.trim().rsplit_once(' ') {
            Some((text, zone)) if zone.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                (text.trim(), Some(zone))
            }
            _ => (typed.trim(), None),
        };
        let (day, clock) = match text.split_once([' ', 'T']) {
            Some((day, clock)) => (day.parse().ok(), wall_clock(clock.trim())),
            None => (Some(self.local(now).date()), wall_clock(text)),
        };
        let civil = day.zip(clock).map(|(day, clock): (Date, Time)| day.to_datetime(clock));
        Ok((civil.ok_or_else(|| NotATime::Unreadable(typed.trim().to_owned()))?, zone))
    }

    fn instant(
        &self,
        civil: DateTime,
        zone: Option<&str>,
        typed: &str,
    ) -> Result<OffsetDateTime, NotATime> {
        let typed = typed.to_owned();
        let ambiguous = self.0.to_ambiguous_timestamp(civil);
        let (Some(earlier), Some(later)) =
            (instant(ambiguous.earlier()), instant(ambiguous.later()))
        else {
            return Err(NotATime::Unreadable(typed));
        };
        if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
            let after = self.0.following(timestamp(earlier)).next();
            let next = after.and_then(|after| instant(Ok(after.timestamp()))).unwrap_or(later);
            return Err(NotATime::Skipped { typed, next: self.typed(next) });
        }
        let named = |at: &OffsetDateTime| {
            zone.is_none_or(|zone| self.short_name(*at).eq_ignore_ascii_case(zone))
        };
        match (named(&earlier), named(&later)) {
            (true, true) if earlier != later => {
                let name = |at| format!("{typed} {}", self.short_name(at));
                let (first, second) = (name(earlier), name(later));
                Err(NotATime::Doubled { typed, first, second })
            }
            (true, _) => Ok(earlier),
            (false, true) => Ok(later),
            (false, false) => {
                let here = format!("{} ({})", self.name(), self.short_name(earlier));
                Err(NotATime::OtherZone { typed, here })
            }
        }
    }
}

fn instant(at: Result<Timestamp, jiff::Error>) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(at.ok()?.as_nanosecond()).ok()
}

/// `3:12`, `03:12` or `03:12:07`, and nothing that merely begins so.
fn wall_clock(text: &str) -> Option<Time> {
    let mut fields = text.split(':');
    let mut field = |most: usize| -> Option<Option<i8>> {
        let Some(digits) = fields.next() else { return Some(None) };
        let fits = (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { digits.parse().ok().map(Some) } else { None }
    };
    let (hour, minute, second) = (field(2)??, field(2)??, field(2)?.unwrap_or(0));
    match fields.next() {
        None => Time::new(hour, minute, second, 0).ok(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);
    const MINUTE: Duration = Duration::minutes(1);

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    #[test]
    fn what_is_typed_is_local_time() {
        for (typed, meant) in [
            ("03:12", datetime!(2026-11-14 02:12 UTC)),
            (" 3:12 ", datetime!(2026-11-14 02:12 UTC)),
            ("03:12:41", datetime!(2026-11-14 02:12:41 UTC)),
            ("2026-07-01 12:00", datetime!(2026-07-01 10:00 UTC)),
            ("2026-07-01T12:00", datetime!(2026-07-01 10:00 UTC)),
        ] {
            assert_eq!(berlin().read(typed, NOW), Ok(meant), "{typed}");
        }
        assert_eq!(berlin().typed(datetime!(2026-11-14 02:12 UTC)), "2026-11-14 03:12");
    }

    #[test]
    fn today_is_today_in_the_zone_and_not_in_utc() {
        let past_midnight_in_berlin = datetime!(2026-11-13 23:30 UTC);

        assert_eq!(
            berlin().read("00:15", past_midnight_in_berlin),
            Ok(datetime!(2026-11-13 23:15 UTC))
        );
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_words_typed() {
        for typed in [
            "",
            "noon",
            "25:00",
            "03:60",
            "3",
            "03:12:",
            "03:12:07:01",
            "+3:12",
            "14.11. 03:12",
            "2026-02-30 03:12",
            "2026-11-14",
            "2026-11-14 ",
            "003:12",
            "03:12Z",
        ] {
            let refused = berlin().read(typed, NOW).unwrap_err();
            assert!(refused.to_string().contains(typed.trim()), "{refused}");
        }
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_refused_with_the_next_there_was() {
        for typed in ["2026-03-29 02:00", "2026-03-29 02:30", "2026-03-29 02:59"] {
            let refused = berlin().read(typed, NOW).unwrap_err();
            let words = format!(
                "“{typed}” never was: the clocks went forward then; write 2026-03-29 03:00 or"
            );
            assert!(refused.to_string().starts_with(&words), "{refused}");
        }
        assert_eq!(berlin().read("2026-03-29 01:59", NOW), Ok(datetime!(2026-03-29 00:59 UTC)));
        assert_eq!(berlin().read("2026-03-29 03:00", NOW), Ok(datetime!(2026-03-29 01:00 UTC)));
    }

    #[test]
    fn a_time_that_the_clocks_pass_twice_must_name_its_zone() {
        let (first, second) = (datetime!(2026-10-25 00:30 UTC), datetime!(2026-10-25 01:30 UTC));
        let refused = berlin().read("2026-10-25 02:30", NOW).unwrap_err();
        let words = "went back then; write 2026-10-25 02:30 CEST or 2026-10-25 02:30 CET";
        assert!(refused.to_string().ends_with(words), "{refused}");

        assert_eq!(berlin().read("2026-10-25 02:30 CEST", NOW), Ok(first));
        assert_eq!(berlin().read("02:30 cet", second), Ok(second));
        for at in [first, second, NOW] {
            assert_eq!(
                berlin().read(&berlin().typed(at), NOW).map(|read| at - read < MINUTE),
                Ok(true)
            );
        }
    }

    #[test]
    fn a_zone_that_does_not_hold_here_is_refused() {
        let refused = berlin().read("03:12 CEST", NOW).unwrap_err();

        assert_eq!(
            refused.to_string(),
            "“03:12 CEST” names another zone; write it in Europe/Berlin (CET)"
        );
    }

    #[test]
    fn a_bare_time_that_is_still_to_come_was_yesterday_when_that_is_not_long_ago() {
        let past_midnight = datetime!(2026-11-13 23:15 UTC);

        let read = |typed, now| berlin().read_past(typed, now).unwrap();
        assert_eq!(read("23:50", past_midnight), datetime!(2026-11-13 22:50 UTC));
        assert_eq!(read("00:10", past_midnight), datetime!(2026-11-13 23:10 UTC));
        assert_eq!(read("05:58", NOW), datetime!(2026-11-14 04:58 UTC), "21 h ago is too long");
        assert_eq!(read("2026-11-14 23:50", past_midnight), datetime!(2026-11-14 22:50 UTC));
    }
}
