//! Seven days of backups and log as a line; the same stands in words and in the table below it.

use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;
use time::OffsetDateTime;

use crate::domain::civil::{self, Zone};
use crate::domain::counted::counted;
use crate::domain::recovery::coverage::{Stretch, coverage, gaps};
use crate::domain::recovery::{Exposure, Kind, Listed};

const DAYS: i32 = 7;
/// Where the days begin and end, in units of the picture.
const LEFT: i64 = 150;
const RIGHT: i64 = 1200;
/// A shorter stretch is drawn so wide, to be seen at all.
const LEAST: i64 = 3;

/// The line.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/_recovery_line.html")]
pub struct RecoveryLine {
    repository: String,
    words: String,
    days: Vec<(i64, String)>,
    wal: String,
    full: String,
    incr: String,
    verified: String,
    failed: String,
    gaps: Vec<Gap>,
    now: i64,
    keyed: bool,
}

/// Moments that can't be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Gap {
    x: i64,
    width: i64,
    words: String,
}

impl HtmlSafe for RecoveryLine {}

/// What is drawn, and by which clock.
#[derive(Debug, Clone, Copy)]
pub struct Drawn<'a> {
    /// What the repository is called.
    pub repository: &'a str,
    /// The recovery points.
    pub points: &'a [Listed],
    /// What would be lost now.
    pub exposure: &'a Exposure,
    /// When that was looked at.
    pub at: OffsetDateTime,
    /// Whose days are shown.
    pub zone: &'a Zone,
    /// The time.
    pub now: OffsetDateTime,
}

impl RecoveryLine {
    /// Of the last seven days; none where nothing was backed up yet.
    #[must_use]
    pub fn of(drawn: Drawn<'_>) -> Option<RecoveryLine> {
        let Drawn { repository, points, exposure, at, zone, now } = drawn;
        let mut days = zone.last_days(DAYS, now);
        let until = days.pop()?; // where today ends
        let scale = Scale { from: *days.first()?, until };
        let covered = coverage(points, exposure, at);
        let of_week = |it: &Stretch| it.until > scale.from;
        let missing: Vec<Stretch> = gaps(&covered).into_iter().filter(of_week).collect();
        let shown = || points.iter().filter(|it| it.stopped >= scale.from);
        let marks = |chosen: &dyn Fn(&Listed) -> bool, mark: &str| {
            let chosen = shown().filter(|it| chosen(it));
            chosen.fold(String::new(), |mut path, point| {
                let _ = write!(path, "M{} {mark}", scale.x(point.stopped)); // memory takes every letter
                path
            })
        };
        let is_full = |it: &Listed| it.kind == Kind::Full;
        (!points.is_empty()).then(|| RecoveryLine {
            repository: repository.to_owned(),
            words: words(&missing, zone, now),
            days: days.iter().map(|day| (scale.x(*day), zone.short_day(*day))).collect(),
            wal: covered.iter().filter(|it| of_week(it)).map(|it| scale.bar(*it)).collect(),
            full: marks(&is_full, "46h6v16h-6z"),
            incr: marks(&|it| !is_full(it), "54h4v8h-4z"),
            verified: marks(&|it| it.verified == Some(true), "38l4 4 7-9"),
            failed: marks(&|it| it.verified == Some(false), "30l10 12m0-12-10 12"),
            gaps: missing.iter().map(|it| scale.gap(*it)).collect(),
            now: scale.x(now),
            keyed: true,
        })
    }

    /// One of several, whose signs another one explains.
    #[must_use]
    pub fn without_key(mut self) -> RecoveryLine {
        self.keyed = false;
        self
    }

    /// Whether each moment of the week since the first backup can be restored, in words.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Whether one can't.
    #[must_use]
    pub fn has_gap(&self) -> bool {
        !self.gaps.is_empty()
    }
}

fn words(missing: &[Stretch], zone: &Zone, now: OffsetDateTime) -> String {
    let spans = missing
        .iter()
        .map(|it| format!("{} to {}", zone.when(it.from, now), zone.when(it.until, now)));
    let spans: Vec<String> = spans.collect();
    match spans.len() {
        0 => "no gap".to_owned(),
        many => format!("{}, can’t be restored: {}", counted(many, "gap"), spans.join("; ")),
    }
}

/// From times to places.
#[derive(Clone, Copy)]
struct Scale {
    from: OffsetDateTime,
    until: OffsetDateTime,
}

impl Scale {
    fn x(self, at: OffsetDateTime) -> i64 {
        let week = (self.until - self.from).whole_seconds().max(1);
        let into = (at - self.from).whole_seconds().clamp(0, week);
        LEFT + (RIGHT - LEFT) * into / week
    }

    fn place(self, it: Stretch) -> (i64, i64) {
        let (x, end) = (self.x(it.from), self.x(it.until));
        (x, (end - x).max(LEAST))
    }

    fn bar(self, it: Stretch) -> String {
        let (x, width) = self.place(it);
        format!("M{x} 64h{width}v6h-{width}z")
    }

    fn gap(self, it: Stretch) -> Gap {
        let (x, width) = self.place(it);
        Gap { x, width, words: format!("gap: {}", civil::span(it.until - it.from)) }
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_week_is_drawn_from_its_first_midnight_and_a_gap_is_said() {
        let now = datetime!(2026-11-14 12:00 UTC);
        let zone = Zone::utc();
        let point = |days: i64, until: &str, verified| Listed {
            stopped: now - Duration::days(days),
            unbroken_until: Some(until.to_owned()),
            last_commit: Some(now - Duration::days(days) + Duration::hours(6)),
            verified,
            ..Listed::sample()
        };
        let points = [point(9, "1", None), point(4, "2", Some(true)), point(1, "3", Some(false))];
        let exposure = Exposure::Nothing;
        let drawn = Drawn {
            repository: "disk",
            points: &points,
            exposure: &exposure,
            at: now,
            zone: &zone,
            now,
        };

        let line = RecoveryLine::of(drawn).unwrap();

        assert_eq!((line.days.len(), line.days[0].0, line.now), (7, LEFT, 150 + 150 * 13 / 2));
        assert_eq!(line.full, "M525 46h6v16h-6zM975 46h6v16h-6z", "the first is older");
        assert_eq!(
            (line.verified.as_str(), line.failed.as_str()),
            ("M525 38l4 4 7-9", "M975 30l10 12m0-12-10 12")
        );
        assert_eq!(line.wal, "M525 64h37v6h-37zM975 64h150v6h-150z");
        let gaps: Vec<_> = line.gaps.iter().map(|gap| (gap.x, gap.width)).collect();
        assert_eq!(gaps, [(150, 375), (562, 413)]);
        assert!(line.words.starts_with("2 gaps, can’t be restored: 5 Nov"), "{}", line.words);
        assert_eq!(RecoveryLine::of(Drawn { points: &[], ..drawn }), None);
    }
}
