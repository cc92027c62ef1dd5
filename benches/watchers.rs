//! Ten thousand who watch one timeline.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use muster::domain::id::IncidentId;
use muster::domain::incident::Kind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::figures::{Figures, say};
use crate::incident::write_notes;
use crate::site::{Site, until};

const WATCHERS: usize = 10_000;
/// Different people, so that looking whether they may still see costs what it costs.
const SESSIONS: usize = 100;
const NOTES: usize = 20;
const BETWEEN: Duration = Duration::from_secs(1);
/// What stands in each note once, and in no entry of Muster's own.
const ENTRY: &str = "the replica is behind by";

pub(crate) async fn run() {
    let site = Site::start(None).await;
    let id = site.declare(Kind::Real, 3).await;
    let head = site.head(id).await;
    let (told, mut heard) = mpsc::unbounded_channel();
    let open = Arc::new(AtomicUsize::new(0));
    for number in 0..SESSIONS {
        let session = Arc::new(site.signed_in().await.session.unwrap());
        for _ in 0..WATCHERS / SESSIONS {
            let request = request(&site, (id, head), &session);
            let (told, open) = (told.clone(), Arc::clone(&open));
            tokio::spawn(watch(address(&site), request, told, open));
        }
        let wanted = (number + 1) * (WATCHERS / SESSIONS);
        until(async || open.load(Ordering::Relaxed) >= wanted).await;
    }
    let idle = site.server().memory("VmRSS");
    let mut waits = Vec::new();
    for number in 1..=NOTES {
        tokio::time::sleep(BETWEEN).await;
        let begun = Instant::now();
        write_notes(&site, id, 1).await;
        for got in 0..WATCHERS {
            let at: Instant = tokio::time::timeout(Duration::from_secs(60), heard.recv())
                .await
                .unwrap_or_else(|_| panic!("of note {number} only {got} watchers heard"))
                .unwrap();
            waits.push(at.duration_since(begun).as_secs_f64() * 1000.0);
        }
    }
    let waits = Figures::new(waits);
    let (median, p99, last) = (waits.median(), waits.part(0.99), waits.part(1.0));
    say("note to watcher", &format!("p50 {median:.0} ms, p99 {p99:.0} ms, last {last:.0} ms"));
    let peak = site.server().memory("VmHWM");
    say("memory of muster serve", &format!("{idle:.0} MiB while idle, {peak:.0} MiB at most"));
}

fn address(site: &Site) -> SocketAddr {
    site.url.strip_prefix("http://").unwrap().parse().unwrap()
}

fn request(site: &Site, (id, head): (IncidentId, i64), session: &str) -> String {
    let host = address(site);
    format!(
        "GET /incidents/{id}/live?since={head} HTTP/1.1\r\nhost: {host}\r\n\
         cookie: __Host-muster={session}\r\n\r\n"
    )
}

/// Says when each entry came.
async fn watch(
    address: SocketAddr,
    request: String,
    told: mpsc::UnboundedSender<Instant>,
    open: Arc<AtomicUsize>,
) {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
    let (mut buffer, mut carried, mut begun) = ([0; 4096], String::new(), false);
    loop {
        let Ok(read @ 1..) = tcp.read(&mut buffer).await else { return }; // the bench is over, or misses it
        let text = String::from_utf8_lossy(&buffer[..read]);
        if !begun {
            assert!(text.starts_with("HTTP/1.1 200"), "{text}");
            begun = true;
            open.fetch_add(1, Ordering::Relaxed);
        }
        carried.push_str(&text);
        for _ in carried.matches(ENTRY) {
            let _ = told.send(Instant::now()); // the bench may have ended
        }
        let kept = carried.rfind(ENTRY).map_or(0, |at| at + ENTRY.len());
        carried = carried.split_off(
            kept.max(carried.floor_char_boundary(carried.len().saturating_sub(ENTRY.len()))),
        );
    }
}
