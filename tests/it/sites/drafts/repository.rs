//! A second place for backups is drafted by a page.

use hyper::StatusCode;
use muster::domain::rights::{Right, Rights};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::OTHER;
use super::scene::{DATA, ID, Scene, cluster};
use crate::support::browser::Answer;

const DISK: &str = "/backup/muster";

impl Scene {
    /// A host that keeps a database on its disk.
    async fn keeping() -> Scene {
        let scene = Scene::new().await;
        scene.reports(&[("disk", DISK)], &["main"]).await;
        scene.shelves(&["disk"], json!({})).await;
        scene
    }

    async fn reports(&self, places: &[(&str, &str)], protects: &[&str]) {
        let places = places.iter().map(|(name, place)| json!({"name": name, "place": place}));
        let places: Vec<_> = places.collect();
        let clusters = [cluster(DATA, "postgres")];
        self.report(json!({"clusters": clusters, "protects": protects, "repositories": places}))
            .await;
    }

    /// The database is kept in these.
    async fn shelves(&self, names: &[&str], more: Value) {
        let shelf = |name: &&str| json!({"repository": name, "exposure": "everything"});
        let shelves: Vec<_> = names.iter().map(shelf).collect();
        let mut seen = json!({"repositories": shelves});
        seen.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.watched(seen).await;
    }

    async fn add(&self, fields: &[(&str, &str)]) -> Answer {
        let mut form = vec![("id", ID)];
        form.retain(|(name, _)| fields.iter().all(|(other, _)| name != other));
        form.extend(fields);
        self.ada.post(&self.host.path("/repository"), &form).await
    }
}

fn folder(path: &str) -> [(&str, &str); 2] {
    [("where", "folder"), ("folder", path)]
}

fn bucket(path: &str) -> [(&str, &str); 5] {
    let (host, name) = (("endpoint", "s3.example.org"), ("bucket", "ours"));
    [("where", "s3"), host, name, ("region", "eu-1"), ("path", path)]
}

#[tokio::test]
async fn a_host_with_one_repository_is_offered_a_second_that_is_drafted_alone() {
    let scene = Scene::keeping().await;
    let site = scene.host.page(&scene.ada).await;
    assert!(site.contains("Add a repository") && site.contains("disk (/backup/muster)"), "{site}");
    let page = scene.ada.get(&scene.host.path("/databases/main")).await.body;
    assert!(page.contains("one repository: disk") && page.contains("Add a repository"), "{page}");
    let form = scene.ada.get(&scene.host.path("/repository")).await.body;
    assert!(form.contains("So far they go to disk (/backup/muster)"), "{form}");
    assert!(!form.contains("What it is called") && !form.contains("name=\"cluster\""), "{form}");

    let drafted = scene.add(&bucket("/db1")).await;
    assert_eq!(drafted.status, StatusCode::SEE_OTHER, "{}", drafted.body);
    assert_eq!(scene.add(&bucket("/db1")).await.location, drafted.location, "the same form");
    let offered = scene.offered("c").await["drafts"].clone();
    assert_eq!(offered.as_array().unwrap().len(), 1);
    let draft = &offered[0]["draft"];
    assert!(draft.get("database").is_none(), "an older agent finds it missing: {draft}");
    assert_eq!(
        (&draft["repository"]["name"], &draft["repository"]["path"]),
        (&json!("bucket"), &json!("/db1"))
    );
    let page = scene.ada.get(&drafted.location).await.body;
    for expected in
        ["Add the repository bucket", "kind = &#34;s3&#34;", " allow 00c001", "waits for the host"]
    {
        assert!(page.contains(expected), "{expected:?} is not in {page}");
    }
    assert!(!page.contains("What is set in Postgres") && !page.contains("[[database]]"), "{page}");

    assert_eq!(
        scene.add(&folder("/mnt/share")).await.location,
        drafted.location,
        "that id is taken"
    );
    let other = [&folder("/mnt/share")[..], &[("id", OTHER)]].concat();
    assert_eq!(scene.add(&other).await.status, StatusCode::SEE_OTHER);
    let offered = scene.offered("c").await["drafts"].clone();
    let names: Vec<_> = offered
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["draft"]["repository"]["name"].clone())
        .collect();
    assert_eq!(names, [json!("bucket"), json!("disk-2")], "disk is taken");

    let rights = Rights::from_iter([Right::View, Right::Command]);
    scene.app.account("Viv", "viv@example.org", rights).await;
    let viv = scene.app.signed_in("viv@example.org").await;
    let path = scene.host.path("/repository");
    assert_eq!(viv.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(viv.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
    let page = viv.get(&scene.host.path("/databases/main")).await.body;
    assert!(page.contains("one repository: disk") && !page.contains("Add a repository"), "{page}");
    scene.app.end().await;
}

#[tokio::test]
async fn a_place_that_is_taken_or_none_is_named_beside_its_field() {
    let scene = Scene::keeping().await;
    let places = [("disk", DISK), ("bucket", "ours/db1 at s3.example.org")];
    scene.reports(&places, &["main"]).await;
    for (fields, words) in [
        (folder(DISK).to_vec(), "“disk” lies there already"),
        (folder("/backup/muster/inner").to_vec(), "“disk” lies there already"),
        (folder("/backup").to_vec(), "“disk” lies there already"),
        (folder("/var/lib/postgresql/15/main/x").to_vec(), "This lies in a cluster’s own data"),
        (folder("/etc/x").to_vec(), "The system keeps its own there"),
        (folder("backup").to_vec(), "This must be a whole path"),
        (bucket("/db1").to_vec(), "“bucket” lies there already"),
        (bucket("/db1/inner").to_vec(), "“bucket” lies there already"),
        (bucket("db2").to_vec(), "This must be a whole path"),
        (Vec::new(), "Say where they go."),
    ] {
        let refused = scene.add(&fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}: {}",
            refused.body
        );
        assert!(refused.body.contains(words), "{words:?} is not in {}", refused.body);
    }
    assert_eq!(scene.offered("c").await["drafts"], json!([]));
    assert_eq!(scene.add(&bucket("/db12")).await.status, StatusCode::SEE_OTHER, "beside is apart");

    scene.reports(&[], &["main"]).await;
    let refused = scene.add(&[&folder("/x")[..], &[("id", OTHER)]].concat()).await;
    assert!(refused.body.contains("names no repository beside which"), "{}", refused.body);
    let site = scene.ada.get(&scene.host.path("/repository")).await;
    assert_eq!((site.status, site.location), (StatusCode::SEE_OTHER, scene.host.path("")));
    assert!(!scene.host.page(&scene.ada).await.contains("Add a repository"));
    scene.app.end().await;
}

