//! A day of exposure as a line.

use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;
use time::{Duration, OffsetDateTime};

use crate::domain::civil;

const WIDTH: i64 = 120;
const FLOOR: i64 = 25;
const CEILING: i64 = 3;
/// A quiet day is not drawn as if it were a mountain range.
const LEAST: i64 = 60;

/// The line; the same stands in words in its name.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_spark.html")]
pub struct Spark {
    label: String,
    path: String,
    limit: Option<i64>,
}

impl HtmlSafe for Spark {}

impl Spark {
    /// Of what would have been lost at each minute, in seconds; none where it was not known. A limit
    /// that is far above it is left out.
    #[must_use]
    pub fn of(
        day: &[(OffsetDateTime, Option<i64>)],
        target: Option<Duration>,
        now: OffsetDateTime,
    ) -> Spark {
        let columns = columns(day, now);
        let most = columns.iter().flatten().copied().max();
        let top = most.unwrap_or(0).max(LEAST);
        let y = |seconds: i64| FLOOR - (FLOOR - CEILING) * seconds / top;
        let target = target.map(Duration::whole_seconds).filter(|target| *target <= top);
        Spark { label: label(&columns), path: path(&columns, y), limit: target.map(y) }
    }
}

impl Spark {
    /// The same in words.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.label
    }
}

/// The most of each twelve minutes.
fn columns(day: &[(OffsetDateTime, Option<i64>)], now: OffsetDateTime) -> Vec<Option<i64>> {
    let mut columns = vec![None; usize::try_from(WIDTH).unwrap_or_default()];
    for (at, seconds) in day {
        let ago = (now - *at).whole_minutes() * WIDTH / Duration::DAY.whole_minutes();
        let column = usize::try_from(WIDTH - 1 - ago).ok().and_then(|at| columns.get_mut(at));
        if let Some(column) = column {
            *column = (*column).max(*seconds);
        }
    }
    columns
}

fn path(columns: &[Option<i64>], y: impl Fn(i64) -> i64) -> String {
    let mut path = String::new();
    let mut drawing = false;
    for (x, seconds) in columns.iter().enumerate() {
        if let Some(seconds) = seconds {
            let letter = if drawing { 'L' } else { 'M' };
            let _ = write!(path, "{letter}{x} {}h1", y(*seconds)); // memory takes every letter
        }
        drawing = seconds.is_some();
    }
    path
}

fn label(columns: &[Option<i64>]) -> String {
    let span = |seconds: i64| civil::span(Duration::seconds(seconds));
    let known = || columns.iter().flatten().copied();
    let Some((least, most)) = known().min().zip(known().max()) else {
        return "No figures of the last 24 hours".to_owned();
    };
    let between = format!("Between {} and {} in the last 24 hours", span(least), span(most));
    match columns.iter().filter(|column| column.is_none()).count() {
        0 => between,
        missing => {
            let minutes = i64::try_from(missing).unwrap_or_default() * 12;
            format!("{between}; not known for {}", civil::span(Duration::minutes(minutes)))
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    #[test]
    fn what_is_not_known_breaks_the_line_and_a_limit_far_above_is_left_out() {
        let at = |minutes| NOON - Duration::minutes(minutes);
        let day = [(at(60), Some(30)), (at(48), None), (at(36), Some(120)), (at(30), Some(60))];

        let spark = Spark::of(&day, Some(Duration::HOUR), NOON);

        assert_eq!(spark.path, "M114 20h1M116 3h1M117 14h1".replace("M117", "L117"));
        assert_eq!(spark.limit, None);
        assert!(spark.label.starts_with("Between 30 s and 2 min"), "{}", spark.label);
        assert!(Spark::of(&day, Some(Duration::MINUTE), NOON).limit.is_some());
        assert_eq!(Spark::of(&[], None, NOON).label, "No figures of the last 24 hours");
    }
}
