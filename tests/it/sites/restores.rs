//! Restores ordered for an incident: what is asked, what the agent is told, what is shown of its answers, and who may.

use hyper::StatusCode;
use muster::actions::incidents::{self, Step};
use muster::domain::id::IncidentId;
use muster::domain::incident::{Kind, Outage};
use serde_json::{Value, json};

use super::orders::Scene;
use crate::support::browser::Answer;

const ID: &str = "01930000-0000-7000-8000-00000000c001";
const OTHER: &str = "01930000-0000-7000-8000-00000000c002";
const THIRD: &str = "01930000-0000-7000-8000-00000000c003";
/// The plan's database does not stand under it.
const APART: &str = "component.files";

fn path(id: IncidentId) -> String {
    format!("/incidents/{id}/restore")
}

impl Scene {
    async fn wants(&self, at: IncidentId, id: &str, fields: &[(&str, &str)]) -> Answer {
        self.wants_of("main", at, id, fields).await
    }

    async fn wants_of(
        &self,
        database: &str,
        at: IncidentId,
        id: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let site = self.host.site().to_string();
        let own = [("id", id), ("site", site.as_str()), ("database", database)];
        self.ada.post(&path(at), &[&own, fields].concat()).await
    }

    async fn asks(&self, at: IncidentId, id: &str, fields: &[(&str, &str)]) -> StatusCode {
        self.wants(at, id, fields).await.status
    }

    async fn shown(&self, at: IncidentId) -> String {
        self.ada.get(&path(at)).await.body
    }

    async fn told(&self, at: IncidentId) -> String {
        self.ada.get(&format!("/incidents/{at}/timeline")).await.body
    }

    /// A copy that was made by an order.
    fn copy(&self, order: &str, stands: Value) -> Value {
        let beyond = json!({"commits": 3, "from": "0/5000148", "first": "2026-11-14T02:00:01Z", "last": "2026-11-14T02:10:00Z"});
        json!({"number": 7, "order": order, "label": "20261114-020000F", "wanted": {"to": "before", "at": 4042},
            "requester": "Ada Lovelace", "began": self.at(), "stands": stands, "last_commit": "2026-11-14T02:00:00Z",
            "beyond": beyond, "short_s": null, "size": 1_000_000, "read_by": "psql -h /run/copy -U postgres postgres"})
    }
}

#[tokio::test]
async fn what_is_asked_on_the_incident_reaches_the_agent_and_what_it_finds_is_shown_and_told_there()
{
    let scene = Scene::new().await;
    let shelf = |name: &str| json!({"repository": name, "exposure": "nothing"});
    scene.sees(json!({"copies": [], "repositories": [shelf("disk"), shelf("bucket")]})).await;
    let at = scene.app.declare(Kind::Drill, 3).await;
    let find = [("deed", "find"), ("table", "orders"), ("repository", "bucket")];
    assert_eq!(scene.asks(at, ID, &find).await, StatusCode::SEE_OTHER);
    assert_eq!(scene.asks(at, ID, &find).await, StatusCode::SEE_OTHER, "the same form");
    assert_eq!(scene.asks(at, OTHER, &find).await, StatusCode::CONFLICT, "the same search");
    assert!(scene.shown(at).await.contains("Waits until the agent asks"));
    let order = scene.fetch("c").await.unwrap();
    assert_eq!(
        order,
        json!({"id": ID, "site": scene.host.site().to_string(), "database": "main", "repository": "bucket",
            "task": {"find": {"table": "orders", "since": null}}, "incident": at.to_string(), "drill": true,
            "asked_by": "Ada Lovelace", "challenge": "c"})
    );

    let changes = json!({"inserted": 0, "updated": 0, "deleted": 120});
    let suspect = json!({"xid": 4042, "at": "2026-11-14T02:00:01Z", "changes": changes, "anew": false, "removed": []});
    let found =
        json!({"suspects": {"found": [suspect], "since": scene.at(), "database": "<b>shop"}});
    for _ in 0..2 {
        scene.reports((ID, 1), "succeeded", "1 transaction found", found.clone()).await;
    }
    let page = scene.shown(at).await;
    for expected in [
        "1 transaction changed or removed rows of orders in &#60;b&#62;shop",
        "120 rows deleted",
        "Restore to before it",
        "name=\"repository\" value=\"bucket\"",
    ] {
        assert!(page.contains(expected), "{expected:?} is not in:\n{page}");
    }
    let stop = scene.ada.post(&format!("{}/{ID}/stop", path(at)), &[]).await;
    assert_eq!(stop.status, StatusCode::CONFLICT, "it has ended");
    assert_eq!(scene.fetch("d").await, None);
    let told = scene.told(at).await;
    assert_eq!(told.matches("is done: 1 transaction found").count(), 1, "{told}");
    scene.app.end().await;
}

