use super::*;
use crate::domain::civil::Zone;
use crate::publish::{Component, INCIDENTS, Incident, Post, Preview, Published, STYLESHEET};
use time::Duration;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

fn post(number: usize, minutes: i64, words: &str) -> Post {
    let (words, at) = (words.to_owned(), NOW - Duration::minutes(minutes));
    Post { number, words, at, corrects: None, corrected_at: None }
}

/// An open incident; `words` are what was said, oldest first.
fn incident(words: &[String]) -> Incident {
    let said = words.iter().enumerate();
    let said =
        said.map(|(n, words)| post(n + 1, i64::try_from(words.len() - n).unwrap_or(0), words));
    let mut posts: Vec<_> = said.collect();
    posts.reverse();
    Incident {
        number: 7,
        title: "Bookings & <b>sign-in</b>".to_owned(),
        since: NOW - Duration::minutes(28),
        ended_at: None,
        next_by: Some(NOW + Duration::minutes(3)),
        posts,
    }
}

fn view(components: usize, words: &[&str]) -> View {
    let part = |n| Component {
        key: format!("part-{n}"),
        name: format!("Part {n}"),
        state: State::Working,
        known_since: NOW - Duration::days(365),
        past: Vec::new(),
    };
    let words: Vec<_> = words.iter().map(|words| (*words).to_owned()).collect();
    View {
        identity: uuid::Uuid::nil(),
        organisation: "Labitory".to_owned(),
        hotline: "+49 30 111 55 00".to_owned(),
        zone: Zone::parse("Europe/Berlin").unwrap(),
        components: (0..components).map(part).collect(),
        open: vec![incident(&words)],
        before: Vec::new(),
    }
}

fn html(site: &Site, path: &str) -> String {
    String::from_utf8(site.file(path).unwrap().bytes.to_vec()).unwrap()
}

fn home_of(view: &View) -> String {
    html(&render(view, 7, NOW).unwrap(), HOME)
}

fn json_of(view: &View) -> serde_json::Value {
    serde_json::from_slice(&render(view, 7, NOW).unwrap().file(JSON).unwrap().bytes).unwrap()
}

#[test]
fn the_same_view_at_the_same_time_makes_the_same_bytes() {
    let one = render(&view(3, &["a", "b"]), 7, NOW).unwrap();
    let other = render(&view(3, &["a"]), 7, NOW).unwrap();

    assert_eq!(one, render(&view(3, &["a", "b"]), 7, NOW).unwrap());
    assert_ne!(one.file(HOME).unwrap().etag, other.file(HOME).unwrap().etag);
    assert_eq!(one.file(STYLESHEET), other.file(STYLESHEET));
}

#[test]
fn it_says_since_when_and_when_the_next_word_comes() {
    let mut view = view(3, &["a"]);
    view.components[0].state = State::Down;
    view.components[2].state = State::Down;
    let html = home_of(&view);

    assert!(html.contains(">Part 0 and Part 2 are down</h1>"), "{html}");
    assert!(html.contains("Since 02:58 CET. <b>Next word by 03:29 CET.</b>"), "{html}");
    assert!(html.contains(">02:26:07Z</time>, 14 Nov 2026</p>"), "{html}");
    assert!(html.contains("href=\"tel:+49301115500\""), "{html}");
}

#[test]
fn one_component_is_and_several_are() {
    for (name, says) in
        [("Sign-in", "is"), ("Bookings", "are"), ("Files and media", "are"), ("Access", "is")]
    {
        let mut view = view(1, &["a"]);
        view.components[0] =
            Component { name: name.to_owned(), state: State::Down, ..view.components[0].clone() };
        assert!(home_of(&view).contains(&format!("{name} {says} down</h1>")), "{name}");
    }
}

#[test]
fn paragraphs_and_lines_stay_what_they_are() {
    let html = home_of(&view(1, &["We know:\n- one\n- two\n\n \nMore soon."]));

    assert!(
        html.contains(
            "<p dir=\"auto\">We know:<br>- one<br>- two</p><p dir=\"auto\">More soon.</p>"
        ),
        "{html}"
    );
}

