//! The status page beside nginx, each pinned to a core of its own apart from the load's.

use muster::actions::incidents;
use muster::actions::publishing::{self, Start};
use muster::domain::incident::{Kind, Outage};

use crate::ROUNDS;
use crate::figures::{compare, say};
use crate::nginx::Nginx;
use crate::site::Site;
use crate::support::browser::Answer;
use crate::wrk::load;

/// Where the servers run, and where the load does.
const CORES: (u32, u32) = (0, 1);
const CONNECTIONS: u32 = 50;
const SECONDS: u32 = 3;
const SIZE: usize = 30 * 1024;

pub(crate) async fn run() {
    let site = Site::start(Some(CORES.0)).await;
    publish(&site).await;
    let (page, nginx) = loop {
        let page = site.get("/status").await;
        let nginx = Nginx::serve(&page, CORES.0).await;
        if same(&site, &nginx).await {
            break (page, nginx); // else it was renewed meanwhile
        }
    };
    say("status page", &format!("{} bytes, not compressed", page.bytes.len()));
    beside("while Postgres answers", &site, &nginx);
    site.postgres(nix::sys::signal::Signal::SIGSTOP);
    beside("while Postgres is stopped", &site, &nginx);
    site.postgres(nix::sys::signal::Signal::SIGCONT);
}

fn beside(what: &str, site: &Site, nginx: &Nginx) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let rate = |url: &str| {
            load(&format!("{url}/status"), CONNECTIONS, SECONDS, (Some(CORES.1), &[])).rate
        };
        theirs.push(rate(&nginx.url));
        ours.push(rate(&site.url));
    }
    compare(what, "answers a second", (&ours, ("nginx", &theirs)));
}

/// Publishes updates of one incident until the page is as large as it is to be.
async fn publish(site: &Site) {
    let id = site.declare(Kind::Real, 2).await;
    let down = ("component.booking", Outage::Down);
    let now = site.now();
    incidents::declare_down(&site.db, id, down, Some(now), site.ada().await, now).await.unwrap();
    let mut page = site.get("/status").await;
    while page.bytes.len() < SIZE {
        let desk = publishing::desk(&site.db, id, site.ada().await).await.unwrap();
        let now = site.now();
        let mut update = desk.begin(Start::Last, now);
        update.words = "Bookings fail for some of you. We know why. ".repeat(40);
        if publishing::update(&site.db, id, update, site.ada().await, now).await.is_err() {
            continue; // Muster itself published the plan's first words meanwhile
        }
        page = site.renewed(&page).await;
    }
}

/// Both must say the same, or there is nothing to compare.
async fn same(site: &Site, nginx: &Nginx) -> bool {
    let (ours, theirs) = (site.get("/status").await, site.get_from(&nginx.url, "/status").await);
    let names = |answer: &Answer| {
        let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        names.retain(|name| !["server", "connection", "accept-ranges"].contains(&name.as_str()));
        names.sort();
        names
    };
    assert_eq!(names(&ours), names(&theirs));
    ours.bytes == theirs.bytes
}
