//! A database is protected by a guided page: an owner drafts it, the host's owner answers on the host.

mod repository;
mod scene;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;
use muster::domain::rights::{Right, Rights};
use serde_json::{Value, json};
use time::Duration;
use time::format_description::well_known::Rfc3339;

use self::scene::{DATA, ID, Scene, cluster};
use super::host::Host;

const OTHER: &str = "01930000-0000-7000-8000-00000000c002";

#[tokio::test]
async fn a_cluster_is_chosen_named_and_drafted_and_only_owners_may() {
    let scene = Scene::new().await;
    let choice = scene.ada.get(&scene.host.path("/protect")).await.body;
    for expected in [
        "Protect this one",
        "protected already, as shop",
        "it does not run: start it",
        "it belongs to grace, and this agent runs as postgres",
    ] {
        assert!(choice.contains(expected), "{expected:?} is not in {choice}");
    }
    let form = scene.ada.get(&scene.host.path(&format!("/protect?cluster={DATA}"))).await.body;
    assert!(
        form.contains("value=\"main\"")
            && form.contains("Muster may start and stop postgresql@15-main.service"),
        "{form}"
    );
    let not_free = scene.ada.get(&scene.host.path("/protect?cluster=/srv/shop")).await.body;
    assert!(not_free.contains("Protect this one"), "there is no form for it");

    let pressed = scene.press(&[("service", "yes")]).await;
    assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.body);
    assert_eq!(
        scene.press(&[("service", "yes")]).await.location,
        pressed.location,
        "the same form"
    );
    let page = scene.ada.get(&pressed.location).await.body;
    for expected in [
        "sudo muster agent --state &#39;/srv/agent&#39; allow 00c001",
        "unit = &#34;postgresql@15-main.service&#34;",
        "path = &#34;/backup/muster&#34;",
        "alter system set archive_mode = on;",
        "--config=/srv/agent/databases/main/archive.conf --stanza=main archive-push %p",
        "In place of what it runs now: /bin/true",
        "It counts from a restart of Postgres, which Muster never takes",
        "waits for the host",
    ] {
        assert!(page.contains(expected), "{expected:?} is not in {page}");
    }
    let choice = scene.ada.get(&scene.host.path("/protect")).await.body;
    assert!(choice.contains("See its draft") && !choice.contains("Protect this one"), "{choice}");

    scene
        .app
        .account("Viv", "viv@example.org", Rights::from_iter([Right::View, Right::Command]))
        .await;
    let viv = scene.app.signed_in("viv@example.org").await;
    for path in [scene.host.path("/protect"), scene.host.path(&format!("/drafts/{ID}"))] {
        assert_eq!(viv.get(&path).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(viv.post(&scene.host.path("/protect"), &[]).await.status, StatusCode::FORBIDDEN);
    assert!(!viv.get(&scene.host.path("")).await.body.contains("Protect a database"));
    scene.app.clock.advance(Duration::minutes(11));
    let asked = scene.press(&[("id", OTHER)]).await;
    assert!(asked.body.contains("Type your password again"), "{}", asked.body);
    scene.app.end().await;
}

#[tokio::test]
async fn a_wrong_word_is_named_beside_its_field_by_the_rules_of_agent_toml() {
    let scene = Scene::new().await;
    for (field, value, words) in [
        ("name", "Main", "A name has small letters, digits and dashes"),
        ("name", "shop", "The host’s agent.toml names a “shop” already"),
        ("user", " ", "This must not be empty"),
        ("where", "", "Say where its backups go."),
        ("folder", "backup", "This must be a whole path, beginning with /"),
        ("folder", "/backup\nx", "nor hold line ends"),
        ("folder", "/etc/cron.d", "The system keeps its own there"),
        ("folder", "/var/lib/postgresql/15/main/x", "This lies in a cluster’s own data"),
        ("cluster", "/srv/shop", "protected already, as shop"),
        ("cluster", "/srv/grace", "it takes an agent of its own"),
        ("cluster", "/etc", "does not see this cluster any more"),
    ] {
        let refused = scene.press(&[(field, value)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {}", refused.body);
        assert!(refused.body.contains(words), "{words:?} is not in {}", refused.body);
    }
    let bucket = [
        ("where", "s3"),
        ("endpoint", "https://s3.example.org"),
        ("bucket", "ours"),
        ("region", ""),
        ("path", "db1"),
        ("port", "many"),
        ("ca_file", "ca.pem"),
    ];
    let refused = scene.press(&bucket).await.body;
    for id in ["endpoint", "region", "path", "port", "ca_file"] {
        assert!(refused.contains(&format!("id=\"{id}-error\"")), "{id}: {refused}");
    }
    assert!(
        refused.contains("value=\"https://s3.example.org\"") && !refused.contains("bucket-error"),
        "{refused}"
    );
    a_wrong_container_is_named(&scene).await;
    assert_eq!(scene.names_offered().await, Vec::<Value>::new());

    scene
        .report(json!({"clusters": [cluster(DATA, "postgres")], "protects": [],
        "repositories": [{"name": "disk", "place": "/backup/ours"}]}))
        .await;
    let form = scene.ada.get(&scene.host.path(&format!("/protect?cluster={DATA}"))).await.body;
    assert!(form.contains("disk (/backup/ours)") && !form.contains("name=\"where\""), "{form}");
    assert_eq!(scene.press(&[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(scene.offered("c").await["drafts"][0]["draft"]["repository"], Value::Null);
    scene
        .report(json!({"clusters": [cluster(DATA, "postgres")], "refused": "it is exposed"}))
        .await;
    let choice = scene.ada.get(&scene.host.path("/protect")).await.body;
    assert!(choice.contains("agent.toml is not followed") && !choice.contains("Protect this one"));
    scene.report(json!({"clusters": [], "config": null})).await;
    assert!(scene.ada.get(&scene.host.path("/protect")).await.body.contains("too old to be asked"));
    scene.app.end().await;
}

async fn a_wrong_container_is_named(scene: &Scene) {
    let container = [
        ("where", "azure"),
        ("account", "ours.blob.core.windows.net/"),
        ("container", ""),
        ("blob_endpoint", "https://blob.example.org"),
        ("path", "/db1"),
    ];
    let refused = scene.press(&container).await.body;
    for id in ["account", "container", "blob_endpoint"] {
        assert!(refused.contains(&format!("id=\"{id}-error\"")), "{id}: {refused}");
    }
    assert!(!refused.contains("id=\"endpoint-error\""), "it is of another kind: {refused}");
}

#[tokio::test]
async fn an_agent_is_offered_what_is_open_of_its_own_site_and_signed_for_its_question() {
    let scene = Scene::new().await;
    scene.press(&[]).await;
    let offer = scene.offered("a word").await;
    assert_eq!(offer["question"]["challenge"], "a word");
    assert_eq!(offer["site"], scene.host.site().to_string());
    assert_eq!(
        (&offer["drafts"][0]["id"], &offer["drafts"][0]["made_by"]),
        (&json!(ID), &json!("Ada Lovelace"))
    );
    assert_eq!(
        offer["drafts"][0]["draft"]["database"],
        json!({"name": "main", "data_dir": DATA, "port": 5432,
        "socket": "/var/run/postgresql", "user": "postgres", "unit": null})
    );

    let stranger = Host::join(&scene.ada, "db2").await;
    let said = stranger.say(&scene.app, "/agent/drafts", "{\"challenge\":\"c\"}").await.body;
    let said: Value = serde_json::from_str(&said).unwrap();
    let document = URL_SAFE_NO_PAD.decode(said["document"].as_str().unwrap()).unwrap();
    let offer: Value = serde_json::from_slice(&document).unwrap();
    assert_eq!(offer["drafts"], json!([]));
    let answer = json!({"draft": ID, "allowed": true}).to_string();
    assert_eq!(
        stranger.say(&scene.app, "/agent/draft", &answer).await.status,
        StatusCode::NOT_FOUND
    );
    let unsigned = hyper::Request::post("/agent/drafts");
    let unsigned = scene.app.browser().send(unsigned, "{\"challenge\":\"c\"}".to_owned()).await;
    assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED);
    let huge = json!({"challenge": "c".repeat(2 << 20)}).to_string();
    assert_eq!(
        scene.host.say(&scene.app, "/agent/drafts", &huge).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );

    scene.app.tamper("update installation set quarantined_at = now()").await;
    let quiet = scene.host.say(&scene.app, "/agent/drafts", "{\"challenge\":\"c\"}").await;
    assert_eq!(quiet.status, StatusCode::CONFLICT, "an old copy has nothing allowed");
    scene.app.tamper("update installation set quarantined_at = null").await;

    scene.press(&[("id", OTHER), ("name", "second")]).await;
    assert_eq!(scene.names_offered().await, [json!("second")], "it took the place of the first");
    assert!(scene.page(ID).await.contains("a later draft took its place"));
    let path = scene.host.path(&format!("/drafts/{OTHER}/withdrawal"));
    assert_eq!(scene.ada.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(scene.names_offered().await, Vec::<Value>::new());
    let page = scene.page(OTHER).await;
    assert!(page.contains("taken back") && page.contains("Draft it anew"), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn what_the_hosts_owner_answers_is_shown_and_the_page_goes_on_to_a_verified_point() {
    let scene = Scene::new().await;
    scene.press(&[]).await;
    assert_eq!(scene.answer(ID, false).await, StatusCode::OK);
    assert!(scene.page(ID).await.contains("refused on the host"));
    assert_eq!(scene.answer(ID, false).await, StatusCode::OK, "told twice");

    scene.press(&[("id", OTHER)]).await;
    assert!(!scene.page(OTHER).await.contains("allowed"));
    assert_eq!(scene.answer(OTHER, true).await, StatusCode::OK);
    let page = scene.page(OTHER).await;
    assert!(page.contains("allowed ") && page.contains("within seconds"), "{page}");
    assert!(!page.contains("sudo muster agent") && !page.contains("Take it back"), "{page}");
    let path = scene.host.path(&format!("/drafts/{OTHER}/withdrawal"));
    assert_eq!(scene.ada.post(&path, &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(scene.answer(OTHER, false).await, StatusCode::OK);
    assert!(
        scene.page(OTHER).await.contains("allowed "),
        "what stands in agent.toml is not refused"
    );

    let off = json!([{"check": "main: archiving", "health": "bad", "words": "archive_mode is off: nothing is archived",
        "mend": "restart Postgres, when it suits"}]);
    scene.watched(json!({"findings": off})).await;
    let page = scene.page(OTHER).await;
    assert!(
        page.contains("archive_mode is off") && page.contains("restart Postgres, when it suits"),
        "{page}"
    );
    let at = scene.app.clock.now().format(&Rfc3339).unwrap();
    let doing =
        json!({"deed": "full", "since": at, "at": "copying", "percent": 40, "late_s": null});
    scene.watched(json!({"doing": doing})).await;
    let page = scene.page(OTHER).await;
    assert!(page.contains("40 %: copying") && page.contains("A full backup is running"), "{page}");
    let point = json!({"label": "20261114-031200F", "kind": "full", "stopped": at, "timeline": 1, "last_commit": null,
        "size": 1, "stored": 1, "opens": true, "damaged": false, "verified": true, "proved_at": at});
    scene.watched(json!({"points": [point], "exposure": "nothing"})).await;
    let page = scene.page(OTHER).await;
    assert!(
        page.contains("main is protected and verified") && page.contains("See its recovery points"),
        "{page}"
    );
    scene.app.end().await;
}

#[tokio::test]
async fn a_draft_lapses_after_seven_days_and_what_was_allowed_late_still_counts() {
    let scene = Scene::new().await;
    scene.press(&[]).await;
    scene.app.clock.advance(Duration::days(7));
    let ada = scene.app.signed_in("ada@example.org").await;
    let page = ada.get(&scene.host.path(&format!("/drafts/{ID}"))).await.body;
    assert!(page.contains("lapsed: nobody allowed it within 7 days"), "{page}");
    assert_eq!(scene.names_offered().await, Vec::<Value>::new());
    assert_eq!(scene.answer(ID, true).await, StatusCode::OK, "it stands in agent.toml");
    assert!(ada.get(&scene.host.path(&format!("/drafts/{ID}"))).await.body.contains("allowed "));
    scene.app.end().await;
}