#[tokio::test]
async fn it_is_followed_until_each_database_of_the_host_is_verified_there() {
    let scene = Scene::keeping().await;
    scene.add(&bucket("/db1")).await;
    assert_eq!(scene.answer(ID, true).await, StatusCode::OK);
    let page = scene.page(ID).await;
    assert!(page.contains("allowed ") && page.contains("within seconds"), "{page}");

    let both = [("disk", DISK), ("bucket", "ours/db1 at s3.example.org")];
    scene.reports(&both, &["main"]).await;
    let at = scene.app.clock.now().format(&Rfc3339).unwrap();
    let doing = |repository: &str| {
        json!({"doing": {"deed": "full", "repository": repository, "since": at,
        "at": "copying", "percent": 40, "late_s": null}})
    };
    scene.shelves(&["disk", "bucket"], doing("disk")).await;
    assert!(!scene.page(ID).await.contains("40 %"), "that goes on elsewhere");
    scene.shelves(&["disk", "bucket"], doing("bucket")).await;
    let page = scene.page(ID).await;
    assert!(page.contains("40 %: copying") && page.contains("See its recovery points"), "{page}");

    let lost = json!([{"check": "main: copying onward", "health": "bad", "words": "the log could not be copied: x"},
        {"check": "main: backup", "health": "bad", "words": "not about it"}]);
    scene.shelves(&["disk", "bucket"], json!({"findings": lost})).await;
    let page = scene.page(ID).await;
    assert!(
        page.contains("the log could not be copied: x") && !page.contains("not about it"),
        "{page}"
    );

    let point = |repository: &str, verified: bool| {
        json!({"label": "20261114-031200F", "repository": repository,
        "kind": "full", "stopped": at, "timeline": 1, "last_commit": null, "size": 1, "stored": 1, "opens": true,
        "damaged": false, "verified": verified, "proved_at": at})
    };
    let kept = |points: Value| {
        json!({"points": points, "repositories": [
        {"repository": "disk", "exposure": "nothing"}, {"repository": "bucket", "exposure": "nothing"}]})
    };
    scene.watched(kept(json!([point("disk", true), point("bucket", false)]))).await;
    let page = scene.page(ID).await;
    assert!(page.contains("it did not hold") && !page.contains("in use and verified"), "{page}");
    scene.watched(kept(json!([point("disk", true), point("bucket", true)]))).await;
    let page = scene.page(ID).await;
    assert!(page.contains("The repository bucket is in use and verified"), "{page}");

    scene.reports(&[("disk", DISK), ("bucket", "another at s3.example.org")], &["main"]).await;
    assert!(!scene.page(ID).await.contains("in use and verified"), "another one bears its name");
    scene.app.end().await;
}