#[test]
fn a_promise_that_was_broken_is_said_to_be() {
    let mut view = view(1, &["a"]);
    assert_eq!(render(&view, 7, NOW).unwrap().untrue_at, view.open[0].next_by);
    view.open[0].next_by = Some(NOW - Duration::minutes(12));

    let html = home_of(&view);

    assert!(html.contains("The next word was due 03:14 CET and is 12 min late."), "{html}");
    assert_eq!(json_of(&view)["incidents"][0]["next_is_late"], true);
    assert_eq!(render(&view, 7, NOW).unwrap().untrue_at, None);
}

#[test]
fn the_fields_of_the_json_are_those_that_are_written_down() {
    let mut view = view(1, &["first", "second"]);
    view.open[0].posts[0].corrects = Some(1);
    view.open[0].posts[1].corrected_at = Some(NOW);
    view.before.push(Incident { number: 3, ended_at: Some(NOW), ..incident(&[]) });

    let json = json_of(&view);

    assert_eq!(
        json,
        serde_json::json!({
            "format": 1, "organisation": "Labitory", "as_of": "2026-11-14T02:26:07Z",
            "renewed_every_s": 300, "version": 7, "state": "slow", "hotline": "+49 30 111 55 00",
            "history_days": 90,
            "components": [{
                "key": "part-0", "name": "Part 0", "state": "working", "known_s": 7_705_567,
                "down_s": 0, "slow_s": 0, "outages": 0,
            }],
            "incidents": [{
                "number": 7, "page": "status/incidents/7.html", "title": "Bookings & <b>sign-in</b>",
                "since": "2026-11-14T01:58:07Z", "next_by": "2026-11-14T02:29:07Z",
                "next_is_late": false,
                "updates": [
                    { "number": 2, "at": "2026-11-14T02:21:07Z", "words": "second",
                      "corrects": 1, "corrected_at": null },
                    { "number": 1, "at": "2026-11-14T02:21:07Z", "words": "",
                      "corrects": null, "corrected_at": "2026-11-14T02:26:07Z" },
                ],
            }],
            "before": [{
                "number": 3, "page": "status/incidents/3.html", "title": "Bookings & <b>sign-in</b>",
                "since": "2026-11-14T01:58:07Z", "ended": "2026-11-14T02:26:07Z", "lasted_s": 1680,
            }],
        })
    );
    let described = include_str!("../../../docs/STATUS-PAGE.md");
    let fields = json.to_string();
    let names = fields.split("\":").filter_map(|before| before.rsplit('"').next());
    for name in names.filter(|name| !name.is_empty() && name.is_ascii() && !name.contains('}')) {
        assert!(described.contains(&format!("`{name}`")), "{name} is not described");
    }
}

#[test]
fn corrected_words_are_shown_no_more_and_the_new_ones_say_what_they_correct() {
    let mut view = view(1, &["WRONG-WORDS", "right words"]);
    view.open[0].posts[0].corrects = Some(1);
    view.open[0].posts[1].corrected_at = Some(NOW);

    let site = render(&view, 7, NOW).unwrap();

    for (path, file) in site.files() {
        assert!(!String::from_utf8_lossy(&file.bytes).contains("WRONG-WORDS"), "{path}");
    }
    let html = html(&site, HOME);
    assert!(html.contains("Corrects the words of 03:15 CET."), "{html}");
    assert!(html.contains("They were corrected 03:26 CET."), "{html}");
}

#[test]
fn hostile_words_are_escaped_and_writing_from_right_to_left_stays_in_its_paragraph() {
    let html = home_of(&view(1, &["<script>alert('x')</script>\n\n\u{202e}שלום"]));

    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains("<b>sign-in"), "{html}");
    assert!(html.contains("<p dir=\"auto\">\u{202e}שלום</p>"), "{html}");
}

