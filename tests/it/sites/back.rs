//! The ways back of the databases that an incident touches, with what each costs.

use muster::actions::incidents::{self, Step};
use muster::domain::agent::wire;
use muster::domain::incident::{Kind, Outage};
use muster::domain::recovery::evidence::PREFIX;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::host::Host;
use super::proofs::{evidence, tell};
use crate::support::app::TestApp;

/// The plan's database does not stand under it.
const APART: &str = "component.files";

async fn see(app: &TestApp, host: &Host) {
    let at = app.clock.now().format(&Rfc3339).unwrap();
    let point = json!({"label": "20261114-020000F", "repository": "disk", "kind": "full", "stopped": at, "size": 50_000_000_000_u64,
        "stored": 1, "timeline": 1, "opens": true, "unbroken_until": null, "last_commit": null, "gap": null,
        "damaged": false, "verified": true, "proved_at": at});
    let body = json!({"run": host.run(), "sent_at": at, "database": {"name": "labitory_prod", "repository": "disk",
        "at": at, "running": true, "exposure": "nothing", "points": [point]}});
    host.say(app, wire::DATABASE, &body.to_string()).await;
}

#[tokio::test]
async fn an_incident_shows_what_each_way_back_of_what_it_touches_costs() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    see(&app, &host).await;
    let id = app.declare(Kind::Real, 3).await;
    let path = format!("/incidents/{id}/restore");
    let page = ada.get(&path).await.body;
    for expected in [
        "labitory_prod on db1",
        "muster restore find labitory_prod --table SCHEMA.TABLE",
        "muster restore beside labitory_prod --time &#39;20",
        "55 GB on db1",
        "no measured run yet",
    ] {
        assert!(page.contains(expected), "{expected:?} is not in:\n{page}");
    }

    let lasted = async |number: u32, seconds: f64| {
        let mut proof = evidence(&app, number, true);
        proof["database"] = "labitory_prod".into();
        proof["recovery_time_s"] = seconds.into();
        tell(&app, &host, host.sealed(PREFIX, &proof)).await;
        ada.get(&path).await.body
    };
    let page = lasted(1, 90_000.0).await;
    assert!(page.contains("times from 1 restore") && page.contains("would miss RTO by"), "{page}");
    lasted(2, 60.0).await;
    let page = lasted(3, 60.0).await;
    assert!(page.contains("about 1 min") && page.contains("of the RTO"), "{page}");

    let by = app.person("ada-lovelace").await;
    let what = (APART, Outage::Down);
    incidents::declare_down(&app.db, id, what, None, by, app.clock.now()).await.unwrap();
    let page = ada.get(&path).await.body;
    assert!(
        page.contains("No database is touched") && !page.contains("labitory_prod on db1"),
        "{page}"
    );
    let other = app.declare(Kind::Real, 3).await; // it touches all, until it is over
    let path = format!("/incidents/{other}/restore");
    assert!(ada.get(&path).await.body.contains("labitory_prod on db1"));
    incidents::step(&app.db, other, Step::FalseAlarm, by, app.clock.now()).await.unwrap();
    assert!(ada.get(&path).await.body.contains("This incident is over"));
    app.end().await;
}
