//! What recurs by five cron fields: minute, hour, day of the month, month, day of the week.
//!
//! A time that daylight saving skips comes at the next instant; one that it doubles comes once.

use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use time::OffsetDateTime;

use super::Zone;

/// Name, least and greatest value of each field.
const FIELDS: [(&str, u8, u8); 5] =
    [("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7)];
/// Days that are searched: within 40 years 29 February falls on each day of the week.
const SEARCHED: i32 = 41 * 366;

/// Times that recur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// With both days given, either will do, as cron has always had it.
    either_day: bool,
}

/// Why a text is no cron text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotCron(String);

impl Cron {
    /// The first time after an instant; none where it never comes.
    #[must_use]
    pub fn next(&self, zone: &Zone, after: OffsetDateTime) -> Option<OffsetDateTime> {
        let first = zone.local(after).date();
        let days = (0..SEARCHED).filter_map(|n| first.checked_add(n.days()).ok());
        days.filter(|day| self.falls_on(*day)).find_map(|day| {
            let times = self.times().filter_map(|time| zone.first(day.to_datetime(time)));
            times.filter(|at| *at > after).min()
        })
    }

    fn falls_on(&self, day: Date) -> bool {
        let of_month = self.days & bit(day.day()) != 0;
        let of_week = self.weekdays & bit(day.weekday().to_sunday_zero_offset()) != 0;
        let day_fits = if self.either_day { of_month || of_week } else { of_month && of_week };
        day_fits && self.months & bit(day.month()) != 0
    }

    fn times(&self) -> impl Iterator<Item = Time> {
        let hours = (0..24).filter(|hour| self.hours & bit(*hour) != 0);
        hours.flat_map(|hour| {
            let minutes = (0..60).filter(|minute| self.minutes & bit(*minute) != 0);
            minutes.filter_map(move |minute| Time::new(hour, minute, 0, 0).ok())
        })
    }
}

fn bit(value: i8) -> u64 {
    1_u64.checked_shl(u32::try_from(value).unwrap_or(u32::MAX)).unwrap_or(0)
}

impl FromStr for Cron {
    type Err = NotCron;

    fn from_str(text: &str) -> Result<Cron, NotCron> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let Ok(fields) = <[&str; 5]>::try_from(fields.as_slice()) else {
            return Err(NotCron(format!(
                "“{text}” has {} fields; cron wants five: minute, hour, day, month, weekday",
                fields.len()
            )));
        };
        let mut sets = [0; 5];
        for ((set, field), (name, least, most)) in sets.iter_mut().zip(fields).zip(FIELDS) {
            *set = read(field, least, most).ok_or_else(|| {
                NotCron(format!("“{field}” is no {name}; write {least} to {most}, *, 1-5 or */15"))
            })?;
        }
        let [minutes, hours, days, months, weekdays] = sets;
        let either_day = !fields[2].starts_with('*') && !fields[4].starts_with('*');
        let weekdays = weekdays | weekdays >> 7; // 7 is Sunday, as 0 is
        Ok(Cron { minutes, hours, days, months, weekdays, either_day })
    }
}

fn read(field: &str, least: u8, most: u8) -> Option<u64> {
    field.split(',').try_fold(0, |set, part| Some(set | part_of(part, least, most)?))
}

/// `*`, `3`, `1-5`, `*/15`, `1-5/2`.
fn part_of(part: &str, least: u8, most: u8) -> Option<u64> {
    let number = |text: &str| -> Option<u8> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| digits && (least..=most).contains(number))
    };
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(number(step).filter(|step| *step > 0)?)),
        None => (part, None),
    };
    let (from, until) = match range.split_once('-') {
        Some((from, until)) => (number(from)?, number(until)?),
        None if range == "*" => (least, most),
        None if step.is_none() => (number(range)?, number(range)?),
        None => return None,
    };
    let values = (from..=until).step_by(usize::from(step.unwrap_or(1)));
    let set = values.fold(0, |set, value| set | 1_u64 << value);
    (set != 0).then_some(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn next(text: &str, after: OffsetDateTime) -> Option<OffsetDateTime> {
        text.parse::<Cron>().unwrap().next(&Zone::parse("Europe/Berlin").unwrap(), after)
    }

    #[test]
    fn five_fields_within_their_bounds_are_cron() {
        for text in ["0 2 * * *", "*/15 * * * *", "0 */6 * * *", "30 9 1-7 * 1", "0 9 1 1,4,7,10 *"]
        {
            assert!(text.parse::<Cron>().is_ok(), "{text}");
        }
        for text in [
            "",
            "0 2 * *",
            "60 2 * * *",
            "0 2 0 * *",
            "a * * * *",
            "*/0 * * * *",
            "5-1 * * * *",
            "5/2 * * * *",
            "+1 * * * *",
            "* * * * 8",
            "1,,2 * * * *",
            "*/99 * * * *",
        ] {
            assert!(text.parse::<Cron>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_next_time_is_read_on_the_wall_clock_of_the_zone() {
        let now = datetime!(2026-11-14 02:12 UTC); // a Saturday, 03:12 in Berlin
        for (text, wanted) in [
            ("0 2 * * *", datetime!(2026-11-15 01:00 UTC)),
            ("*/15 * * * *", datetime!(2026-11-14 02:15 UTC)),
            ("12 3 * * *", datetime!(2026-11-15 02:12 UTC)),
            ("0 3 * * 0", datetime!(2026-11-15 02:00 UTC)),
            ("0 3 * * 7", datetime!(2026-11-15 02:00 UTC)),
            ("0 10 3 5 *", datetime!(2027-05-03 08:00 UTC)),
            ("0 10 15 1,4,7,10 *", datetime!(2027-01-15 09:00 UTC)),
            ("0 0 29 2 *", datetime!(2028-02-28 23:00 UTC)),
            ("0 12 20 * 1", datetime!(2026-11-16 11:00 UTC)),
        ] {
            assert_eq!(next(text, now), Some(wanted), "{text}");
        }
        assert_eq!(next("0 0 31 2 *", now), None);
    }

    #[test]
    fn daylight_saving_skips_nothing_and_doubles_nothing() {
        let skipped = next("30 2 * * *", datetime!(2026-03-28 12:00 UTC));
        assert_eq!(skipped, Some(datetime!(2026-03-29 01:00 UTC)));
        let doubled = datetime!(2026-10-25 00:30 UTC);
        assert_eq!(next("30 2 * * *", datetime!(2026-10-24 12:00 UTC)), Some(doubled));
        assert_eq!(next("30 2 * * *", doubled), Some(datetime!(2026-10-26 01:30 UTC)));
    }
}
