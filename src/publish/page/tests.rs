use super::*;
use crate::domain::civil::Zone;
use crate::publish::{Component, Open, Post, Published};
use time::Duration;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

fn view(components: usize, posts: usize) -> View {
    let part = |n| Component { name: format!("Part {n}"), state: State::Working };
    let said = |n: usize| Post {
        words: format!("{n}: <script>alert('x')</script> {}", "words ".repeat(60)),
        at: NOW - Duration::minutes(i64::try_from(n).unwrap()),
    };
    View {
        organisation: "Labitory".to_owned(),
        hotline: "+49 30 111 55 00".to_owned(),
        zone: Zone::parse("Europe/Berlin").unwrap(),
        components: (0..components).map(part).collect(),
        open: vec![Open {
            title: "Bookings & <b>sign-in</b>".to_owned(),
            since: NOW - Duration::minutes(28),
            next_by: Some(NOW + Duration::minutes(3)),
            posts: (0..posts).map(said).collect(),
        }],
        before: Vec::new(),
    }
}

fn text(bytes: &Bytes) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_same_view_at_the_same_time_makes_the_same_bytes() {
    let one = render(&view(3, 2), 7, NOW).unwrap();

    assert_eq!(one, render(&view(3, 2), 7, NOW).unwrap());
    assert_ne!(one.etag, render(&view(3, 1), 8, NOW).unwrap().etag);
}

#[test]
fn it_says_since_when_and_when_the_next_word_comes() {
    let mut view = view(3, 1);
    view.components[0].state = State::Down;
    view.components[2].state = State::Down;
    let pages = render(&view, 7, NOW).unwrap();
    let html = text(&pages.html);

    assert!(html.contains("<h1>Part 0 and Part 2 are down</h1>"), "{html}");
    assert!(html.contains("Since 02:58 CET, 28 min ago. <b>Next word by 03:29 CET.</b>"), "{html}");
    assert!(html.contains(">02:26:07Z</time>"), "{html}");
    assert!(html.contains("href=\"tel:+49301115500\""), "{html}");
    let json: serde_json::Value = serde_json::from_slice(&pages.json).unwrap();
    assert_eq!(json["as_of"], "2026-11-14T02:26:07Z");
    assert_eq!(json["state"], "down");
    assert_eq!(json["incidents"][0]["next_by"], "2026-11-14T02:29:07Z");
}

#[test]
fn hostile_words_are_escaped() {
    let pages = render(&view(1, 1), 1, NOW).unwrap();
    let html = text(&pages.html);

    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains("<b>sign-in"), "{html}");
}

#[test]
fn thirty_components_and_twenty_posts_stay_below_100_kb_and_load_nothing_from_elsewhere() {
    let pages = render(&view(30, 20), 1, NOW).unwrap();

    assert!(pages.html.len() + crate::publish::STYLESHEET.len() < 100_000, "{}", pages.html.len());
    assert!(!text(&pages.html).contains("http"));
}

#[tokio::test]
async fn the_page_is_up_again_from_its_files_with_its_own_age() {
    let folder = tempfile::tempdir().unwrap();
    let first = Published::open(folder.path().join("status"), NOW).unwrap();
    first.put(render(&view(2, 1), 7, NOW).unwrap()).await.unwrap();

    let again = Published::open(folder.path().join("status"), NOW + Duration::hours(9)).unwrap();

    assert_eq!(again.pages().html, first.pages().html);
    assert_eq!(again.pages().etag, first.pages().etag);
    assert_eq!(again.pages().version, None);
    assert!(folder.path().join("status/status/app.css").exists());
}
