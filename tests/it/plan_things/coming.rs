//! Things come into lists, change places and go again.

use hyper::StatusCode;
use muster::domain::plan::parse;

use super::{changes, confirm, confirmed, export, filled};
use crate::support::app::TestApp;

#[tokio::test]
async fn things_come_and_go_and_steps_change_places() {
    let (app, ada) = TestApp::on_plan().await;
    let before = export(&ada).await;

    let add = "/plan/additions/provider";
    let mut pairs = filled(&ada, add, "name", &["Wolken AG"]).await;
    pairs.retain(|(key, _)| key != "service");
    pairs.push(("service".to_owned(), "Second cloud".to_owned()));
    let done = confirmed(&ada, add, &pairs).await;
    assert_eq!(done.location, "/plan?change=yes#providers");
    let added = export(&ada).await;
    assert_eq!(
        changes(&before, &added),
        [("provider.wolken-ag".to_owned(), "Wolken AG".to_owned())]
    );

    let step = "/plan/additions/runbook/redis/step";
    let mut pairs = filled(&ada, step, "title", &["Call the vendor"]).await;
    pairs.retain(|(key, _)| key != "position");
    pairs.push(("position".to_owned(), "1".to_owned()));
    let done = confirmed(&ada, step, &pairs).await;
    assert_eq!(done.location, "/plan/things/runbook/redis");
    let runbook = parse(&export(&ada).await).unwrap().0.plan.runbook.remove(6);
    let titles: Vec<&str> = runbook.step.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(titles[..3], ["Check Redis' status", "Call the vendor", "Restart Redis"]);

    for removal in ["/plan/removals/runbook/redis/step/2", "/plan/removals/provider/wolken-ag"] {
        let page = ada.get(removal).await;
        let done = confirm(&ada, &page).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(
            ada.get(removal).await.status,
            if removal.ends_with('2') { StatusCode::OK } else { StatusCode::NOT_FOUND }
        );
    }
    assert_eq!(export(&ada).await, before);
    app.end().await;
}

#[tokio::test]
async fn what_others_name_cannot_go_and_the_way_to_them_is_shown() {
    let (app, ada) = TestApp::on_plan().await;

    let page = ada.get("/plan/removals/role/dba").await;

    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("expected_number"));
    for link in [
        "/plan/things/level/2",
        "/plan/things/database/labitory",
        "/plan/things/audience/technical-team",
    ] {
        assert!(page.body.contains(&format!("href=\"{link}\"")), "{link}: {}", page.body);
    }
    app.end().await;
}
