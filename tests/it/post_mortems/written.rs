//! Chapters, written by two people, looked at, reviewed, published, exported.

use hyper::StatusCode;

use super::{Desk, typed};

const CAUSE: &str = "/sections/4";

#[tokio::test]
async fn a_chapter_is_looked_at_and_saved_and_html_in_it_stays_text() {
    let desk = Desk::closed().await;
    let drawn = desk.form(CAUSE, CAUSE).await;
    let text = "A **disk** failed.\n\n[log](https://x.test) <script>alert(1)</script>";

    let fields = typed(&drawn, &[("words", text), ("press", "look")]);
    let look = desk.post(&desk.ada, CAUSE, &fields).await;
    assert_eq!(look.status, StatusCode::OK, "{}", look.body);
    assert!(look.body.contains("As yours will read, not saved yet"), "{}", look.body);
    assert!(look.body.contains("<strong>disk</strong>"), "{}", look.body);
    assert!(!look.body.contains("<script>alert"), "{}", look.body);
    assert!(desk.page("").await.contains("Nothing is written yet"));

    for _ in 0..2 {
        desk.done(CAUSE, &typed(&drawn, &[("words", text), ("press", "save")])).await;
    }
    let page = desk.page("").await;
    assert!(page.contains("<a href=\"https://x.test\" rel=\"noreferrer\">log</a>"), "{page}");
    assert!(page.contains("&lt;script&gt;"), "{page}");
    assert_eq!(desk.count("entries where kind = 'edited'").await, 1);
    let long = "x".repeat(20_001);
    let fields = typed(&drawn, &[("words", &long), ("press", "save")]);
    let refused = desk.refused(CAUSE, &fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(refused.contains("at most 20,000"), "{refused}");
    desk.app.end().await;
}

#[tokio::test]
async fn the_second_writer_sees_what_the_first_wrote_and_loses_nothing() {
    let desk = Desk::closed().await;
    let priya = desk.priya().await;
    let (mine, theirs) = (desk.form(CAUSE, CAUSE).await, desk.form(CAUSE, CAUSE).await);
    let save = |words| [("words", words), ("press", "save")];
    let answer = desk.post(&priya, CAUSE, &typed(&theirs, &save("It was the disk."))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);

    let fields = typed(&mine, &save("It was the cable."));
    let page = desk.refused(CAUSE, &fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(page.contains("Somebody else changed this meanwhile"), "{page}");
    assert!(page.contains("It was the disk.") && page.contains("It was the cable."), "{page}");
    let informed = crate::support::form::fields(&page, &desk.path(CAUSE));
    desk.done(CAUSE, &typed(&informed, &[("press", "save")])).await;

    let page = desk.page("").await;
    assert!(page.contains("It was the cable.") && !page.contains("It was the disk."), "{page}");
    desk.app.end().await;
}

#[tokio::test]
async fn it_is_reviewed_then_published_and_then_no_longer_changed() {
    let desk = Desk::closed().await;
    let early = desk.refused("/state", &[("state", "published")], StatusCode::CONFLICT).await;
    assert!(early.contains("Nobody has reviewed it"), "{early}");
    for state in ["reviewed", "reviewed", "published", "published"] {
        desk.state(state).await;
    }
    assert!(!desk.ada.get("/").await.body.contains("to be written"));
    let fields = [("version", "1"), ("words", "Late"), ("press", "save")];
    let late = desk.refused(CAUSE, &fields, StatusCode::CONFLICT).await;
    assert!(late.contains("is published; press “Back to draft”"), "{late}");
    let page = desk.page("").await;
    assert!(!page.contains("Write it") && page.contains("published by Ada Lovelace"), "{page}");

    desk.state("draft").await;
    desk.done(CAUSE, &fields).await;
    let edited = desk.count("entries where kind = 'edited'").await;
    assert_eq!(edited, 4, "three steps and a chapter");
    let priya = desk.priya().await;
    let forbidden = desk.post(&priya, "/state", &[("state", "reviewed")]).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    desk.app.end().await;
}

#[tokio::test]
async fn the_export_holds_the_plans_chapters_in_order_as_markdown() {
    let desk = Desk::closed().await;
    desk.done(CAUSE, &[("version", "1"), ("words", "A **disk**."), ("press", "save")]).await;
    let item = muster::domain::id::EntryId::new(desk.app.clock.now()).to_string();
    desk.done("/items", &[("id", &item), ("what", "Watch | the disks"), ("priority", "high")])
        .await;

    let answer = desk.ada.get(&desk.path("/export")).await;

    let head = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert_eq!(head("content-type"), "text/markdown; charset=utf-8");
    assert!(head("content-disposition").contains("post-mortem-2026-11-14.md"));
    let headings: Vec<_> = answer.body.lines().filter(|line| line.starts_with("## ")).collect();
    let wanted = [
        "## Incident Overview",
        "## Timeline",
        "## Impact Assessment",
        "## Root Cause Analysis",
        "## Response Evaluation",
        "## Action Items",
        "## Lessons Learned",
    ];
    assert_eq!(headings, wanted);
    assert!(answer.body.starts_with("# Post-mortem: Unnamed, 03:12\n"), "{}", answer.body);
    assert!(answer.body.contains("A **disk**."), "{}", answer.body);
    assert!(answer.body.contains("| Watch \\| the disks |  |  | high |"), "{}", answer.body);
    desk.app.end().await;
}

#[tokio::test]
async fn what_is_no_report_chapter_or_item_is_nowhere() {
    let desk = Desk::closed().await;
    let nobodys = "/postmortems/01930000-0000-7000-8000-00000000ffff";
    assert_eq!(desk.ada.get(nobodys).await.status, StatusCode::NOT_FOUND);
    for rest in ["/sections/0", "/sections/99", "/sections/x", "/items/x"] {
        assert_eq!(desk.ada.get(&desk.path(rest)).await.status, StatusCode::NOT_FOUND, "{rest}");
        let fields = [("words", "x"), ("press", "save")];
        desk.refused(rest, &fields, StatusCode::NOT_FOUND).await;
    }
    desk.refused("/state", &[("state", "splendid")], StatusCode::NOT_FOUND).await;
    desk.app.end().await;
}
