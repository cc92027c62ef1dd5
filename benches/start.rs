//! How long a start takes, and what an idle Muster holds.

use std::time::{Duration, Instant};

use crate::ROUNDS;
use crate::figures::{Figures, say};
use crate::site::Folder;

/// How long it is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(10);

pub(crate) async fn run() {
    let mut first = Vec::new();
    let mut again = Vec::new();
    let mut idle = Vec::new();
    for _ in 0..ROUNDS {
        let folder = Folder::new();
        first.push(start(&folder).0);
        folder.settle();
        let (seconds, server) = start(&folder);
        again.push(seconds);
        tokio::time::sleep(IDLE).await;
        idle.push(server.memory("VmRSS"));
    }
    say("first start, its Postgres made", &format!("{} s", Figures::new(first).words(2)));
    say("cold start", &format!("{} s", Figures::new(again).words(2)));
    let words = format!("{} MiB, its Postgres not counted", Figures::new(idle).words(0));
    say("idle memory", &words);
}

fn start(folder: &Folder) -> (f64, crate::site::Server) {
    let begun = Instant::now();
    let mut server = folder.serve(None);
    server.ready();
    (begun.elapsed().as_secs_f64(), server)
}
