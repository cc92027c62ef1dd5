//! A time zone: instants out of it, typed times into it.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};
use time::OffsetDateTime;

/// Continents and oceans: what other names of the database begin with are old habits.
const CONTINENTS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

/// A time zone, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A name that is no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no time zone; write one like Europe/Berlin or UTC")]
pub struct UnknownZone(String);

/// A text that is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no time; write it as 03:12 (today) or 2026-11-14 03:12")]
pub struct NotATime(String);

impl Zone {
    /// The zone of that name.
    ///
    /// # Errors
    /// [`UnknownZone`] where there is none.
    pub fn parse(name: &str) -> Result<Zone, UnknownZone> {
        TimeZone::get(name).map(Zone).map_err(|_| UnknownZone(name.to_owned()))
    }

    /// UTC, where nothing else is known.
    #[must_use]
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// The zones to choose from: `UTC`, and those named by continent or ocean and place.
    #[must_use]
    pub fn names() -> Vec<String> {
        let places = jiff::tz::db().available().map(|name| name.to_string()).filter(|name| {
            name.split_once('/').is_some_and(|(where_, _)| CONTINENTS.contains(&where_))
        });
        let mut names: Vec<String> = places.collect();
        names.sort();
        names.dedup();
        std::iter::once("UTC".to_owned()).chain(names).collect()
    }

    /// Its name: `Europe/Berlin`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Its short name at an instant: `CET`.
    #[must_use]
    pub fn short_name(&self, at: OffsetDateTime) -> String {
        self.show("%Z", at)
    }

    /// The clock on the wall: `03:12 CET`.
    #[must_use]
    pub fn clock(&self, at: OffsetDateTime) -> String {
        self.show("%H:%M %Z", at)
    }

    /// The clock without its zone, for a second time in the same line: `03:12`.
    #[must_use]
    pub fn bare_clock(&self, at: OffsetDateTime) -> String {
        self.show("%H:%M", at)
    }

    /// The clock where seconds count: `03:26:07 CET`.
    #[must_use]
    pub fn clock_with_seconds(&self, at: OffsetDateTime) -> String {
        self.show("%H:%M:%S %Z", at)
    }

    /// The day: `Saturday 14 November 2026`.
    #[must_use]
    pub fn date(&self, at: OffsetDateTime) -> String {
        self.show("%A %-d %B %Y", at)
    }

    /// Day and clock in full, for what lies days away: `15 Nov 2026, 03:12 CET`.
    #[must_use]
    pub fn moment(&self, at: OffsetDateTime) -> String {
        self.show("%-d %b %Y, %H:%M %Z", at)
    }

    /// The day without its weekday: `14 November 2026`.
    #[must_use]
    pub fn day(&self, at: OffsetDateTime) -> String {
        self.show("%-d %B %Y", at)
    }

    /// The day, short: `14 Nov`.
    #[must_use]
    pub fn short_date(&self, at: OffsetDateTime) -> String {
        self.show("%-d %b", at)
    }

    /// An instant as it is read at `now`: of the same day the clock alone, else with its day.
    #[must_use]
    pub fn when(&self, at: OffsetDateTime, now: OffsetDateTime) -> String {
        if self.date(at) == self.date(now) {
            self.clock(at)
        } else {
            format!("{}, {}", self.dated(at, now), self.clock(at))
        }
    }

    /// A day as it is read at `now`: `14 Nov`; of another year with it: `14 Nov 2025`.
    #[must_use]
    pub fn dated(&self, at: OffsetDateTime, now: OffsetDateTime) -> String {
        if self.local(at).year() == self.local(now).year() {
            self.short_date(at)
        } else {
            self.short_day(at)
        }
    }

    /// The day with its year, short: `14 Nov 2026`.
    #[must_use]
    pub fn short_day(&self, at: OffsetDateTime) -> String {
        self.show("%-d %b %Y", at)
    }

    /// Day and time as a form takes it: `2026-11-14 03:12`. What [`Zone::read`] reads back.
    #[must_use]
    pub fn typed(&self, at: OffsetDateTime) -> String {
        self.show("%Y-%m-%d %H:%M", at)
    }

