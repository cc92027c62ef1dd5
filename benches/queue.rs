//! The queue beside one-row commits of pgbench on the same Postgres, and what a page waits for.

use std::io::Write;
use std::process::Command;
use std::time::Instant;

use muster::actions::mail_source::MailSource;
use muster::actions::paging::Links;
use muster::clock::Clock;
use muster::db::Db;
use muster::domain::id::DeliveryId;
use muster::pulse::Pulse;
use muster::queue::{self, Job, Urgency};
use muster::secrets::KeyRing;
use muster::store::migrations;
use muster::worker::{self, Toolbox};
use sqlx::AssertSqlSafe;
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;

use crate::ROUNDS;
use crate::figures::{Figures, compare, say};
use crate::site::{Folder, Site, until};

/// As many as the worker of one process has connections.
const CLIENTS: &str = "16";
const SECONDS: &str = "3";
const JOBS: i64 = 10_000;
const NOTICES: i64 = 100_000;
const SINGLES: usize = 300;
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(60);

pub(crate) async fn run() {
    let site = Site::start(None).await;
    let pool = site.db.pool().unwrap();
    sqlx::query("create database bench").execute(pool).await.unwrap();
    let bench = Bench::on(&site.folder).await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(pgbench(&site.folder));
        ours.push(bench.jobs_a_second(JOBS).await);
    }
    compare("jobs done by one worker", "a second", (&ours, ("pgbench", &theirs)));
    bench.singles().await;
    bench.page_among_notices().await;
}

/// Commits of one row each, a second.
fn pgbench(folder: &Folder) -> f64 {
    let mut script = tempfile::NamedTempFile::new().unwrap();
    script.write_all(b"insert into bench_rows (words) values ('one row');\n").unwrap();
    let socket = folder.data().join("run");
    let done = Command::new("pgbench")
        .args(["-n", "-c", CLIENTS, "-j", "1", "-T", SECONDS, "-U", "muster", "-h"])
        .arg(socket)
        .arg("-f")
        .arg(script.path())
        .arg("bench")
        .output()
        .expect("pgbench is missing; make bench installs it");
    let said = String::from_utf8_lossy(&done.stdout);
    let rate = said.split_once("tps = ").unwrap_or_else(|| panic!("{said}")).1;
    rate.split(' ').next().unwrap().parse().unwrap()
}

/// A database of its own, and the worker's own loop over it. Its jobs name deliveries that are
/// gone: each is claimed, looked at and settled, and nothing is mailed.
struct Bench {
    toolbox: Toolbox,
    _ring: tempfile::TempDir,
}

impl Bench {
    async fn on(folder: &Folder) -> Bench {
        let db = Db::away();
        db.reached(folder.postgres("bench"), CLIENTS.parse().unwrap());
        let pool = db.pool().unwrap();
        migrations::apply(pool).await.unwrap();
        let table = "create table bench_rows (id bigserial primary key, words text)";
        sqlx::query(table).execute(pool).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::of_host();
        let ring = KeyRing::create(&folder.path().join("keyring"), clock.now()).unwrap();
        let toolbox = Toolbox {
            db,
            clock,
            links: Links::new(ring.clone(), "http://muster.test"),
            mail: MailSource::of_page(ring, None),
            pulse: Pulse::default(),
            worked: Pulse::default(),
        };
        Bench { toolbox, _ring: folder }
    }

    async fn jobs_a_second(&self, count: i64) -> f64 {
        self.fill(count).await;
        let begun = Instant::now();
        self.work_until(async || self.waiting().await == 0).await;
        #[allow(clippy::cast_precision_loss, reason = "a rate")]
        let rate = count as f64 / begun.elapsed().as_secs_f64();
        rate
    }

    /// How long a job that is put while nothing else is done waits until it is settled.
    async fn singles(&self) {
        let begun = self.toolbox.clock.now();
        self.work_until(async || {
            for _ in 0..SINGLES {
                self.put(Urgency::Page(1)).await;
                until(async || self.waiting().await == 0).await;
            }
            true
        })
        .await;
        let waits = Figures::new(self.waits_since(begun).await);
        let words = format!("p50 {:.1} ms, p99 {:.1} ms", waits.median(), waits.part(0.99));
        say("put to settled, nothing else to do", &words);
    }

    async fn page_among_notices(&self) {
        let begun = Instant::now();
        self.fill(NOTICES).await;
        say("100,000 notices put", &format!("in {:.1} s", begun.elapsed().as_secs_f64()));
        let begun = Instant::now();
        self.work_until(async || {
            until(async || self.waiting().await < NOTICES / 2).await;
            let born = self.toolbox.clock.now();
            self.put(Urgency::Page(1)).await;
            let mut waits = Vec::new();
            until(async || {
                waits = self.waits_since(born).await;
                !waits.is_empty()
            })
            .await;
            say("a page born in their middle", &format!("settled after {:.0} ms", waits[0]));
            until(async || self.waiting().await == 0).await;
            true
        })
        .await;
        say("100,000 notices settled", &format!("in {:.1} s", begun.elapsed().as_secs_f64()));
    }

    /// Runs the worker until something holds, and ends it.
    async fn work_until(&self, holds: impl AsyncFnMut() -> bool) {
        let stop = CancellationToken::new();
        let worker = tokio::spawn(worker::run(self.toolbox.clone(), stop.clone()));
        until(holds).await;
        stop.cancel();
        worker.await.unwrap();
    }

    async fn put(&self, urgency: Urgency) {
        let now = self.toolbox.clock.now();
        let job = Job::SendDelivery { delivery: DeliveryId::new(now) };
        let put = self.toolbox.db.transaction(DEADLINE, async |conn| {
            queue::enqueue(conn, (&job, urgency), now, now).await
        });
        put.await.unwrap();
    }

    async fn fill(&self, count: i64) {
        let sql = format!(
            "insert into jobs (id, kind, args, dedup_key, run_at, created_at)
             select id, 'send-delivery', jsonb_build_object('format', 1, 'delivery', id), id, $1, $1
             from (select gen_random_uuid() as id from generate_series(1, {count})) as new"
        );
        let now = self.toolbox.clock.now();
        self.run(&sql, now - Duration::minutes(1)).await;
    }

    async fn run(&self, sql: &str, at: OffsetDateTime) {
        let query = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(at);
        query.execute(self.toolbox.db.pool().unwrap()).await.unwrap();
    }

    async fn waiting(&self) -> i64 {
        let sql = "select count(*) from jobs where state in ('ready', 'running')";
        sqlx::query_scalar(sql).fetch_one(self.toolbox.db.pool().unwrap()).await.unwrap()
    }

    /// Milliseconds from put to settled of the jobs put since then.
    async fn waits_since(&self, since: OffsetDateTime) -> Vec<f64> {
        let sql = "select extract(epoch from finished_at - created_at)::float8 * 1000 from jobs
                   where created_at >= $1 and state = 'done'";
        let query = sqlx::query_scalar(sql).bind(since);
        query.fetch_all(self.toolbox.db.pool().unwrap()).await.unwrap()
    }
}
