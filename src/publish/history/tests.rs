use super::*;
use crate::publish::{Disturbance, State};
use time::Duration;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

fn component(name: &str, known_since: OffsetDateTime, past: Vec<Disturbance>) -> Component {
    let (key, name) = (name.to_lowercase(), name.to_owned());
    Component { key, name, state: State::Working, known_since, past }
}

fn incident(number: i64, since: OffsetDateTime) -> Incident {
    Incident {
        number,
        title: format!("Incident <{number}>"),
        since,
        ended_at: Some(since + Duration::minutes(72)),
        next_by: None,
        posts: Vec::new(),
    }
}

fn view(components: Vec<Component>, before: Vec<Incident>) -> View {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    View { organisation: "Labitory".to_owned(), zone, components, before, ..View::empty() }
}

fn html(view: &View) -> String {
    String::from_utf8(page(view, NOW).unwrap().to_vec()).unwrap()
}

#[test]
fn nothing_on_record_is_said_with_what_will_be_there() {
    let html = html(&View::empty());

    assert!(html.contains("Nothing is on record yet"), "{html}");
    assert!(!html.contains("November 2026"), "{html}");
}

#[test]
fn months_stand_newest_first_each_with_its_incidents_and_go_back_as_far_as_something_is_known() {
    let view = view(
        vec![component("Booking", datetime!(2026-09-20 12:00 UTC), Vec::new())],
        vec![
            incident(2, datetime!(2026-10-31 23:30 UTC)), // 1 November there
            incident(1, datetime!(2026-10-09 01:00 UTC)),
        ],
    );
    let html = html(&view);

    let months: Vec<&str> =
        html.split("<h2").skip(1).map(|h| h.split(['>', '<']).nth(1).unwrap()).collect();
    assert_eq!(months, ["November 2026", "October 2026", "September 2026"]);
    let november = html.split("<section").nth(1).unwrap();
    assert!(november.contains("href=\"../status/incidents/2.html\"><bdi>Incident &#60;2&#62;</bdi></a>, 1 h 12 min, over"), "{november}");
    assert!(november.contains("No component is known to have been down or slow."), "{november}");
    let september = html.split("<section").nth(3).unwrap();
    assert!(september.contains("No incident."), "{september}");
    assert!(september.contains("Known since 20 Sep: Booking."), "{september}");
}

#[test]
fn a_month_says_on_which_days_a_component_was_down_and_names_no_more_than_ten() {
    let from = datetime!(2026-10-10 12:00 UTC);
    let short = Disturbance { state: State::Down, from, until: Some(from + Duration::hours(1)) };
    let from = datetime!(2026-10-02 22:00 UTC);
    let long = Disturbance { state: State::Slow, from, until: Some(from + Duration::days(13)) };
    let known = datetime!(2026-01-01 0:00 UTC);
    let view = view(
        vec![component("Booking", known, vec![short]), component("Files", known, vec![long])],
        vec![],
    );
    let html = html(&view);

    assert!(
        html.contains(
            ">Booking</h3> <span>99.86 % available</span><small>10 Oct: down 1 h</small>"
        ),
        "{html}"
    );
    assert!(html.contains("6 Oct: slow 24 h; and 3 more days</small>"), "{html}");
    assert_eq!(html.matches("<section").count(), 11, "January to November: {html}");
}

#[test]
fn what_lies_before_the_oldest_month_is_kept_apart_and_all_pages_are_linked() {
    let old = NOW - Duration::days(500);
    let view = view(Vec::new(), vec![incident(2, NOW - Duration::days(1)), incident(1, old)]);
    let html = html(&view);

    let earlier = html.split("id=\"earlier\"").nth(1).unwrap();
    assert!(earlier.contains("incidents/1.html"), "{earlier}");
    assert_eq!(html.matches("status/incidents/").count(), 2, "{html}");
    assert_eq!(html.matches("id=\"month-").count(), 12, "{html}");
}
