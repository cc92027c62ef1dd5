//! Proofs that agents tell of: signed, kept once, told on when they fail, and found when they were changed since.

use hyper::StatusCode;
use muster::actions::verify::every_proof;
use muster::domain::recovery::evidence::PREFIX;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::host::Host;
use crate::support::app::TestApp;

/// What an agent found, where a proof of that number held or did not.
pub(super) fn evidence(app: &TestApp, id: u32, holds: bool) -> Value {
    json!({"format": 1, "id": format!("01930000-0000-7000-8000-{id:012}"), "incident": null, "drill": false,
        "site": null, "database": "main", "system_identifier": "1", "repository": "disk",
        "label": "20261114-020000F", "asked": {"timeline": 1, "lsn": "0/3000060", "time": null},
        "reached": null, "engines": {"muster": "0", "pgbackrest": "2", "postgres": "15"},
        "requester": "postgres", "approvals": [], "began": app.clock.now().format(&Rfc3339).unwrap(),
        "steps": [], "checks": [{"name": "rows of users", "expected": "4", "found": "3", "good": holds}],
        "bytes": 1_000_000, "recovery_time_s": 3.2, "data_loss": null, "holds": holds, "previous_head": null})
}

pub(super) async fn tell(app: &TestApp, host: &Host, signed: Value) -> StatusCode {
    let body = json!({"run": host.run(), "evidence": signed}).to_string();
    host.say(app, "/agent/proof", &body).await.status
}

async fn see(app: &TestApp, host: &Host) {
    see_cluster(app, host, None).await;
}

async fn see_cluster(app: &TestApp, host: &Host, cluster: Option<&str>) {
    let at = app.clock.now().format(&Rfc3339).unwrap();
    let body = json!({"run": host.run(), "sent_at": at, "database": {"name": "main", "repository": "disk",
        "at": at, "running": true, "cluster": cluster, "exposure": "nothing"}});
    host.say(app, "/agent/database", &body.to_string()).await;
}

#[tokio::test]
async fn a_proof_is_kept_once_however_often_it_is_told_and_one_that_failed_wakes_somebody_once() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    see(&app, &host).await;
    let proof = |id, holds| host.sealed(PREFIX, &evidence(&app, id, holds));
    let mut came = Vec::new();
    for signed in [proof(1, true), proof(1, true), proof(2, false), proof(2, false)] {
        assert_eq!(tell(&app, &host, signed).await, StatusCode::OK);
        let mails = app.mails().await;
        came.push(mails.len());
        for mail in &mails {
            assert_eq!(mail.subject, "A backup of main does not restore");
            assert!(mail.text.contains("rows of users: 3 instead of 4"), "{}", mail.text);
        }
    }
    assert!(came[2] > 0 && [came[0], came[1], came[3]] == [0, 0, 0], "{came:?}");
    let page = ada.get(&host.path("/databases/main")).await.body;
    assert_eq!(page.matches("verified, 1 of 1 checks").count(), 1, "{page}");
    assert_eq!(page.matches("failed, 0 of 1 checks").count(), 1, "{page}");
    assert!(page.contains("3 s") && page.contains("1 restore"), "{page}");
    assert!(page.contains("Held by a failed proof of 20261114-020000F"), "{page}");
    app.end().await;
}

#[tokio::test]
async fn only_what_the_agent_of_the_site_signed_is_kept_and_a_change_of_it_is_found() {
    let (app, ada) = TestApp::on_plan().await;
    let (host, other) = (Host::join(&ada, "db1").await, Host::join(&ada, "db2").await);
    see(&app, &host).await;
    let good = host.sealed(PREFIX, &evidence(&app, 1, true));
    let mut changed = good.clone();
    changed["document"] = host.sealed(PREFIX, &evidence(&app, 2, true))["document"].clone();
    let mut restore = evidence(&app, 3, true);
    restore["subject"] = "restore".into();
    let refused = [
        ("of a restore, which proves nothing", host.sealed(PREFIX, &restore)),
        ("another agent's", other.sealed(PREFIX, &evidence(&app, 1, true))),
        ("signed as something else", host.sealed(b"muster order 1\n", &evidence(&app, 1, true))),
        ("changed on the way", changed),
    ];
    for (what, signed) in refused {
        assert_eq!(tell(&app, &host, signed).await, StatusCode::CONFLICT, "{what}");
    }
    assert_eq!(tell(&app, &host, good).await, StatusCode::OK);
    let looked = async || {
        let proofs = every_proof(&app.db, &app.ring).await.unwrap();
        (proofs.whole, proofs.broken.len())
    };
    assert_eq!(looked().await, (1, 0));

    let forgeries = [
        "held = not held",
        "evidence = jsonb_set(evidence, '{label}', '\"20261113-020000F\"')",
        "document = document || '\\x20'",
        "countersignature = signature",
        "agent_key = decode(repeat('07', 32), 'hex')",
    ];
    for forgery in forgeries {
        app.tamper("create table if not exists before as select * from proofs").await;
        assert_eq!(app.tamper(&format!("update proofs set {forgery}")).await, 1);
        assert_eq!(looked().await, (0, 1), "{forgery}");
        let back = "update proofs p set held = b.held, evidence = b.evidence, document = b.document,
            countersignature = b.countersignature, agent_key = b.agent_key from before b where b.id = p.id";
        assert_eq!(app.tamper(back).await, 1);
        assert_eq!(looked().await, (1, 0));
    }
    app.end().await;
}

