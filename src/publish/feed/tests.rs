use super::*;
use time::Duration;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

fn post(number: usize, minutes: i64, words: &str) -> Post {
    let at = NOW - Duration::minutes(minutes);
    Post { number, words: words.to_owned(), at, corrects: None, corrected_at: None }
}

fn view(posts: Vec<Post>) -> View {
    let open = Incident {
        number: 7,
        title: "Bookings & <b>sign-in</b>".to_owned(),
        since: NOW - Duration::hours(1),
        ended_at: None,
        next_by: None,
        posts,
    };
    View { organisation: "Labitory".to_owned(), open: vec![open], ..View::empty() }
}

fn feed(view: &View) -> String {
    String::from_utf8(document(view).unwrap().to_vec()).unwrap()
}

fn ids(feed: &str) -> Vec<&str> {
    feed.split("<id>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
}

#[test]
fn each_post_is_an_entry_whose_name_never_changes() {
    let first = feed(&view(vec![post(1, 9, "first")]));
    let both = feed(&view(vec![post(2, 3, "second"), post(1, 9, "first")]));

    assert_eq!(ids(&first)[1], ids(&both)[2]);
    assert_ne!(ids(&both)[1], ids(&both)[2]);
    assert!(
        both.contains("<title>Bookings &#38; &#60;b&#62;sign-in&#60;/b&#62;: update 2</title>"),
        "{both}"
    );
    assert!(both.contains("<updated>2026-11-14T02:23:07Z</updated>\n  <author>"), "{both}");
    let elsewhere = View { identity: Uuid::from_u128(1), ..view(vec![post(1, 9, "first")]) };
    assert_ne!(ids(&feed(&elsewhere))[1], ids(&first)[1], "another installation's is another");
}

#[test]
fn corrected_words_are_taken_out_and_the_entry_is_said_to_be_updated() {
    let wrong = Post { corrected_at: Some(NOW), ..post(1, 9, "WRONG") };
    let right = Post { corrects: Some(1), ..post(2, 0, "right") };
    let feed = feed(&view(vec![right, wrong]));

    assert!(!feed.contains("WRONG"), "{feed}");
    assert!(
        feed.contains("<p>Corrects the words of 14 Nov 2026, 02:17 UTC.</p><p>right</p>"),
        "{feed}"
    );
    let old = feed.split("<entry>").nth(2).unwrap();
    assert!(old.contains("<published>2026-11-14T02:17:07Z</published>"), "{old}");
    assert!(old.contains("<updated>2026-11-14T02:26:07Z</updated>"), "{old}");
    assert!(old.contains("These words were wrong."), "{old}");
}

#[test]
fn what_xml_cannot_hold_is_left_out_and_what_it_means_something_by_is_escaped() {
    let feed = feed(&view(vec![post(1, 1, "a\u{0}\u{8}\u{ffff}b ]]> <i>&amp;</i>\nc")]));

    assert!(feed.contains("<p>ab ]]&#62; &#60;i&#62;&#38;amp;&#60;/i&#62;<br/>c</p>"), "{feed}");
}

#[test]
fn it_holds_the_newest_as_far_as_there_is_room_and_always_the_newest_of_all() {
    let many = (1..=60).rev().map(|n| post(n, 61 - i64::try_from(n).unwrap(), "short"));
    assert_eq!(ids(&feed(&view(many.collect()))).len(), 51);

    let long = "w".repeat(60_000);
    let long = view(vec![post(2, 1, &long), post(1, 2, &long)]);
    assert_eq!(ids(&feed(&long)).len(), 2);
    let longest = view(vec![post(1, 1, &"w".repeat(200_000))]);
    assert_eq!(ids(&feed(&longest)).len(), 2);
}

#[test]
fn without_a_post_it_is_a_feed_all_the_same() {
    let feed = feed(&View::empty());

    assert_eq!(ids(&feed).len(), 1);
    assert!(feed.contains("<updated>1970-01-01T00:00:00Z</updated>"), "{feed}");
    assert!(
        feed.contains("<link rel=\"self\" type=\"application/atom+xml\" href=\"status.atom\"/>"),
        "{feed}"
    );
}