#[test]
fn what_is_over_has_a_page_with_all_that_was_said() {
    let mut view = view(1, &[]);
    let over = incident(&["It is slow.".to_owned(), "It works again.".to_owned()]);
    let ended_at = Some(over.since + Duration::minutes(47));
    view.before.push(Incident { number: 3, ended_at, next_by: None, ..over });

    let site = render(&view, 7, NOW).unwrap();

    let home = html(&site, HOME);
    assert!(home.contains("href=\"status/incidents/3.html\""), "{home}");
    assert!(home.contains("</a>, 47 min, over</p>"), "{home}");
    let page = html(&site, &format!("{INCIDENTS}/3.html"));
    assert!(page.contains("It is slow.") && page.contains("It works again."), "{page}");
    assert!(page.contains("From 02:58 CET to 03:45 CET: 47 min."), "{page}");
    assert!(page.contains("href=\"../../status.html\"") && !page.contains("as of"), "{page}");
    assert!(page.contains("href=\"../../status/app.css\""), "{page}");
}

#[test]
fn forty_components_and_twenty_long_posts_stay_below_100_kb_and_load_nothing_from_elsewhere() {
    let long = "W&rds ".repeat(666);
    let mut view = view(40, &vec![long.as_str(); 25]);
    view.open.push(Incident { title: "Long ".repeat(40), ..view.open[0].clone() });
    let site = render(&view, 1, NOW).unwrap();
    let home = html(&site, HOME);

    let all = home.len() + site.file(STYLESHEET).unwrap().bytes.len();
    assert!(all < 100_000, "{all}");
    assert!(!home.contains("http"), "{home}");
    assert!(home.contains("<a href=\"status/incidents/7.html\">Earlier updates</a>"), "{home}");
    assert!(home.matches("class=\"entry\"").count() >= 2, "each incident's newest words");
    assert_eq!(html(&site, "status/incidents/7.html").matches("class=\"entry\"").count(), 25);
}

#[test]
fn twenty_ordinary_posts_are_all_on_the_page() {
    let words = "words ".repeat(60);
    let home = home_of(&view(3, &vec![words.as_str(); 20]));

    assert_eq!(home.matches("class=\"entry\"").count(), 20);
    assert!(!home.contains("Earlier updates"));
}

#[test]
fn a_preview_is_drawn_of_the_very_parts_of_the_page() {
    let view = view(2, &["first", "second"]);
    let (home, preview) = (home_of(&view), Preview::of(&view, NOW).to_string());

    let section = preview.split("<section").nth(1).unwrap();
    assert!(home.contains(section), "{preview}");
    assert_eq!(preview.matches("class=\"component\"").count(), 2);
}

#[tokio::test]
async fn the_site_is_up_again_from_its_files_with_its_own_age() {
    let folder = tempfile::tempdir().unwrap();
    let first = Published::open(folder.path().join("status"), NOW).unwrap();
    first.put(render(&view(2, &["a"]), 7, NOW).unwrap()).await.unwrap();

    let again = Published::open(folder.path().join("status"), NOW + Duration::hours(9)).unwrap();

    let (first, again) = (first.site(), again.site());
    assert!(again.files().eq(first.files()));
    assert_eq!(again.version, None);
}

#[tokio::test]
async fn the_folder_holds_no_page_that_is_shown_no_more_and_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let published = Published::open(folder.path().into(), NOW).unwrap();
    published.put(render(&view(2, &["a"]), 7, NOW).unwrap()).await.unwrap();
    let page = folder.path().join("status/incidents/7.html");
    let untouched = std::fs::metadata(folder.path().join(STYLESHEET)).unwrap().modified().unwrap();
    assert!(page.exists());
    std::fs::write(folder.path().join("status.html.new"), "half").unwrap(); // died while writing

    published
        .put(render(&View { open: Vec::new(), ..view(2, &[]) }, 8, NOW).unwrap())
        .await
        .unwrap();

    assert!(!page.exists());
    assert!(!folder.path().join("status.html.new").exists());
    let home = std::fs::read(folder.path().join("index.html")).unwrap();
    assert_eq!(home, published.site().file(HOME).unwrap().bytes);
    let looks = std::fs::metadata(folder.path().join(STYLESHEET)).unwrap();
    assert_eq!(looks.modified().unwrap(), untouched, "what is the same is not written again");
}

#[tokio::test]
async fn what_the_release_before_wrote_is_served_until_the_database_answers() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "as it was").unwrap();

    let published = Published::open(folder.path().into(), NOW).unwrap();

    assert_eq!(html(&published.site(), HOME), "as it was");
    assert!(published.site().file(STYLESHEET).is_some());
}
