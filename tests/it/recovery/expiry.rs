//! What is old goes, and nothing that a kept backup needs.

use hyper::StatusCode;
use muster::clock::Clock;
use muster::domain::id::IncidentId;
use muster::domain::incident::Kind;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::host::Host;

const BOUND: std::time::Duration = std::time::Duration::from_secs(60);

/// Keeps so many full backups, however old they are.
fn keeping(fulls: u32) -> Host {
    let host = Host::archiving();
    let file = host.path("conf/agent.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}keep_days = 0\nkeep_fulls = {fulls}\n")).unwrap();
    host
}

fn labels(host: &Host) -> Vec<String> {
    let points = host.points()["points"].clone();
    points.as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn old_backups_go_with_what_builds_on_them_and_their_log_and_the_rest_restores() {
    let host = keeping(1);
    host.good(&["backup", "main"]);
    let first_log = host.archive_a_segment();
    host.good(&["backup", "main"]);
    assert!(host.good(&["expire", "main"]).contains("Nothing is old enough"));
    host.good(&["backup", "main", "--full"]);
    let before = labels(&host);
    assert_eq!(before.len(), 3);

    let said = host.good(&["expire", "main", "--dry-run"]);
    assert!(said.contains(&format!("would go  {} and 1 backup on it", before[0])), "{said}");
    assert_eq!(labels(&host), before, "a dry run removes nothing");
    let said = host.good(&["expire", "main"]);
    assert!(said.contains(&format!("gone      {}", before[0])), "{said}");
    assert_eq!(labels(&host), before[2..]);
    assert_eq!(host.segment(&first_log), None, "its log is gone with it");
    let counts = std::fs::read_dir(host.state("databases/main/counts")).unwrap().count();
    assert_eq!(counts, 1, "and what was noted of it");
    host.good(&["prove", "main"]);
}

/// The cluster is promoted, backed up, and rolled back to the branch before. The engine would take the
/// log of that branch along with the first backup's: it goes by the names, timeline first.
#[test]
fn the_log_of_a_kept_branch_does_not_go_with_an_abandoned_one() {
    let host = keeping(1);
    host.good(&["backup", "main"]);
    host.stop("fast");
    host.copy_cluster("data", "aside");
    host.keep("data/standby.signal", "");
    host.start();
    host.sql("postgres", "select pg_promote()");
    host.sql("postgres", "checkpoint");
    host.good(&["backup", "main", "--full"]);
    host.stop("fast");
    std::fs::remove_dir_all(host.path("data")).unwrap();
    std::fs::rename(host.path("aside"), host.path("data")).unwrap();
    host.start();
    host.good(&["backup", "main", "--full"]);
    let before = labels(&host);
    assert_eq!(before.len(), 3);

    host.good(&["expire", "main"]);
    assert_eq!(
        labels(&host),
        before[2..],
        "the abandoned one first, so that the oldest could follow"
    );
    host.good(&["prove", "main"]);
}

/// The incident was none, and a person lets go of what it held.
async fn let_go(owner: &Browser, incident: IncidentId, path: &str) {
    let press = async |path: String, fields: &[(&str, &str)]| {
        let answer = owner.post(&path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    };
    press(format!("/incidents/{incident}/phase"), &[("step", "false-alarm")]).await;
    let page = owner.get(path).await.body;
    assert!(page.contains("Held by the incident"), "{page}");
    let hold = page.split_once("/holds/").unwrap().1.split('/').next().unwrap();
    press(format!("{path}/holds/{hold}/end"), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_holds_all_until_a_person_lets_go_and_without_muster_nothing_goes() {
    let (app, ada) = TestApp::on_plan().await;
    let host = keeping(1);
    host.good(&["backup", "main"]);
    host.good(&["backup", "main", "--full"]);
    host.good(&["prove", "main"]);
    let site = host.join(&ada).await;
    // what is old is reckoned by the clock that is behind, which is this Muster's own
    app.clock.advance(Clock::of_host().now() - app.clock.now());
    let incident = app.declare(Kind::Real, 3).await;
    let path = format!("{site}/databases/main");
    let agent = host.at_work();
    within(BOUND, async || ada.get(&path).await.body.contains("Old backups")).await;
    let said = host.bad(&["expire", "main"]);
    assert!(said.contains("nothing of “main” is removed: held by the incident"), "{said}");
    agent.end();
    assert_eq!(labels(&host).len(), 2);
    app.clock.advance(time::Duration::MINUTE); // so that another process of it may speak

    let_go(&ada, incident, &path).await;
    let agent = host.at_work();
    within(BOUND, async || labels(&host).len() == 1).await;
    agent.end();

    host.good(&["backup", "main", "--full"]);
    host.good(&["prove", "main"]); // until then the one before stays
    app.end().await;
    let said = host.bad(&["expire", "main"]);
    assert!(said.contains("nothing of “main” is removed"), "{said}");
    assert_eq!(labels(&host).len(), 2);
}

/// There is no backup that could be held, so what is said is said of the dumps.
#[tokio::test(flavor = "multi_thread")]
async fn dumps_are_held_too_by_an_incident_and_by_a_muster_that_does_not_answer() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::with("--no-sync");
    host.start();
    host.add_to_settings("keep_days = 0\nkeep_fulls = 1\n");
    for _ in 0..2 {
        host.good(&["dump", "main"]);
    }
    let path = format!("{}/databases/main", host.join(&ada).await);
    app.clock.advance(Clock::of_host().now() - app.clock.now());
    let incident = app.declare(Kind::Real, 3).await;
    let agent = host.at_work();
    within(BOUND, async || ada.get(&path).await.body.contains("Old backups")).await;
    agent.end();
    let dumps = || host.run(&["points", "main"]).text.matches("logical dump").count();

    let said = host.bad(&["expire", "main"]);
    assert!(said.contains("nothing of “main” is removed: held by the incident"), "{said}");
    assert_eq!(dumps(), 2);
    let_go(&ada, incident, &path).await;
    host.good(&["expire", "main"]);
    assert_eq!(dumps(), 1);

    host.good(&["dump", "main"]);
    app.end().await;
    let said = host.bad(&["expire", "main"]);
    assert!(said.contains("nothing of “main” is removed"), "{said}");
    assert_eq!(dumps(), 2);
}
