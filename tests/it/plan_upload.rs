//! A plan comes in through the browser: as a file, or as pasted text.

use hyper::StatusCode;
use muster::domain::plan::LONGEST;
use muster::domain::rights::{Right, Rights};

use crate::support::app::{LABITORY, TestApp};
use crate::support::browser::{Answer, Browser};

const NEW: &str = "/plan/revisions/new";

async fn send_file(browser: &Browser, bytes: &[u8]) -> Answer {
    let parts: [(&str, Option<&str>, &[u8]); 2] =
        [("file", Some("plan.toml"), bytes), ("plan", None, b"typed before")];
    browser.upload(NEW, &parts).await
}

/// What a browser sends where text was pasted, and no file chosen.
async fn paste(browser: &Browser, text: &str) -> Answer {
    browser.upload(NEW, &[("file", Some(""), b""), ("plan", None, text.as_bytes())]).await
}

async fn confirm(browser: &Browser, text: &str, number: &str) -> Answer {
    let parts = [("expected_number", None, number.as_bytes()), ("plan", None, text.as_bytes())];
    browser.upload("/plan/revisions", &parts).await
}

#[tokio::test]
async fn an_owner_looks_at_the_difference_and_then_brings_the_plan_in() {
    let (app, ada) = TestApp::owned().await;
    for empty in ["/", "/plan", "/plan/revisions"] {
        assert!(ada.get(empty).await.body.contains(&format!("href=\"{NEW}\"")), "{empty}");
    }
    let sent = LABITORY.replace('\n', "\r\n");

    let look = send_file(&ada, sent.as_bytes()).await;
    assert_eq!(look.status, StatusCode::OK, "{}", look.body);
    assert!(look.body.contains("Bring in revision 1"), "{}", look.body);
    assert!(ada.get("/plan").await.body.contains("No plan is in force"), "looking changes nothing");

    let done = confirm(&ada, &sent, "1").await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/plan"));
    assert!(ada.get("/plan").await.body.contains("Revision 1"));
    assert_eq!(ada.get("/plan/export").await.body.matches("[[level]]").count(), 4);
    let again = paste(&ada, LABITORY).await;
    assert!(again.body.contains("nothing would change"), "{}", again.body);
    assert!(!again.body.contains("Bring in revision"));
    app.end().await;
}

#[tokio::test]
async fn a_press_that_is_repeated_brings_in_one_revision() {
    let (app, ada) = TestApp::owned().await;

    for _ in 0..2 {
        assert_eq!(confirm(&ada, LABITORY, "1").await.status, StatusCode::SEE_OTHER);
    }

    assert_eq!(ada.get("/plan/revisions/2").await.status, StatusCode::NOT_FOUND);
    app.end().await;
}

#[tokio::test]
async fn a_file_that_is_no_plan_at_all_is_refused_beside_its_field() {
    let (app, ada) = TestApp::owned().await;
    let latin = [b"format = 1\n# Stra", &[0xDF][..], b"e"].concat();

    for (bytes, words) in [
        (vec![b'#'; LONGEST + 1], "This file has 512 kB. A plan has 512 kB at most."),
        (latin, "no text in UTF-8: line 2 holds the byte DF"),
        (Vec::new(), "This file is empty."),
        (b" \r\n\t".to_vec(), "This file is empty."),
    ] {
        let answer = send_file(&ada, &bytes).await;

        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        let (_, error) = answer.body.split_once("id=\"file-error\"").expect(words);
        assert!(error.contains(words), "{words} not in {error}");
        assert!(answer.body.contains("typed before"), "what was pasted stays");
    }
    let nothing = paste(&ada, "").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.body.contains("Choose a file, or paste its text below."), "{}", nothing.body);
    app.end().await;
}

#[tokio::test]
async fn a_file_beyond_all_bounds_is_turned_away_at_the_door() {
    let (app, ada) = TestApp::owned().await;

    let answer = send_file(&ada, &vec![b'#'; 3 * 1024 * 1024]).await;

    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("Nothing was changed"), "{}", answer.body);
    app.end().await;
}

#[tokio::test]
async fn a_text_with_errors_comes_back_with_the_place_of_each() {
    let (app, ada) = TestApp::owned().await;
    let text = "format = 1\nlevel = <b>\n";

    for answer in [
        send_file(&ada, text.as_bytes()).await,
        paste(&ada, text).await,
        confirm(&ada, text, "1").await,
    ] {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("level = &#60;b&#62;"), "{}", answer.body);
        assert!(answer.body.contains("error</span>"), "{}", answer.body);
        assert!(!answer.body.contains("Bring in revision"));
    }
    assert!(ada.get("/plan").await.body.contains("No plan is in force"));
    app.end().await;
}

#[tokio::test]
async fn what_was_looked_at_before_another_revision_came_is_not_brought_in() {
    let (app, ada) = TestApp::owned().await;
    confirm(&ada, LABITORY, "1").await;
    let changed = LABITORY.replacen("title = \"", "title = \"New ", 1);

    for number in ["1", "3", ""] {
        let answer = confirm(&ada, &changed, number).await;

        assert_eq!(answer.status, StatusCode::CONFLICT, "{number}");
        assert!(answer.body.contains("Bring in revision 2"), "{}", answer.body);
    }
    app.end().await;
}

#[tokio::test]
async fn only_owners_bring_a_plan_in() {
    let (app, _) = TestApp::owned().await;
    app.account("Eve", "eve@example.org", Rights::from_iter([Right::View, Right::Command])).await;
    let eve = app.signed_in("eve@example.org").await;

    assert_eq!(eve.get(NEW).await.status, StatusCode::FORBIDDEN);
    assert_eq!(paste(&eve, LABITORY).await.status, StatusCode::FORBIDDEN);
    assert_eq!(confirm(&eve, LABITORY, "1").await.status, StatusCode::FORBIDDEN);
    for page in ["/", "/plan", "/plan/revisions"] {
        let body = eve.get(page).await.body;
        assert!(body.contains("Ask an owner") && !body.contains(NEW), "{page}");
    }
    app.end().await;
}