#[tokio::test]
async fn of_many_suspects_the_newest_are_named_and_it_is_said_how_many_there_are() {
    let scene = Scene::new().await;
    scene.sees(json!({"copies": []})).await;
    let at = scene.app.declare(Kind::Real, 3).await;
    assert_eq!(scene.asks(at, ID, &[("deed", "find")]).await, StatusCode::SEE_OTHER);
    let changes = json!({"inserted": 0, "updated": 0, "deleted": 0});
    let suspect = |xid: u32| json!({"xid": xid, "at": scene.at(), "changes": changes, "anew": true, "removed": [["shop", 2]]});
    let all: Vec<Value> = (1..=130).map(suspect).collect();
    let found =
        json!({"suspects": {"found": all, "since": scene.at(), "database": null, "more": 7}});
    scene.reports((ID, 1), "succeeded", "137 transactions found", found).await;

    let page = scene.shown(at).await;
    assert!(page.contains("137 transactions dropped, emptied or rewrote a table"), "{page}");
    assert!(page.contains("37 older ones are not named here"), "{page}");
    assert!(page.contains(">130</span>") || page.contains(">130</code>"), "the newest: {page}");
    assert_eq!(page.matches("Restore to before it").count(), 100);
    scene.app.end().await;
}

#[tokio::test]
async fn a_restore_shows_how_far_it_is_whether_it_misses_the_rto_and_what_the_copy_has() {
    let scene = Scene::new().await;
    scene.sees(json!({"copies": []})).await;
    let at = scene.app.declare(Kind::Real, 3).await;
    let before = [("deed", "beside"), ("to", "before"), ("at", "4042")];
    assert_eq!(scene.asks(at, ID, &before).await, StatusCode::SEE_OTHER);
    let order = scene.fetch("c").await.unwrap();
    assert_eq!(order["task"], json!({"beside": {"wanted": {"to": "before", "at": 4042}}}));
    scene.reports((ID, 1), "running", "", Value::Null).await;
    let since = scene.at();
    let underway = |percent: u8| json!([{"order": ID, "since": since, "at": "restore", "percent": percent, "copied": 60_000_000}]);
    scene.app.clock.advance(time::Duration::seconds(60));
    scene.sees(json!({"copies": [scene.copy(ID, json!("at-it"))], "underway": underway(50)})).await;
    let page = scene.shown(at).await;
    for expected in
        ["<b>50 %</b>, 60 MB, 1000 kB a second, ends about", ": restore. Asked for by Ada", "Stop"]
    {
        assert!(page.contains(expected), "{expected:?} is not in:\n{page}");
    }
    assert!(!page.contains("will miss RTO"), "{page}");
    scene.app.clock.advance(time::Duration::hours(3));
    scene.sees(json!({"copies": [], "underway": underway(3)})).await;
    assert!(scene.shown(at).await.contains("will miss RTO by"));

    scene.app.end().await;
}

