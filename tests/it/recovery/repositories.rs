//! Two repositories: each is kept whole, and one that is away keeps nothing from the other.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use hyper::StatusCode;
use serde_json::Value;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::host::Host;

const BOUND: Duration = Duration::from_secs(60);
const ID: &str = "01930000-0000-7000-8000-00000000c001";

fn two() -> Host {
    let host = Host::with("--data-checksums");
    host.add_repository("other");
    host.archive_by("state/databases/main/archive.conf");
    host.start();
    host
}

/// Where a repository's newest full backup reaches without a hole.
fn reach(host: &Host, repository: &str) -> Option<String> {
    let points = host.points_in(repository);
    let full = points["points"].as_array()?.iter().rfind(|it| it["kind"] == "full")?;
    full["gap"].is_null().then(|| full["unbroken_until"].as_str().map(str::to_owned))?
}

#[tokio::test(flavor = "multi_thread")]
async fn both_are_kept_whole_and_at_one_press_the_other_takes_over_from_one_that_is_away() {
    let (app, ada) = TestApp::on_plan().await;
    let host = two();
    let site = host.join(&ada).await;
    let agent = host.at_work();
    let path = format!("{site}/databases/main");
    let page = async || ada.get(&path).await.body;
    let both = |one: &Option<String>| one.is_some() && *one == reach(&host, "other");
    within(BOUND, async || both(&reach(&host, "disk"))).await; // by the schedule, and the log is copied onward
    let name = host.archive_a_segment();
    within(BOUND, async || reach(&host, "other").as_ref() == Some(&name)).await;
    within(BOUND, async || page().await.contains("Archive here first")).await;
    within(BOUND, async || host.evidence().len() == 2).await;
    let proved = |it: &Value| (it["repository"].clone(), it["holds"].clone());
    let mut proofs: Vec<_> = host.evidence().iter().map(proved).collect();
    proofs.sort_by_key(|(repository, _)| repository.to_string());
    assert_eq!(proofs, [("disk".into(), true.into()), ("other".into(), true.into())]);

    let closed = |mode| std::fs::set_permissions(host.path("repo"), Permissions::from_mode(mode));
    closed(0o000).unwrap();
    host.sql("postgres", "create table t as select 1");
    let lost = host.sql("postgres", "select pg_walfile_name(pg_switch_wal())");
    within(BOUND, async || page().await.contains("muster agent lead main other")).await;
    let asked = [("id", ID), ("task", "lead"), ("repository", "other")];
    let nowhere = [("id", ID), ("task", "lead"), ("repository", "elsewhere")];
    assert_eq!(ada.post(&format!("{path}/orders"), &nowhere).await.status, StatusCode::CONFLICT);
    let done = ada.post(&format!("{path}/orders"), &asked).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    within(BOUND, async || page().await.contains("Postgres archives to other now")).await;
    host.sql("postgres", "insert into t values (2)");
    host.sql("postgres", "select pg_switch_wal()"); // what failed is tried again now
    within(BOUND, async || reach(&host, "other").is_some_and(|it| it >= lost)).await;
    within(BOUND, async || page().await.contains("<b>nothing</b>")).await;

    closed(0o700).unwrap();
    within(BOUND, async || reach(&host, "disk").is_some_and(|it| it >= lost)).await;
    agent.end();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_hand_a_backup_brings_its_log_along_and_a_fixed_command_is_named() {
    let host = two();
    host.good(&["backup", "main"]);
    let said = host.good(&["backup", "main", "--repository", "other"]);
    assert!(said.contains("muster agent prove main --repository other"), "{said}");
    let said = host.bad(&["backup", "main", "--repository", "none"]);
    assert!(said.contains("names no repository “none”; it names disk, other"), "{said}");
    let said = host.good(&["points", "main", "--repository", "other"]);
    assert!(said.contains("This is other alone; see also: --repository disk"), "{said}");
    assert!(host.good(&["lead", "main", "other"]).contains("before to disk"));
    let name = host.sql("postgres", "select pg_walfile_name(pg_switch_wal())");
    host.good(&["backup", "main", "--repository", "disk"]);
    assert!(reach(&host, "disk").is_some_and(|it| it >= name), "copied back by the backup");

    let fixed = host.path("state/repositories/other/pgbackrest.conf");
    let fixed = format!("pgbackrest --config={} --stanza=main archive-push %p", fixed.display());
    host.sql("postgres", &format!("alter system set archive_command = '{fixed}'"));
    host.sql("postgres", "select pg_reload_conf()");
    host.good(&["check"]);
    let said = host.bad(&["lead", "main", "disk"]);
    assert!(said.contains("databases/main/archive.conf --stanza=main"), "{said}");
}