#[tokio::test]
async fn a_proof_on_another_site_counts_for_the_database_of_its_own_where_it_is_of_that_cluster() {
    let (app, ada) = TestApp::on_plan().await;
    let (host, there) = (Host::join(&ada, "db1").await, Host::join(&ada, "db2").await);
    let of = |id, of: &Host, holds| {
        let mut evidence = evidence(&app, id, holds);
        evidence["of"] = of.site().to_string().into();
        evidence["site"] = there.site().to_string().into();
        there.sealed(PREFIX, &evidence)
    };
    assert_eq!(tell(&app, &there, of(1, &host, true)).await, StatusCode::NOT_FOUND, "none there");
    see(&app, &host).await;
    assert_eq!(tell(&app, &there, of(2, &host, true)).await, StatusCode::OK);
    let mut own = evidence(&app, 3, true);
    own["system_identifier"] = "2".into();
    assert_eq!(tell(&app, &host, host.sealed(PREFIX, &own)).await, StatusCode::OK);
    let refused = tell(&app, &there, of(4, &host, true)).await;
    assert_eq!(refused, StatusCode::CONFLICT, "of another cluster");
    // what runs there now counts before what was proved of it; an older agent says nothing of it
    see_cluster(&app, &host, Some("1")).await;
    assert_eq!(tell(&app, &there, of(4, &host, true)).await, StatusCode::OK);
    see_cluster(&app, &host, Some("2")).await;
    assert_eq!(tell(&app, &there, of(5, &host, true)).await, StatusCode::CONFLICT);
    for (id, holds, told) in [(7, true, StatusCode::CONFLICT), (8, false, StatusCode::OK)] {
        let mut nothing_seen = evidence(&app, id, holds);
        nothing_seen["of"] = host.site().to_string().into();
        nothing_seen["system_identifier"] = "".into();
        let told_now = tell(&app, &there, there.sealed(PREFIX, &nothing_seen)).await;
        assert_eq!(told_now, told, "it failed before it saw any cluster: {holds}");
    }
    see_cluster(&app, &host, Some("1")).await;

    app.mails().await;
    assert_eq!(tell(&app, &there, of(6, &host, false)).await, StatusCode::OK);
    let mails = app.mails().await;
    assert!(mails.iter().any(|it| it.text.contains("db1, restored on db2")), "{mails:?}");
    let page = ada.get(&host.path("/databases/main")).await.body;
    assert!(page.contains("on another site"), "it tells of none in its facts: {page}");
    assert!(page.contains("Held by a failed proof of 20261114-020000F"), "{page}");
    assert!(page.contains("1 restore"), "those of its own host: {page}");
    let none = ada.get(&there.path("/databases/main")).await.status;
    assert_eq!(none, StatusCode::NOT_FOUND);
    assert_eq!(every_proof(&app.db, &app.ring).await.unwrap().whole, 5);
    app.end().await;
}

#[tokio::test]
async fn dumps_are_shown_with_their_proofs_which_are_no_restores_of_backups() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    see(&app, &host).await;
    let page = async || ada.get(&host.path("/databases/main")).await.body;
    assert!(!page().await.contains("Logical dumps"), "an older agent tells of none");

    let at = app.clock.now().format(&Rfc3339).unwrap();
    let dump = |label: &str, verified: Option<bool>| {
        json!({"label": label, "at": at, "bytes": 1_500_000, "databases": 3, "verified": verified,
               "proved_at": verified.map(|_| &at)})
    };
    let tell_of = async |dumps: Value| {
        let body = json!({"run": host.run(), "sent_at": at, "database": {"name": "main", "repository": "disk",
            "at": at, "running": true, "exposure": "nothing", "dumps": [dumps]}});
        assert_eq!(
            host.say(&app, "/agent/database", &body.to_string()).await.status,
            StatusCode::OK
        );
    };
    tell_of(json!({"repository": "disk", "count": 0, "newest": [], "unable": "restic is not installed"})).await;
    let said = page().await;
    assert!(
        said.contains("none can be made") && said.contains("restic is not installed"),
        "{said}"
    );
    let button = |page: &str| page.contains(">Dump now<");
    assert!(!button(&said), "no agent could obey: {said}");
    tell_of(json!({"repository": "disk", "count": 2, "newest": [dump("20261114-030000D", Some(true)), dump("20261115-030000D", None)]})).await;
    let said = page().await;
    assert!(button(&said), "{said}");
    for expected in ["Logical dumps", "they come back", "verified 03:12", "not yet", "1500 kB"] {
        assert!(said.contains(expected), "{expected:?} is not in {said}");
    }

    for (id, holds) in [(1, true), (2, false)] {
        let mut proof = evidence(&app, id, holds);
        (proof["subject"], proof["label"]) = ("dump".into(), "20261114-030000D".into());
        assert_eq!(tell(&app, &host, host.sealed(PREFIX, &proof)).await, StatusCode::OK);
    }
    let mails = app.mails().await;
    assert!(!mails.is_empty());
    for mail in &mails {
        assert_eq!(mail.subject, "A dump of main does not restore");
        assert!(mail.text.contains("muster agent prove main --dump"), "{}", mail.text);
    }
    let said = page().await;
    assert!(
        said.contains("no measured run yet"),
        "a dump takes another time than a backup: {said}"
    );
    app.end().await;
}
