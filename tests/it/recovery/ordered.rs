//! Copies beside the database that lives, ordered from the incident by a browser and made by an agent at work.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hyper::StatusCode;
use muster::domain::incident::Kind;
use serde_json::Value;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::host::{AtWork, Host};
use crate::support::program::script;

const BOUND: Duration = Duration::from_secs(120);
/// The engine itself, which waits before a restore until a file is there.
const GATED: &str = "#!/bin/sh\ncase \" $* \" in *\" restore \"*) while [ ! -e GATE ]; do sleep 0.05; done;; esac\n\
                     PATH=${PATH#*:}\nexec pgbackrest \"$@\"\n";

/// A database with an agent at work, under an incident that touches it.
struct Scene {
    app: TestApp,
    ada: Browser,
    host: Host,
    agent: Option<AtWork>,
    path: String,
    /// The page of its site.
    site: String,
    incident: String,
}

impl Scene {
    async fn new() -> Scene {
        let (app, ada) = TestApp::on_plan().await;
        let host = Host::archiving();
        host.sql(
            "postgres",
            "create table small as select g as id, md5(g::text) as v from generate_series(1, 1000) g",
        );
        host.good(&["backup", "main"]);
        let site = host.join(&ada).await;
        let incident = app.declare(Kind::Real, 3).await.to_string();
        let path = format!("/incidents/{incident}/restore");
        Scene { app, ada, host, agent: None, path, site, incident }
    }

    /// What restores waits until the gate is there.
    async fn gated(&mut self) {
        let engines = self.host.folder("gated");
        let text = GATED.replace("GATE", &self.gate().display().to_string());
        script(&engines.join("pgbackrest"), &text);
        self.agent = Some(self.host.at_work_by(&engines));
        self.shows("Find it in the log").await;
        within(BOUND, async || !self.page().await.contains("its agent is")).await;
    }

    fn gate(&self) -> PathBuf {
        self.host.path("gate")
    }

    async fn at_work(&mut self) {
        self.agent = Some(self.host.at_work());
        within(BOUND, async || {
            let page = self.page().await;
            page.contains("Find it in the log") && !page.contains("its agent is")
        })
        .await;
    }

    async fn page(&self) -> String {
        self.ada.get(&self.path).await.body
    }

    async fn shows(&self, words: &str) {
        within(BOUND, async || self.page().await.contains(words)).await;
    }

    /// A copy is open again, and this is said of it.
    async fn rests_with(&self, words: &str) {
        within(BOUND, async || {
            let page = self.page().await;
            page.contains("open, read-only") && page.contains(words)
        })
        .await;
    }

