use super::*;
use crate::publish::Disturbance;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

fn berlin() -> Zone {
    Zone::parse("Europe/Berlin").unwrap()
}

/// A part that is known for so long, and was in these states from and until so long ago.
fn part(known: Duration, past: &[(State, Duration, Option<Duration>)]) -> Component {
    let past = past.iter().map(|(state, from, until)| Disturbance {
        state: *state,
        from: NOW - *from,
        until: until.map(|until| NOW - until),
    });
    Component {
        key: "booking".to_owned(),
        name: "Booking".to_owned(),
        state: State::Working,
        known_since: NOW - known,
        past: past.collect(),
    }
}

fn past(part: &Component) -> Past {
    Past::of(part, &berlin().last_days(90, NOW), NOW)
}

const YEAR: Duration = Duration::days(365);

#[test]
fn a_part_that_always_worked_is_one_run_of_ninety_days() {
    let past = past(&part(YEAR, &[]));

    assert_eq!(past.words(), "100 % available in 90 days");
    let bars = past.bars(&berlin()).to_string();
    assert!(bars.contains("<path class=\"up\" d=\"M0 26h449\"/></svg>"), "{bars}");
    assert!(bars.contains("viewBox=\"0 0 449 32\""), "{bars}");
    assert!(past.bad_days(&berlin()).is_empty());
}

#[test]
fn each_bad_day_is_as_bad_as_its_worst_moment_and_says_how_long() {
    let hours = Duration::hours;
    let part = part(
        YEAR,
        &[
            (State::Down, hours(48), Some(hours(47))), // 12 Nov, 03:26 to 04:26
            (State::Slow, hours(47), Some(hours(44))),
            (State::Slow, hours(27), Some(hours(2))), // over midnight
        ],
    );
    let past = past(&part);

    assert_eq!(
        past.bad_days(&berlin()),
        ["14 Nov: slow 1 h 26 min", "13 Nov: slow 23 h 33 min", "12 Nov: down 1 h, slow 3 h"]
    );
    assert_eq!(past.words(), "99.95 % available in 90 days: 1 outage, 1 h; slow for 28 h");
    let bars = past.bars(&berlin()).to_string();
    let day =
        "<path class=\"down\" d=\"M435 16h4\"><title>12 Nov: down 1 h, slow 3 h</title></path>";
    assert!(bars.contains(day), "{bars}");
    assert_eq!(bars.matches("class=\"slow\"").count(), 2, "{bars}");
    assert_eq!(bars.matches("class=\"up\"").count(), 1, "{bars}");
}

#[test]
fn days_before_it_was_known_are_unknown_and_count_for_nothing() {
    let part =
        part(Duration::days(52), &[(State::Down, Duration::days(60), Some(Duration::days(51)))]);
    let past = past(&part);

    assert_eq!(past.words(), "98.07 % available in 52 days: 1 outage, 24 h; unknown before");
    let bars = past.bars(&berlin()).to_string();
    assert!(bars.contains("<path class=\"none\" d=\"M0 30h184\"/>"), "{bars}");
}

#[test]
fn of_a_part_that_was_just_added_nothing_is_known() {
    let past = past(&part(Duration::ZERO, &[]));

    assert_eq!(past.words(), "nothing is known of it yet");
    let bars = past.bars(&berlin()).to_string();
    assert!(bars.contains("<path class=\"none\" d=\"M0 30h449\"/></svg>"), "{bars}");
}

#[test]
fn what_two_incidents_tell_of_the_same_time_counts_once() {
    let hours = Duration::hours;
    let part = part(
        YEAR,
        &[
            (State::Down, hours(10), Some(hours(8))),
            (State::Down, hours(9), Some(hours(7))),
            (State::Slow, hours(10), Some(hours(6))),
            (State::Down, hours(3), Some(hours(3))), // no time at all
            (State::Down, hours(1), None),
        ],
    );
    let past = past(&part);

    assert_eq!((past.outages, past.down, past.slow), (2, hours(4), hours(1)));
}

#[test]
fn the_least_downtime_is_not_rounded_away() {
    let second = Duration::SECOND;
    let lasted = |until| past(&part(YEAR, &[(State::Down, second * 2, Some(until))]));

    assert_eq!(lasted(second).words(), "99.99 % available in 90 days: 1 outage, 1 s");
    assert_eq!(lasted(second * 1.5).share().as_deref(), Some("99.99 %"));
}

#[test]
fn a_day_of_25_hours_is_one_day() {
    let now = datetime!(2026-10-26 12:00 UTC);
    let whole = Disturbance { state: State::Down, from: now - YEAR, until: None };
    let part = Component { past: vec![whole], ..part(YEAR, &[]) };
    let past = Past::of(&part, &berlin().last_days(90, now), now);

    assert_eq!(past.bad_days(&berlin())[1], "25 Oct: down 25 h");
    assert_eq!(past.share().as_deref(), Some("0.00 %"));
}
