//! How long a certificate is still good.

use time::{Duration, OffsetDateTime};

/// From when until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Its first moment.
    pub from: OffsetDateTime,
    /// Its last.
    pub until: OffsetDateTime,
}

/// How a certificate stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its time has not come; or the clock is wrong.
    NotYet,
    /// Good for long.
    Good,
    /// It should have been renewed by now.
    Soon,
    /// It ends in a moment.
    Now,
    /// It has ended.
    Expired,
}

impl Validity {
    /// How it stands: `Soon` from 21 days before its end, `Now` from 3; one that is made for a few
    /// days alone has a third and a tenth of them.
    #[must_use]
    pub fn standing(&self, now: OffsetDateTime) -> Standing {
        let (life, left) = (self.until - self.from, self.until - now);
        match () {
            () if now < self.from => Standing::NotYet,
            () if left < Duration::ZERO => Standing::Expired,
            () if left < Duration::days(3).min(life / 10) => Standing::Now,
            () if left < Duration::days(21).min(life / 3) => Standing::Soon,
            () => Standing::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn at(life: i64, left: Duration) -> Standing {
        let until = datetime!(2026-11-14 02:17 UTC);
        Validity { from: until - Duration::days(life), until }.standing(until - left)
    }

    #[test]
    fn an_end_that_comes_near_is_seen_weeks_before() {
        for (left, standing) in [
            (Duration::days(91), Standing::NotYet),
            (Duration::days(90), Standing::Good),
            (Duration::days(21), Standing::Good),
            (Duration::days(20), Standing::Soon),
            (Duration::days(3), Standing::Soon),
            (Duration::days(2), Standing::Now),
            (Duration::ZERO, Standing::Now),
            (Duration::seconds(-1), Standing::Expired),
        ] {
            assert_eq!(at(90, left), standing, "{left}");
        }
    }

    #[test]
    fn a_certificate_of_six_days_is_not_called_late_all_its_life() {
        assert_eq!(at(6, Duration::days(5)), Standing::Good);
        assert_eq!(at(6, Duration::hours(47)), Standing::Soon);
        assert_eq!(at(6, Duration::hours(14)), Standing::Now);
    }
}
