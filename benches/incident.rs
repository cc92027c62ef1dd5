//! An incident's pages with a long timeline.

use muster::actions::entries::{self, Written};
use muster::domain::id::{EntryId, IncidentId};
use muster::domain::incident::Kind;

use crate::ROUNDS;
use crate::figures::{Figures, say};
use crate::site::{Site, until};
use crate::support::browser::Browser;
use crate::wrk::load;

const NOTES: usize = 2000;
const SECONDS: u32 = 3;
/// How often a page is read to count the rows that it costs.
const READINGS: i64 = 20;

pub(crate) async fn run() {
    let site = Site::start(None).await;
    let id = site.declare(Kind::Real, 3).await;
    write_notes(&site, id, NOTES).await;
    let ada = site.signed_in().await;
    for (name, path) in [("incident page", ""), ("its timeline", "/timeline")] {
        measure(&site, &ada, (name, &format!("/incidents/{id}{path}"))).await;
    }
    weigh(&ada, &format!("/incidents/{id}")).await;
}

pub(crate) async fn write_notes(site: &Site, id: IncidentId, count: usize) {
    let by = site.ada().await;
    for number in 1..=count {
        let now = site.now();
        let text =
            format!("Note {number}: the replica is behind by {number} seconds and catches up.");
        let written = Written { id: EntryId::new(now), text, occurred_at: None };
        entries::note(&site.db, id, written, by, now).await.unwrap();
    }
}

async fn measure(site: &Site, ada: &Browser, (name, path): (&str, &str)) {
    let url = format!("{}{path}", site.url);
    let cookie = format!("Cookie: __Host-muster={}", ada.session.as_deref().unwrap());
    let (mut alone, mut slowest, mut many) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let load =
            |connections| load(&url, connections, SECONDS, (None, std::slice::from_ref(&cookie)));
        let one = load(1);
        alone.push(one.median);
        slowest.push(one.p99);
        many.push(load(50).rate);
    }
    let (alone, slowest) = (Figures::new(alone), Figures::new(slowest));
    let words = format!("p50 {} ms, p99 {} ms", alone.words(1), slowest.words(1));
    say(&format!("{name}, one in flight"), &words);
    say(&format!("{name}, 50 in flight"), &format!("{} a second", Figures::new(many).words(0)));
    let rows = rows_read(site, ada, path).await;
    say(&format!("{name}, rows of entries read"), &format!("{rows:.0}"));
}

/// Rows of entries and their bodies that one reading of a page costs, as Postgres counts them.
async fn rows_read(site: &Site, ada: &Browser, path: &str) -> i64 {
    let before = settled_count(site).await;
    for _ in 0..READINGS {
        assert_eq!(ada.get(path).await.status, 200);
    }
    (settled_count(site).await - before) / READINGS
}

/// Postgres adds up what idle connections did only after some seconds.
async fn settled_count(site: &Site) -> i64 {
    let (mut last, mut same) = (0, 0);
    until(async || {
        let sql = "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
                   from pg_stat_user_tables where relname in ('entries', 'entry_bodies')";
        let count: i64 = sqlx::query_scalar(sql).fetch_one(site.db.pool().unwrap()).await.unwrap();
        same = if count == last { same + 1 } else { 0 };
        last = count;
        same > 1100
    })
    .await;
    last
}

/// What a browser loads for the page the first time.
async fn weigh(ada: &Browser, path: &str) {
    let page = ada.get(path).await;
    let kib = |bytes: usize| bytes / 1024;
    let mut all = page.bytes.len();
    let linked = page.body.split(['"', ' ']).filter(|one| one.starts_with("/static/"));
    for asset in linked.collect::<std::collections::BTreeSet<_>>() {
        all += ada.get(asset).await.bytes.len();
    }
    let words = format!("{} KiB, {} KiB with what it links", kib(page.bytes.len()), kib(all));
    say("weight", &words);
}
