//! Looking for incidents and reports: by title, level, kind and how they stand.

use muster::domain::incident::Kind;

use super::Desk;

#[tokio::test]
async fn incidents_and_reports_are_found_by_what_is_known_of_them() {
    let desk = Desk::closed().await;
    let named = async |id, title: &str| {
        desk.app.tamper(&format!("update incidents set title = '{title}' where id = '{id}'")).await;
    };
    named(desk.id, "Disk full").await;
    let drill = desk.app.declare(Kind::Drill, 1).await;
    named(drill, "Rehearsal").await;
    let cable = desk.app.declare(Kind::Real, 1).await;
    named(cable, "Cable cut").await;
    desk.app.tamper("update incidents set public_title = '100% gone' where level = 2").await;

    for (query, wanted) in [
        ("", &["Disk full", "DRILL: Rehearsal", "Cable cut"][..]),
        ("q=FULL", &["Disk full"]),
        ("q=100%25", &["Disk full"]),
        ("q=%25", &["Disk full"]),
        ("q=_", &[]),
        ("level=1", &["DRILL: Rehearsal", "Cable cut"]),
        ("kind=drill", &["DRILL: Rehearsal"]),
        ("kind=real&stands=open", &["Cable cut"]),
        ("stands=over", &["Disk full"]),
        ("level=nine&kind=odd&stands=odd", &["Disk full", "DRILL: Rehearsal", "Cable cut"]),
    ] {
        // an open incident stands in a strip on every page, too
        let page = desk.ada.get(&format!("/incidents?{query}")).await.body;
        let main = page.split("<main").nth(1).unwrap();
        for title in ["Disk full", "DRILL: Rehearsal", "Cable cut"] {
            let found = main.contains(&format!(">{title}</a>"));
            assert_eq!(found, wanted.contains(&title), "{query}: {title}: {main}");
        }
        assert_eq!(main.contains("No such incident"), wanted.is_empty(), "{query}");
    }
    for (query, found) in [
        ("", true),
        ("q=disk", true),
        ("state=draft", true),
        ("state=published", false),
        ("q=x", false),
    ] {
        let page = desk.ada.get(&format!("/postmortems?{query}")).await.body;
        assert_eq!(page.contains(">Disk full</a>"), found, "{query}: {page}");
        assert_eq!(page.contains("No such post-mortem"), !found, "{query}: {page}");
    }
    desk.app.mails().await;
    desk.app.end().await;
}

#[tokio::test]
async fn before_the_first_report_the_list_says_what_brings_one() {
    let desk = Desk::declared(Kind::Real).await;
    let page = desk.ada.get("/postmortems").await.body;
    assert!(page.contains("No post-mortem yet") && page.contains("is closed"), "{page}");
    desk.app.end().await;
}