#[tokio::test]
async fn a_copy_is_shown_with_what_was_found_in_it_and_not_in_another_of_its_number() {
    let scene = Scene::new().await;
    scene.sees(json!({"copies": []})).await;
    let at = scene.app.declare(Kind::Real, 3).await;
    let before = [("deed", "beside"), ("to", "before"), ("at", "4042")];
    assert_eq!(scene.asks(at, ID, &before).await, StatusCode::SEE_OTHER);
    let check = |found: &str, good: bool| json!({"name": "Users are there", "expected": "> 0", "found": found, "good": good, "plan": "users"});
    let checks = json!({"checks": [check("42", true), check("0", false)]});
    scene.reports((ID, 1), "succeeded", "copy 7 shows all", checks).await;
    let open = json!({"open": {"at": "0/5000100", "locked": 0}});
    scene.sees(json!({"copies": [scene.copy(ID, open)]})).await;
    let compare = [("deed", "compare"), ("copy", "7")];
    assert_eq!(scene.asks(at, OTHER, &compare).await, StatusCode::SEE_OTHER);
    let differ = json!({"database": "shop", "table": "public.orders", "live": {"counted": 5}, "copy": {"counted": 125}});
    let differ = json!({"differences": {"differ": [differ], "compared": 9}});
    scene.reports((OTHER, 1), "succeeded", "1 of 9 tables differ", differ).await;
    let page = scene.shown(at).await;
    for expected in [
        "Copy 7: before transaction 4042",
        "open, read-only",
        "3 commits behind that",
        "psql -h /run/copy -U postgres postgres",
        "0, expected &#62; 0",
        "Compared with now, 1 of 9 tables with more or fewer rows in the copy",
        "+120",
        "One commit later",
    ] {
        assert!(page.contains(expected), "{expected:?} is not in:\n{page}");
    }
    assert!(scene.told(at).await.contains("is done: copy 7 shows all"));

    scene.app.clock.advance(time::Duration::MINUTE);
    scene.sees(json!({"copies": [scene.copy(THIRD, json!("asleep"))]})).await;
    let page = scene.shown(at).await;
    assert!(
        !page.contains("+120") && !page.contains("0, expected"),
        "another has its number: {page}"
    );
    assert!(page.contains("its server does not run") && page.contains("Start it again"), "{page}");
    for _ in 0..4 {
        scene.app.clock.advance(time::Duration::seconds(30));
        scene.app.work().await; // somebody listens
    }
    let silent = scene.shown(at).await;
    assert!(silent.contains("its agent is not heard: type the lines on its host"), "{silent}");
    assert!(!silent.contains("form=\"remove-"), "nothing can be pressed: {silent}");
    scene.app.mails().await;
    scene.app.end().await;
}

#[tokio::test]
async fn a_button_of_one_database_is_none_of_anothers_on_the_same_site() {
    let scene = Scene::new().await;
    let at = scene.app.declare(Kind::Real, 3).await;
    let open = json!({"open": {"at": "0/5000100", "locked": 0}});
    for name in ["main", "other", "x'; y"] {
        scene.sees(json!({"name": name, "copies": [scene.copy(ID, open.clone())]})).await;
    }
    let page = scene.shown(at).await;
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let twice = |id: &&&str| ids.iter().filter(|other| other == id).count() > 1;
    let twice: Vec<_> = ids.iter().filter(twice).collect();
    assert!(page.matches("Copy 7: before transaction 4042").count() == 3, "{page}");
    assert!(twice.is_empty(), "{twice:?}");
    scene.app.end().await;
}

#[tokio::test]
async fn what_is_stopped_is_taken_back_or_ended_by_an_order_of_its_own() {
    let scene = Scene::new().await;
    scene.sees(json!({"copies": []})).await;
    let at = scene.app.declare(Kind::Real, 3).await;
    let stop =
        async |id: &str| scene.ada.post(&format!("{}/{id}/stop", path(at)), &[]).await.status;
    let latest = [("deed", "beside"), ("to", "latest")];
    assert_eq!(scene.asks(at, ID, &latest).await, StatusCode::SEE_OTHER);
    assert_eq!(stop(ID).await, StatusCode::SEE_OTHER);
    assert_eq!(scene.fetch("c").await, None, "it had not been fetched");
    assert_eq!(scene.asks(at, OTHER, &latest).await, StatusCode::SEE_OTHER);
    assert!(scene.fetch("c").await.is_some());
    assert_eq!(stop(OTHER).await, StatusCode::SEE_OTHER);
    assert_eq!(stop(OTHER).await, StatusCode::CONFLICT, "that goes on already");
    assert_eq!(scene.fetch("d").await.unwrap()["task"], json!({"stop": {"order": OTHER}}));
    scene.reports((OTHER, 1), "withdrawn", "stopped, as Ada Lovelace asked", Value::Null).await;
    assert_eq!(stop(OTHER).await, StatusCode::SEE_OTHER, "it is taken back");
    assert_eq!(scene.fetch("e").await, None, "once");
    assert!(scene.shown(at).await.contains("stopped, as Ada Lovelace asked"));
    let told = scene.told(at).await;
    assert!(
        told.contains("On main: took back the restore") && told.contains("stops the restore"),
        "{told}"
    );

    let elsewhere = scene.app.declare(Kind::Real, 3).await;
    let of_other = format!("{}/{OTHER}/stop", path(elsewhere));
    assert_eq!(scene.ada.post(&of_other, &[]).await.status, StatusCode::NOT_FOUND);
    scene.app.end().await;
}

