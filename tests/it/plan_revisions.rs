//! Earlier revisions: listed, read, taken away, brought back.

use hyper::StatusCode;
use muster::actions::plans::import;
use muster::actions::sessions::SignedIn;
use muster::domain::incident::Kind;
use time::Duration;

use crate::support::app::{LABITORY, TestApp};

#[tokio::test]
async fn an_earlier_revision_is_read_whole_and_says_that_it_is_not_in_force() {
    let (app, ada) = TestApp::on_plan().await;
    app.clock.advance(Duration::hours(1));
    let later = LABITORY.replacen("\"Major Service Disruption\"", "\"Rather Major Disruption\"", 1);
    let later = later.replacen("\"Head of IT\"", "\"Head of Machines\"", 1);
    let who = SignedIn { stepped_up_at: app.clock.now(), ..app.who(&ada).await };
    import(&app.db, &later, Some(&who), Some(2), app.clock.now()).await.unwrap();

    let list = ada.get("/plan/revisions").await.body;
    for words in
        ["/plan/revisions/2\"", "in force", "the command line", "Ada Lovelace", "04:12 CET"]
    {
        assert!(list.contains(words), "{words} not in {list}");
    }
    assert!(list.contains("<td class=\"num\">2</td>"), "{list}");
    let first = ada.get("/plan/revisions/1").await.body;
    assert!(first.contains("This is revision 1, which is not in force."), "{first}");
    assert!(first.contains("in force from 14 November 2026, 03:12 CET to 14 November"), "{first}");
    assert!(first.contains("Major Service Disruption") && !first.contains("Rather Major"));
    let second = ada.get("/plan/revisions/2").await.body;
    assert!(!second.contains("not in force") && second.contains("Rather Major"), "{second}");
    assert!(second.contains("level.2.name") && second.contains("1 thing of the roster"));
    app.end().await;
}

#[tokio::test]
async fn an_earlier_revision_is_taken_away_and_brought_back() {
    let (app, ada) = TestApp::on_plan().await;
    let later = LABITORY.replacen("\"Major Service Disruption\"", "\"Rather Major Disruption\"", 1);
    import(&app.db, &later, None, Some(2), app.clock.now()).await.unwrap();

    let text = ada.get("/plan/revisions/1/export").await;
    assert!(text.body.starts_with(LABITORY), "{}", text.body);
    assert!(text.headers["content-disposition"].to_str().unwrap().contains("plan-revision-1.toml"));
    let back = ada.get("/plan/revisions/new?from=1").await;
    assert!(back.body.contains("Revision 3 would change 1 thing."), "{}", back.body);
    for nothing in ["0", "7", "-1", "99999999999", "x"] {
        for path in
            [nothing.to_owned(), format!("{nothing}/export"), format!("{nothing}/runbooks/redis")]
        {
            let answer = ada.get(&format!("/plan/revisions/{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    app.end().await;
}

#[tokio::test]
async fn an_incident_leads_to_the_revision_that_it_pins() {
    let (app, ada) = TestApp::on_plan().await;
    let incident = app.declare(Kind::Real, 1).await;
    let later = LABITORY.replacen("\"Major Service Disruption\"", "\"Rather Major Disruption\"", 1);
    import(&app.db, &later, None, Some(2), app.clock.now()).await.unwrap();

    for page in ["", "/timeline", "/messages", "/calls"] {
        let body = ada.get(&format!("/incidents/{incident}{page}")).await.body;
        let link = "<a href=\"/plan/revisions/1\">Plan, rev. 1</a>";
        assert!(body.contains(link), "{page}: {body}");
    }
    assert_eq!(app.mails().await.len(), 1); // the page of the declaration
    app.end().await;
}
