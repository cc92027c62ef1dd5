//! What an agent adds: to a backup and a proof of a database with some substance, until an order arrives, and what
//! an idle one holds.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use muster::actions::sites;
use muster::domain::agent::order::Event;
use muster::domain::id::OrderId;
use muster::domain::recovery::Evidence;
use serde::Deserialize;

use crate::ROUNDS;
use crate::figures::{Figures, say};
use crate::site::{Site, until};
use crate::support::browser::Browser;

/// Rows that a proof reads, beside Muster's own.
const ROWS: u32 = 3_000_000;
/// How long the agent is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What the agent keeps of an order.
#[derive(Deserialize)]
struct Kept {
    events: Vec<Event>,
}

/// One order, from the press to its end.
struct Done {
    arrived: f64,
    took: f64,
    engine: f64,
}

pub(crate) async fn run() {
    let site = Site::start(None).await;
    let fill =
        format!("create table filler as select n, md5(n::text) from generate_series(1, {ROWS}) n");
    sqlx::query(sqlx::AssertSqlSafe(fill)).execute(site.db.pool().unwrap()).await.unwrap();
    let ada = site.signed_in().await;
    ada.post("/recovery/own", &[]).await;
    let page = database(&site).await;
    until(async || ada.get(&page).await.body.contains("1 restore")).await;
    tokio::time::sleep(IDLE).await;
    let idle = memory(&state(&site));

    let (mut backups, mut proofs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        backups.push(order(&site, &ada, (&page, "full-backup")).await);
        proofs.push(order(&site, &ada, (&page, "prove")).await);
    }
    let arrived = backups.iter().chain(&proofs).map(|done| done.arrived * 1000.0);
    say(
        "an order reaches an idle agent",
        &format!("{} ms", Figures::new(arrived.collect()).words(0)),
    );
    for (what, done) in [("a full backup", &backups), ("a proof", &proofs)] {
        let all = |of: fn(&Done) -> f64| Figures::new(done.iter().map(of).collect()).words(2);
        say(what, &format!("{} s", all(|it| it.took)));
        say("", &format!("of it Muster's own {} s", all(|it| it.took - it.engine)));
    }
    say("memory of an idle agent", &format!("{idle:.0} MiB"));
}

/// The page of Muster's own database, once its agent has told of it.
async fn database(site: &Site) -> String {
    let mut page = None;
    until(async || {
        let all = sites::list(&site.db, site.now()).await.unwrap();
        page = all.first().map(|it| format!("/recovery/sites/{}/databases/muster", it.site.id));
        page.is_some()
    })
    .await;
    page.unwrap()
}

async fn order(site: &Site, ada: &Browser, (page, task): (&str, &str)) -> Done {
    let id = OrderId::new(site.now());
    let file = state(site).join(format!("orders/{id}.json"));
    let begun = Instant::now();
    ada.post(&format!("{page}/orders"), &[("id", &id.to_string()), ("task", task)]).await;
    while !file.exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the order did not arrive");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let arrived = begun.elapsed().as_secs_f64();
    let mut engine = Watched::default();
    let events = loop {
        engine.look();
        let kept = std::fs::read(&file).ok().and_then(|it| serde_json::from_slice(&it).ok());
        if let Some(Kept { events }) = kept
            && events.last().is_some_and(|last| !last.state.goes_on())
        {
            break events;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    };
    let [first, .., last] = events.as_slice() else { panic!("{events:?}") };
    let took = (last.at - first.at).as_seconds_f64();
    let engine = if task == "prove" { steps(site) } else { engine.lasted() };
    Done { arrived, took, engine }
}

/// How long the engine was seen at a backup, by what the kernel says of it.
#[derive(Default)]
struct Watched {
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Watched {
    fn look(&mut self) {
        if processes().any(|(_, line)| line.contains("pgbackrest") && line.ends_with("\0backup\0"))
        {
            let now = Instant::now();
            self.first.get_or_insert(now);
            self.last = Some(now);
        }
    }

    fn lasted(&self) -> f64 {
        let (first, last) = (self.first.unwrap(), self.last.unwrap());
        (last - first).as_secs_f64()
    }
}

/// Of the newest proof, the time from its first step to its last: engines, server, and the reading.
fn steps(site: &Site) -> f64 {
    let files = std::fs::read_dir(state(site).join("evidence")).unwrap().flatten();
    let files =
        files.map(|file| file.path()).filter(|it| it.extension().is_some_and(|end| end == "json"));
    let all = files
        .map(|file| serde_json::from_slice::<Evidence>(&std::fs::read(file).unwrap()).unwrap());
    let newest = all.max_by_key(|it| it.began).unwrap();
    let (first, last) = (newest.steps.first().unwrap(), newest.steps.last().unwrap());
    (last.end - first.start).as_seconds_f64()
}

fn state(site: &Site) -> PathBuf {
    site.folder.data().join("agent")
}

/// MiB that the agent holds which keeps its things there.
fn memory(state: &Path) -> f64 {
    let state = state.display().to_string();
    let (id, _) = processes().find(|(_, line)| line.split('\0').any(|word| word == state)).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().split(' ').next().unwrap().parse::<f64>().unwrap() / 1024.0
}

fn processes() -> impl Iterator<Item = (String, String)> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let ids = entries.filter_map(|it| it.file_name().into_string().ok());
    let ids = ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
    ids.filter_map(|id| Some((std::fs::read_to_string(format!("/proc/{id}/cmdline")).ok()?, id)))
        .map(|(line, id)| (id, line))
}
