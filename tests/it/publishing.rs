//! Writing for the public: who may, what is refused, what the page then says.

mod overtaken;
mod rules;
mod scene;

use hyper::StatusCode;
use muster::domain::incident::Kind;

use scene::{ID, OTHER_ID, Scene};

const WORDS: &str = "We have found the cause.\r\n\r\nBookings are safe. 👩\u{200d}🔧 שלום \u{200f}";

#[tokio::test]
async fn an_update_is_looked_at_as_the_public_will_read_it_and_then_published() {
    let scene = Scene::open(Kind::Real, 3).await;
    let form = scene.form().await;
    assert!(form.contains("{{resolution}}") && form.contains("Still to be filled in"), "{form}");
    assert!(form.contains("value=\"03:27\""), "each 15 min from 03:12: {form}");
    assert!(form.contains("+49 30 23125 100") && !form.contains("{{hotline}}"), "{form}");

    let fields = scene.fields(&form, WORDS);
    let looked = scene.press("look", &fields).await;
    assert_eq!(looked.status, StatusCode::OK, "{}", looked.body);
    assert!(looked.body.contains("Publish to the status page"), "{}", looked.body);
    assert_eq!(
        scene.status().await.matches("found the cause").count(),
        0,
        "looking changes nothing"
    );

    scene.publish(&fields).await;
    scene.publish(&fields).await;

    let page = scene.status().await;
    assert_eq!(page.matches("We have found the cause.").count(), 1, "{page}");
    assert!(
        page.contains("<p dir=\"auto\">Bookings are safe. 👩\u{200d}🔧 שלום \u{200f}</p>"),
        "{page}"
    );
    assert!(page.contains("<b>Next word by 03:27 CET.</b>"), "{page}");
    assert_eq!(scene::section(&looked.body), scene::section(&page), "the preview is the page");
    let now = scene.browser.get(&scene.path("")).await.body;
    assert_eq!(now.matches("Public: status page").count(), 2, "first words, update: {now}");
    scene.app.end().await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_comes_back() {
    let scene = Scene::open(Kind::Real, 3).await;
    let form = scene.form().await;
    let long = "w".repeat(4_001);
    for (field, typed, says) in [
        ("words", "", "Write what the public is to read."),
        ("words", " \r\n\u{7}", "Write what the public is to read."),
        (
            "words",
            "Over by {{resolution}}, {{status}}",
            "Fill in or take out: {{resolution}}, {{status}}.",
        ),
        ("words", long.as_str(), "This has 4001 characters."),
        ("title", "", "Type what the public is to call it."),
        ("title", &long[..201], "This has 201 characters."),
        ("title", "{{status}}", "Fill in or take out: {{status}}."),
        ("next_by", "soon", "is no time"),
        ("next_by", "03:12", "This has passed."),
        ("next_by", "2027-01-01 00:00", "within 30 days"),
        ("component.booking", "broken", "“broken” is no state."),
    ] {
        let mut fields = scene.fields(&form, WORDS);
        fields.insert(field.to_owned(), typed.to_owned());
        for press in ["look", "publish"] {
            let answer = scene.press(press, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {}", answer.body);
            assert!(answer.body.contains(says), "{field} {typed:?}: {}", answer.body);
            assert!(answer.body.contains("<title>Error: "), "{}", answer.body);
            let visible: String = typed.chars().filter(|c| !c.is_control()).collect();
            assert!(answer.body.contains(visible.trim()), "{field}: {}", answer.body);
        }
    }
    assert!(!scene.status().await.contains("found the cause"));
    scene.app.end().await;
}

#[tokio::test]
async fn a_text_of_4000_characters_is_published_whole_without_what_nobody_sees() {
    let scene = Scene::open(Kind::Real, 2).await;
    let form = scene.form().await;
    let typed = format!("{}\r\n{}\u{1b}\u{7}", "é".repeat(1_999), "w".repeat(2_000));

    scene.publish(&scene.fields(&form, &typed)).await;

    let page = scene.status().await;
    let whole = format!(">{}<br>{}</p>", "é".repeat(1_999), "w".repeat(2_000));
    assert!(page.contains(&whole), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_damaged_form_and_another_text_under_a_used_identity_change_nothing() {
    let scene = Scene::open(Kind::Real, 3).await;
    let form = scene.form().await;
    let mut fields = scene.fields(&form, WORDS);
    scene.publish(&fields).await;

    fields.insert("words".to_owned(), "Other words".to_owned());
    let other = scene.press("publish", &fields).await;
    fields.insert("id".to_owned(), "7".to_owned());
    let damaged = scene.press("publish", &fields).await;

    assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.body);
    assert_eq!(damaged.status, StatusCode::CONFLICT, "{}", damaged.body);
    assert!(!scene.status().await.contains("Other words"));
    scene.app.end().await;
}

#[tokio::test]
async fn of_two_who_write_at_once_the_second_reads_the_first_ones_words_before_publishing() {
    let scene = Scene::open(Kind::Real, 3).await;
    let form = scene.form().await;
    let first = scene.fields(&form, "The first one's words.");
    let mut second = scene.fields(&form, "The second one's words.");
    second.insert("id".to_owned(), OTHER_ID.to_owned());
    scene.publish(&first).await;

    for press in ["look", "publish"] {
        let refused = scene.press(press, &second).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        assert!(refused.body.contains("Ada Lovelace published at 03:12 CET"), "{}", refused.body);
        assert!(
            refused.body.contains("The first one’s words.") || refused.body.contains("first one")
        );
    }
    let refused = scene.press("publish", &second).await;
    second.insert("after".to_owned(), scene::value(&refused.body, "after"));
    scene.publish(&second).await;

    let page = scene.status().await;
    assert!(page.find("The second").unwrap() < page.find("The first").unwrap(), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn published_words_are_corrected_once_by_new_ones() {
    let scene = Scene::open(Kind::Real, 3).await;
    scene.publish(&scene.fields(&scene.form().await, "Call +49 30 5550000, WRONG-MARK.")).await;
    let page = scene.form().await;
    let (_, link) = page.split_once("corrects=").unwrap();
    let old = link[..36].to_owned();

    let form = scene.browser.get(&scene.path(&format!("/update?corrects={old}"))).await.body;
    assert!(form.contains("WRONG-MARK") && form.contains(&format!("value=\"{old}\"")), "{form}");
    let mut fields = scene.fields(&form, "Call +49 30 23125 100.");
    fields.insert("id".to_owned(), OTHER_ID.to_owned());
    scene.publish(&fields).await;

    let page = scene.status().await;
    assert!(
        !page.contains("WRONG-MARK") && page.contains("Corrects the words of 03:12 CET"),
        "{page}"
    );
    let timeline = scene.browser.get(&scene.path("/timeline")).await.body;
    assert!(timeline.contains("public of "), "the entry names the one it corrects: {timeline}");
    let mut again = scene.fields(&scene.form().await, "And again.");
    again.insert("id".to_owned(), ID.replace("d0", "d9"));
    again.insert("corrects".to_owned(), old);
    let refused = scene.press("publish", &again).await;
    assert!(refused.body.contains("was corrected already"), "{}", refused.body);
    again.insert("corrects".to_owned(), ID.replace("d0", "d8"));
    let refused = scene.press("publish", &again).await;
    assert!(refused.body.contains("was never published"), "{}", refused.body);
    scene.app.end().await;
}
