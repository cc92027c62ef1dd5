//! The previous release beside the tables of this one, as two programs. `scripts/previous-release.sh`
//! builds it from the history, and runs this.

use hyper::StatusCode;
use muster::domain::id::IncidentId;
use muster::secrets::KeyRing;
use time::OffsetDateTime;

use crate::servers::process::{Server, Shared};
use crate::support::app::PASSWORD;
use crate::support::browser::Browser;
use crate::support::cluster::Cluster;
use crate::support::program::MUSTER;
use crate::support::smtp::Sink;

const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/labitory.toml");

/// Somebody who was invited by the old program signs in to a server.
async fn signed_in(server: &Server, shared: &Shared) -> Browser {
    let ring = KeyRing::load(&shared.ring).unwrap();
    Browser::of(server.address, &ring).sign_in("ada@example.org", PASSWORD).await
}

/// Declares there, and waits until the page has left, whoever sends it.
async fn declare(browser: &Browser, sink: &Sink, now: OffsetDateTime) {
    let id = IncidentId::new(now).to_string();
    let before = sink.mails().len();
    let fields = [("id", id.as_str()), ("kind", "real"), ("level", "1")];
    let answer = browser.post("/incidents", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    for path in ["", "/timeline", "/messages"] {
        let page = browser.get(&format!("/incidents/{id}{path}")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
    }
    sink.wait_for(before + 1).await;
}

#[tokio::test]
#[ignore = "scripts/previous-release.sh builds the program that it needs"]
#[expect(clippy::disallowed_methods, reason = "the script says where that program lies")]
async fn it_runs_on_and_restarts_beside_the_tables_of_this_one() {
    let previous = std::env::var("MUSTER_TEST_PREVIOUS").unwrap().into();
    let (cluster, sink) = (Cluster::shared().await, Sink::start().await);
    cluster.create_database("previous").await;
    let folder = tempfile::TempDir::new().unwrap();
    let old = Shared {
        program: previous,
        database: cluster.url("previous"),
        ring: folder.path().join("keyring"),
        smtp: sink.url(),
    };
    let new = Shared { program: MUSTER.into(), ..old.clone() };
    let (clock, mut first) = (muster::clock::Clock::of_host(), Server::start(&old).await);
    old.add_ada();
    assert!(old.run(&["plan", "import", PLAN]).status.success());
    let ada = signed_in(&first, &old).await;
    declare(&ada, &sink, clock.now()).await;

    let mut beside = Server::start(&new).await; // which brings the tables up
    declare(&ada, &sink, clock.now()).await;
    let on_new = signed_in(&beside, &new).await;
    declare(&on_new, &sink, clock.now()).await;
    beside.stop().await;

    declare(&ada, &sink, clock.now()).await;
    first.stop().await;
    let mut restarted = Server::start(&old).await;
    declare(&signed_in(&restarted, &old).await, &sink, clock.now()).await;
    restarted.stop().await;
    for release in [&old, &new] {
        let verified = release.run(&["verify"]);
        assert!(verified.status.success(), "{verified:?}");
    }
    sink.take_mails();
    cluster.drop_database("previous").await;
}
