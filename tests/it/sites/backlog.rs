//! Log that waits to be archived: whoever looks after databases hears of it before its disk is full.

use hyper::StatusCode;
use serde_json::{Value, json};
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::host::Host;
use crate::support::app::TestApp;

const GB: u64 = 1 << 30;

/// Log that grew by a gigabyte a minute over so long, beside so much that is free.
fn waiting(free_gb: u64, over_s: u64) -> Value {
    json!({"waiting": 12, "held": GB, "free": free_gb * GB, "ahead": 0,
           "growth": {"bytes": over_s * GB / 60, "over_s": over_s}})
}

/// Tells of it, lets a worker look, and gives the mails' subjects, each once.
async fn tell(app: &TestApp, host: &Host, backlog: Value) -> Vec<String> {
    app.clock.advance(Duration::seconds(10));
    let now = app.clock.now().format(&Rfc3339).unwrap();
    let body = json!({"run": host.run(), "sent_at": now, "database": {
        "name": "main", "repository": "disk", "at": now, "running": true, "exposure": "nothing",
        "backlog": backlog,
        "findings": [{"check": "main: archiving", "health": "bad", "words": "archive_command fails",
                      "mend": "look at the repository"}]}});
    let answer = host.say(app, "/agent/database", &body.to_string()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let mails = app.mails().await;
    for mail in &mails {
        assert!(
            mail.text.contains("of main on db1 waits to be archived, 12 segments of it"),
            "{}",
            mail.text
        );
        assert!(mail.text.contains("look at the repository"), "{}", mail.text);
    }
    let mut subjects: Vec<_> = mails.into_iter().map(|mail| mail.subject).collect();
    subjects.dedup();
    subjects
}

#[tokio::test]
async fn a_disk_that_fills_is_told_under_four_hours_and_under_one_each_once_until_nothing_waits() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let four = ["The log of main fills its disk within 4 hours"];
    let one = ["The log of main fills its disk within 1 hour"];
    let none: [&str; 0] = [];
    let unknown = json!({"waiting": 12, "held": GB, "free": GB, "ahead": 0, "growth": null});
    for (seen, wanted) in [
        (waiting(250, 600), &none[..]),
        (waiting(200, 60), &none),
        (waiting(200, 600), &four),
        (waiting(200, 600), &none),
        (waiting(250, 600), &none),
        (unknown, &none),
        (waiting(200, 600), &none),
        (waiting(50, 600), &one),
        (waiting(10, 600), &none),
        (Value::Null, &none),
        (waiting(10, 600), &one),
    ] {
        assert_eq!(tell(&app, &host, seen.clone()).await, wanted, "{seen}");
    }
    app.end().await;
}

#[tokio::test]
async fn its_pages_say_how_long_the_room_lasts_and_a_look_that_is_too_old_neither_says_nor_forgets()
{
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let page = async |path: &str| ada.get(path).await.body;
    let path = host.path("/databases/main");
    assert_eq!(tell(&app, &host, waiting(203, 600)).await.len(), 1);
    let database = page(&path).await;
    assert!(
        database.contains("Log fills its disk in") && database.contains("3 h 20 min"),
        "{database}"
    );
    assert!(database.contains("12 segments wait"), "{database}");
    for table in ["/", "/recovery"] {
        let body = page(table).await;
        assert!(body.contains("stops in about 3 h 20 min"), "{table}: {body}");
    }

    for _ in 0..4 {
        app.clock.advance(Duration::seconds(50));
        host.say(&app, "/agent/report", &host.report()).await;
        assert_eq!(app.mails().await.len(), 0);
    }
    assert!(!page(&path).await.contains("Log fills its disk in"));
    assert_eq!(tell(&app, &host, waiting(203, 600)).await, [""; 0], "it was not forgotten");
    tell(&app, &host, Value::Null).await;
    let database = page(&path).await;
    assert!(!database.contains("Log fills") && !database.contains("Log waits"), "{database}");
    app.end().await;
}
