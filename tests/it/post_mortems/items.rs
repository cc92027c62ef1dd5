//! Action items: added once, changed by two people, done.

use hyper::StatusCode;
use muster::domain::id::EntryId;
use time::Duration;

use super::{Desk, typed};
use crate::support::form;

#[tokio::test]
async fn an_item_is_added_once_and_says_who_by_when_and_in_which_window() {
    let desk = Desk::closed().await;
    let ada = desk.app.person("ada-lovelace").await.to_string();
    let drawn = desk.form("", "/items").await;
    let item = [
        ("what", "Watch the disks"),
        ("owner", ada.as_str()),
        ("due", "2026-11-20"),
        ("priority", "high"),
        ("window", "short-term"),
    ];
    for _ in 0..2 {
        desk.done("/items", &typed(&drawn, &item)).await;
    }

    assert_eq!(desk.count("action_items").await, 1);
    let page = desk.page("").await;
    assert!(page.contains("Action items: 1 of 1 open"), "{page}");
    assert!(page.contains("Ada Lovelace, high priority, Short-term Actions"), "{page}");
    assert!(page.contains("due 20 November 2026"), "{page}");
    desk.app.clock.advance(Duration::days(8));
    let page = desk.page("").await;
    assert!(page.contains("overdue since 20 November 2026"), "{page}");
    let list = desk.ada.get("/postmortems").await.body;
    assert!(list.contains("<td class=\"num\">1</td>"), "{list}");
    desk.app.mails().await;
    desk.app.end().await;
}

#[tokio::test]
async fn a_wrong_field_comes_back_with_words_and_all_that_was_typed() {
    let desk = Desk::closed().await;
    let drawn = desk.form("", "/items").await;
    for (field, value, words) in [
        ("what", " ", "in 1 to 500 characters"),
        ("due", "soon", "“soon” is no day; write it like 2026-11-02"),
        ("owner", "nobody", "choose who"),
        ("priority", "urgent", "“urgent” is no state or priority"),
        ("window", "never", "choose one of the plan’s windows"),
    ] {
        let fields = typed(&drawn, &[("what", "Look"), (field, value)]);
        let fields: Vec<_> =
            if field == "what" { typed(&drawn, &[(field, value)]) } else { fields };
        let page = desk.refused("/items", &fields, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(page.contains(words), "{words}: {page}");
        assert!(page.contains("<title>Error: "), "{page}");
    }
    assert_eq!(desk.count("action_items").await, 0);
    desk.app.end().await;
}

#[tokio::test]
async fn an_item_is_changed_by_two_people_and_done_after_all_is_published() {
    let desk = Desk::closed().await;
    let priya = desk.priya().await;
    let id = EntryId::new(desk.app.clock.now()).to_string();
    desk.done("/items", &[("id", &id), ("what", "Watch the disks")]).await;
    let path = format!("/items/{id}");
    let (mine, theirs) = (desk.form(&path, &path).await, desk.form(&path, &path).await);
    let save = |what| [("what", what), ("press", "save")];
    let answer = desk.post(&priya, &path, &typed(&theirs, &save("Watch all disks"))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);

    let fields = typed(&mine, &save("Buy disks"));
    let page = desk.refused(&path, &fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(page.contains("Watch all disks") && page.contains("value=\"Buy disks\""), "{page}");
    let informed = form::fields(&page, &desk.path(&path));
    desk.done(&path, &typed(&informed, &[("press", "save")])).await;
    for state in ["reviewed", "published"] {
        desk.state(state).await;
    }

    for press in ["done", "done", "not-done", "done"] {
        desk.done(&path, &[("press", press)]).await;
    }
    let page = desk.page("").await;
    assert!(page.contains("Buy disks") && page.contains("Action items: all 1 done"), "{page}");
    assert!(page.contains("by Ada Lovelace"), "{page}");
    let edited = desk.count("entries where kind = 'edited'").await;
    assert_eq!(edited, 8, "added, changed twice, two steps, three presses");
    desk.app.end().await;
}
