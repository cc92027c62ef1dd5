//! A time zone, and how instants read in it.

use jiff::civil::DateTime;
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
pub struct Zone(pub(super) TimeZone);

/// A name that is no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no time zone; write one like Europe/Berlin or UTC")]
pub struct UnknownZone(String);

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

    /// The clock, with its day where that is not today: `03:12 CET`, `13 Nov, 23:50 CET`.
    #[must_use]
    pub fn when(&self, at: OffsetDateTime, now: OffsetDateTime) -> String {
        if self.is_same_day(at, now) {
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

    /// Whether both lie on one day here.
    #[must_use]
    pub fn is_same_day(&self, one: OffsetDateTime, other: OffsetDateTime) -> bool {
        self.local(one).date() == self.local(other).date()
    }

    /// When the clocks show this first; what they skip, right after the gap.
    pub(super) fn first(&self, civil: DateTime) -> Option<OffsetDateTime> {
        let ambiguous = self.0.to_ambiguous_timestamp(civil);
        let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let mut first = ambiguous.earlier().ok()?;
        if skipped {
            first = self.0.following(first).next()?.timestamp();
        }
        OffsetDateTime::from_unix_timestamp_nanos(first.as_nanosecond()).ok()
    }

    pub(super) fn show(&self, format: &str, at: OffsetDateTime) -> String {
        self.local(at).strftime(format).to_string()
    }

    pub(super) fn local(&self, at: OffsetDateTime) -> ZonedDateTime {
        timestamp(at).to_zoned_datetime(self.0.clone())
    }
}

/// Both libraries count years to 9999, so that no instant of ours is out of range.
pub(super) fn timestamp(at: OffsetDateTime) -> Timestamp {
    Timestamp::from_nanosecond(at.unix_timestamp_nanos()).unwrap_or_default()
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
    fn another_day_is_named() {
        assert_eq!(berlin().when(NOW - Duration::hours(1), NOW), "02:26 CET");
        assert_eq!(berlin().when(NOW - Duration::hours(4), NOW), "13 Nov, 23:26 CET");
    }
}