#[tokio::test]
async fn what_can_not_be_asked_is_refused_where_it_was_typed_and_nothing_reaches_the_agent() {
    let scene = Scene::new().await;
    let at = scene.app.declare(Kind::Real, 3).await;
    let latest = [("deed", "beside"), ("to", "latest")];
    assert!(scene.shown(at).await.contains("its agent is of an earlier release"));
    assert_eq!(scene.asks(at, ID, &latest).await, StatusCode::CONFLICT, "an old agent");
    scene.sees(json!({"copies": []})).await;
    for (fields, words) in [
        ([("deed", "beside"), ("to", "time"), ("at", "<yesterday>")], "&#60;yesterday&#62;"),
        ([("deed", "beside"), ("to", "before"), ("at", "x")], "a transaction has a number"),
        ([("deed", "beside"), ("to", "lsn"), ("at", "0")], "a position in the log looks like"),
        ([("deed", "beside"), ("to", "point"), ("at", " ")], "type the name of the restore point"),
        ([("deed", "find"), ("to", ""), ("since", "25:99")], "25:99"),
    ] {
        let answer = scene.wants(at, ID, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(answer.body.contains(words), "{words:?} is not in:\n{}", answer.body);
    }
    let by = scene.app.person("ada-lovelace").await;
    let now = scene.app.clock.now();
    incidents::declare_down(&scene.app.db, at, (APART, Outage::Down), None, by, now).await.unwrap();
    scene.sees(json!({"name": "labitory_prod", "copies": []})).await;
    let untouched = scene.wants_of("labitory_prod", at, ID, &latest).await;
    assert_eq!(untouched.status, StatusCode::CONFLICT);
    assert!(untouched.body.contains("mark it as down first"), "{}", untouched.body);
    let other = scene.app.declare(Kind::Real, 3).await;
    assert_eq!(scene.asks(other, ID, &latest).await, StatusCode::SEE_OTHER);
    assert!(scene.fetch("c").await.is_some());
    scene.reports((ID, 1), "succeeded", "done", Value::Null).await;
    let open = json!({"open": {"at": "0/5000100", "locked": 0}});
    scene.sees(json!({"copies": [scene.copy(ID, open)]})).await;
    incidents::step(&scene.app.db, other, Step::FalseAlarm, by, now).await.unwrap();
    assert_eq!(scene.asks(other, OTHER, &latest).await, StatusCode::CONFLICT, "it is over");
    let page = scene.shown(other).await;
    assert!(page.contains("Copy 7") && !page.contains("Find it in the log"), "{page}");
    assert!(!page.contains("One commit later"), "{page}");
    let remove = [("deed", "remove"), ("copy", "7")];
    assert_eq!(scene.asks(other, THIRD, &remove).await, StatusCode::SEE_OTHER, "what is left");
    assert_eq!(scene.fetch("d").await.unwrap()["task"], json!({"remove": {"copy": 7}}));
    let stop = scene.ada.post(&format!("{}/{THIRD}/stop", path(other)), &[]).await;
    assert_eq!(stop.status, StatusCode::CONFLICT, "half a removal is of no use");
    scene.app.end().await;
}