    /// What a person typed: `03:12` of today, or `2026-11-14 03:12`. A time that daylight saving
    /// skips is the first instant after the gap; of a doubled one it is the first.
    ///
    /// # Errors
    /// [`NotATime`], with what is wanted.
    pub fn read(&self, typed: &str, now: OffsetDateTime) -> Result<OffsetDateTime, NotATime> {
        let wrong = || NotATime(typed.trim().to_owned());
        let civil = match typed.trim().split_once([' ', 'T']) {
            Some((day, clock)) => day
                .parse::<Date>()
                .map_err(|_| wrong())?
                .to_datetime(wall_clock(clock.trim()).ok_or_else(wrong)?),
            None => self.local(now).date().to_datetime(wall_clock(typed.trim()).ok_or_else(wrong)?),
        };
        self.instant(civil).ok_or_else(wrong)
    }

    pub(super) fn instant(&self, civil: DateTime) -> Option<OffsetDateTime> {
        let ambiguous = self.0.to_ambiguous_timestamp(civil);
        let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let mut instant = ambiguous.earlier().ok()?;
        if skipped {
            instant = self.0.following(instant).next()?.timestamp();
        }
        OffsetDateTime::from_unix_timestamp_nanos(instant.as_nanosecond()).ok()
    }

    fn show(&self, format: &str, at: OffsetDateTime) -> String {
        self.local(at).strftime(format).to_string()
    }

    pub(super) fn local(&self, at: OffsetDateTime) -> ZonedDateTime {
        // Both libraries count years to 9999, so that no instant of ours is out of range.
        let instant = Timestamp::from_nanosecond(at.unix_timestamp_nanos()).unwrap_or_default();
        instant.to_zoned_datetime(self.0.clone())
    }
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

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    #[test]
    fn an_instant_reads_as_the_wall_clock_of_its_zone() {
        let zone = berlin();

        assert_eq!(zone.name(), "Europe/Berlin");
        assert_eq!(zone.clock(NOW), "03:26 CET");
        assert_eq!(zone.clock_with_seconds(NOW), "03:26:07 CET");
        assert_eq!(zone.bare_clock(NOW), "03:26");
        assert_eq!(zone.date(NOW), "Saturday 14 November 2026");
        assert_eq!(zone.day(NOW), "14 November 2026");
        assert_eq!(zone.short_date(NOW), "14 Nov");
        assert_eq!(zone.moment(NOW), "14 Nov 2026, 03:26 CET");
        assert_eq!(zone.when(NOW - Duration::hours(3), NOW), "00:26 CET");
        assert_eq!(zone.when(NOW - Duration::hours(4), NOW), "13 Nov, 23:26 CET");
        assert_eq!(zone.when(NOW - Duration::days(365), NOW), "14 Nov 2025, 03:26 CET");
        assert_eq!(zone.clock(datetime!(2026-07-01 10:00 UTC)), "12:00 CEST");
    }

    #[test]
    fn an_unknown_zone_is_named() {
        let refused = Zone::parse("Europe/Atlantis").unwrap_err();

        assert!(refused.to_string().contains("Europe/Atlantis"), "{refused}");
    }

    #[test]
    fn every_zone_that_can_be_chosen_is_one() {
        let names = Zone::names();

        assert!(names.len() > 300, "{}", names.len());
        assert_eq!(names[0], "UTC");
        for name in &names {
            assert!(Zone::parse(name).is_ok(), "{name}");
        }
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        for odd in ["Etc/GMT+5", "US/Eastern", "posixrules", "EST5EDT"] {
            assert!(!names.iter().any(|known| known == odd), "{odd}");
        }
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
    fn a_time_that_the_clocks_skip_is_the_first_instant_after_the_gap() {
        for typed in ["2026-03-29 02:00", "2026-03-29 02:30", "2026-03-29 02:59"] {
            let read = berlin().read(typed, NOW);
            assert_eq!(read, Ok(datetime!(2026-03-29 01:00 UTC)), "{typed}");
        }
        assert_eq!(berlin().read("2026-03-29 01:59", NOW), Ok(datetime!(2026-03-29 00:59 UTC)));
    }

    #[test]
    fn a_time_that_the_clocks_pass_twice_is_its_first_passing() {
        let read = berlin().read("2026-10-25 02:30", NOW).unwrap();

        assert_eq!(read, datetime!(2026-10-25 00:30 UTC));
        assert_eq!(berlin().clock(read), "02:30 CEST");
        assert_eq!(berlin().clock(read + Duration::hours(1)), "02:30 CET");
    }
}