    /// Presses what a form or button sends; its identity is made by the page.
    async fn asks(&self, fields: &[(&str, &str)]) {
        let page = self.page().await;
        let site = value(&page, "site");
        let id = value(&page, "id");
        let own = [("id", id.as_str()), ("site", site.as_str()), ("database", "main")];
        let answer = self.ada.post(&self.path, &[&own, fields].concat()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }

    async fn timeline(&self) -> String {
        self.ada.get(&format!("/incidents/{}/timeline", self.incident)).await.body
    }

    async fn end(self) {
        if let Some(agent) = self.agent {
            agent.end();
        }
        self.app.end().await;
    }
}

/// The first value of that name on a page.
fn value(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    page.split_once(&field).unwrap().1.split('"').next().unwrap().to_owned()
}

/// Where a copy is read, as its page says it.
fn socket(page: &str) -> PathBuf {
    page.split_once("psql -h ").unwrap().1.split(" -U").next().unwrap().into()
}

fn copies(host: &Host) -> usize {
    std::fs::read_dir(host.state("restored/main")).into_iter().flatten().count()
}

const ROWS: &str = "select count(*) from small";

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_deleted_come_back_beside_by_what_is_pressed_on_the_incident() {
    let mut scene = Scene::new().await;
    scene.at_work().await;
    let host = &scene.host;
    let bad = "begin; delete from small where id < 100; select pg_current_xact_id(); commit";
    let bad = host.sql("postgres", bad);
    host.sql("postgres", "insert into small values (1001, 'good')");

    scene.asks(&[("deed", "find"), ("table", "small")]).await;
    scene.shows("1 transaction changed or removed rows of small in postgres").await;
    let page = scene.page().await;
    assert!(page.contains("99 rows deleted") && page.contains("Restore to before it"), "{page}");
    scene.asks(&[("deed", "beside"), ("to", "before"), ("at", &bad)]).await;
    scene.shows("open, read-only").await;
    let page = scene.page().await;
    let copy = socket(&page);
    assert_eq!(host.sql_at(&copy, "postgres", ROWS), "1000");
    assert!(page.contains(&format!("Copy 1: before transaction {bad}")), "{page}");
    assert!(page.contains("2 commits behind that") && page.contains("One commit later"), "{page}");
    evidence_names(host, &scene.incident);

    scene.asks(&[("deed", "compare"), ("copy", "1")]).await;
    scene.shows("Compared with now, 1 of 1 table with more or fewer rows in the copy").await;
    assert!(scene.page().await.contains("+98"), "99 back, and one less");
    let page = scene.page().await;
    let next = value(page.split_once("id=\"later-").unwrap().1, "at");
    scene.asks(&[("deed", "later"), ("copy", "1"), ("to", "time"), ("at", &next)]).await;
    scene.rests_with("1 commit behind that").await;
    assert_eq!(host.sql_at(&copy, "postgres", ROWS), "901", "one commit later it is gone");
    scene.asks(&[("deed", "later"), ("copy", "1"), ("to", "latest")]).await;
    scene.rests_with("no commit that was in the log").await;
    assert_eq!(host.sql_at(&copy, "postgres", ROWS), "902");
    scene.asks(&[("deed", "beside"), ("to", "time"), ("at", "2026-01-01 00:00:00 UTC")]).await;
    scene.shows("before the oldest recovery point").await;
    let note = host.state("restored/main/1/copy.json");
    let text = std::fs::read(&note).unwrap();
    std::fs::write(&note, "{").unwrap();
    let database = format!("{}/databases/main", scene.site);
    within(BOUND, async || scene.ada.get(&database).await.body.contains("copies beside it")).await;
    std::fs::write(&note, text).unwrap();
    scene.rests_with("no commit that was in the log").await;
    scene.asks(&[("deed", "remove"), ("copy", "1")]).await;
    within(BOUND, async || !scene.page().await.contains("Copy 1:")).await;
    assert_eq!(copies(host), 0);

    within(BOUND, async || scene.timeline().await.contains("is done: copy 1 is removed")).await;
    let told = scene.timeline().await;
    for expected in [
        "On main: asked for a search of the log for what changed rows of small",
        "1 transaction found",
        &format!("asked for a restore beside the live one, to before transaction {bad}"),
        "is done: copy 1 shows all until before transaction",
        "it lacks 2 commits",
        "1 of 1 table differ",
    ] {
        assert!(told.contains(expected), "{expected:?} is not in:\n{told}");
    }
    scene.end().await;
}

/// Each restore says for which incident and by whom it was asked for.
fn evidence_names(host: &Host, incident: &str) {
    let file = std::fs::read_dir(host.state("restores")).unwrap().flatten().map(|it| it.path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|it| it == "json"));
    let evidence: Value = serde_json::from_slice(&std::fs::read(file.unwrap()).unwrap()).unwrap();
    assert_eq!(
        (&evidence["incident"], &evidence["requester"], &evidence["drill"]),
        (&incident.into(), &"Ada Lovelace".into(), &false.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn restores_run_side_by_side_and_one_that_is_stopped_leaves_nothing() {
    let mut scene = Scene::new().await;
    scene.gated().await;
    let lsn = scene.host.sql("postgres", "select pg_create_restore_point('here')");
    scene.host.archive_a_segment();

    scene.asks(&[("deed", "beside"), ("to", "latest")]).await;
    scene.asks(&[("deed", "beside"), ("to", "lsn"), ("at", &lsn)]).await;
    within(BOUND, async || scene.page().await.matches(": restore. Asked for by Ada").count() == 2)
        .await;
    assert_eq!(copies(&scene.host), 2, "at once, not one after the other");
    let page = scene.page().await;
    let stop = page.split("action=\"").find_map(|rest| {
        let action = rest.split('"').next()?;
        action.ends_with("/stop").then(|| action.to_owned())
    });
    assert_eq!(scene.ada.post(&stop.unwrap(), &[]).await.status, StatusCode::SEE_OTHER);
    scene.shows("stopped, as Ada Lovelace asked; nothing is left of it").await;
    within(BOUND, async || copies(&scene.host) == 1).await;
    std::fs::write(scene.gate(), "").unwrap();
    scene.shows("open, read-only").await;
    let told = scene.timeline().await;
    assert!(
        told.contains("On main: stops the restore") && told.contains("was taken back"),
        "{told}"
    );
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_goes_to_its_end_and_is_told_though_muster_is_away_meanwhile() {
    let mut scene = Scene::new().await;
    scene.gated().await;
    scene.asks(&[("deed", "beside"), ("to", "latest")]).await;
    scene.shows(": restore. Asked for by Ada").await;

    scene.app.database(false).await;
    std::fs::write(scene.gate(), "").unwrap();
    let note = scene.host.state("restored/main/1/copy.json");
    within(BOUND, async || is_paused(&note)).await;
    scene.app.database(true).await;
    scene.shows("open, read-only").await;
    within(BOUND, async || scene.timeline().await.contains("is done: copy 1 shows all")).await;
    scene.end().await;
}

fn is_paused(note: &Path) -> bool {
    std::fs::read_to_string(note).is_ok_and(|text| text.contains("\"paused\""))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_restore_whose_agent_was_killed_nothing_is_left_and_of_one_that_was_there_nothing_is_lost()
 {
    let mut scene = Scene::new().await;
    scene.gated().await;
    scene.asks(&[("deed", "beside"), ("to", "latest")]).await;
    scene.shows(": restore. Asked for by Ada").await;
    drop(scene.agent.take());
    std::fs::write(scene.gate(), "").unwrap();

    scene.app.clock.advance(time::Duration::MINUTE); // until then no other process than the killed one is heard
    scene.at_work().await;
    scene.shows("the agent ended while it restored; nothing is left of it; ask again").await;
    assert_eq!(copies(&scene.host), 0);
    scene.asks(&[("deed", "beside"), ("to", "latest")]).await;
    scene.shows("open, read-only").await;
    within(BOUND, async || scene.timeline().await.contains("is done: copy 1 shows all")).await;
    drop(scene.agent.take());
    let order = forget_its_end(&scene.host);
    scene.app.clock.advance(time::Duration::MINUTE);
    scene.at_work().await;
    scene.shows("open, read-only").await;
    within(BOUND, async || said(&order).contains("before it had looked at it")).await;
    assert_eq!(scene.host.sql_at(&socket(&scene.page().await), "postgres", ROWS), "1000");
    scene.end().await;
}

/// As if the agent had been killed when the copy was there, and before it had noted so; gives the order's files.
fn forget_its_end(host: &Host) -> [PathBuf; 2] {
    let files = std::fs::read_dir(host.state("orders")).unwrap().flatten().map(|it| it.path());
    let over = files.filter(|path| path.extension().is_some_and(|it| it == "over"));
    let over = over.max_by_key(|path| path.metadata().unwrap().modified().unwrap()).unwrap();
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&over).unwrap()).unwrap();
    kept["events"].as_array_mut().unwrap().truncate(1);
    let open = over.with_extension("json");
    std::fs::write(&over, kept.to_string()).unwrap();
    std::fs::rename(&over, &open).unwrap();
    [open, over]
}

fn said(order: &[PathBuf; 2]) -> String {
    order.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect()
}
