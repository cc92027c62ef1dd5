//! Days and months of a zone, as instants at which they begin.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use time::OffsetDateTime;

use super::Zone;

impl Zone {
    /// Where the last `count` days begin, today's the last of them, and where tomorrow does.
    #[must_use]
    pub fn last_days(&self, count: i32, now: OffsetDateTime) -> Vec<OffsetDateTime> {
        let today = self.local(now).date();
        self.starts(today.saturating_sub((count - 1).days()), 1.day(), count)
    }

    /// Where the last `count` months begin, this one the last of them, and where the next does.
    #[must_use]
    pub fn last_months(&self, count: i32, now: OffsetDateTime) -> Vec<OffsetDateTime> {
        let first = self.local(now).date().first_of_month();
        self.starts(first.saturating_sub((count - 1).months()), 1.month(), count)
    }

    /// Where the days of the month of `at` begin, and where the next month does.
    #[must_use]
    pub fn days_of_month(&self, at: OffsetDateTime) -> Vec<OffsetDateTime> {
        let first = self.local(at).date().first_of_month();
        self.starts(first, 1.day(), i32::from(first.days_in_month()))
    }

    /// The month: `November 2026`.
    #[must_use]
    pub fn month(&self, at: OffsetDateTime) -> String {
        self.show("%B %Y", at)
    }

    /// Where `count` stretches begin, and where the one after them does.
    fn starts(&self, first: Date, each: Span, count: i32) -> Vec<OffsetDateTime> {
        let dates = first.series(each).take(usize::try_from(count + 1).unwrap_or_default());
        dates.filter_map(|date| self.first(date.at(0, 0, 0, 0))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    #[test]
    fn days_begin_at_midnight_of_the_zone_and_the_clock_may_make_them_longer_or_shorter() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let starts = berlin.last_days(3, datetime!(2026-10-26 22:59 UTC));

        assert_eq!(
            starts,
            [
                datetime!(2026-10-23 22:00 UTC),
                datetime!(2026-10-24 22:00 UTC),
                datetime!(2026-10-25 23:00 UTC),
                datetime!(2026-10-26 23:00 UTC),
            ]
        );
        let spring = berlin.last_days(1, datetime!(2026-03-29 12:00 UTC));
        assert_eq!(spring[1] - spring[0], Duration::hours(23));
        assert_eq!(berlin.last_days(90, datetime!(2026-11-14 02:12 UTC)).len(), 91);
    }

    #[test]
    fn months_begin_on_their_first() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let now = datetime!(2026-03-31 22:30 UTC); // 1 April there
        let starts = berlin.last_months(2, now);

        assert_eq!(
            starts,
            [
                datetime!(2026-02-28 23:00 UTC),
                datetime!(2026-03-31 22:00 UTC),
                datetime!(2026-04-30 22:00 UTC),
            ]
        );
        assert_eq!(berlin.month(now), "April 2026");
        assert_eq!(berlin.days_of_month(now).len(), 31);
        assert_eq!(berlin.days_of_month(now)[0], starts[1]);
    }

    #[test]
    fn a_midnight_that_the_clock_skips_is_the_next_instant() {
        let santiago = Zone::parse("America/Santiago").unwrap();
        let starts = santiago.last_days(1, datetime!(2026-09-06 12:00 UTC)); // 00:00 becomes 01:00

        assert_eq!(starts[1] - starts[0], Duration::hours(23));
    }
}
