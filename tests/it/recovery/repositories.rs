//! Two repositories: each is kept whole, and one that is away keeps nothing from the other.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use hyper::StatusCode;
use serde_json::Value;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::host::{Host, run};

const BOUND: Duration = Duration::from_secs(60);
const ID: &str = "01930000-0000-7000-8000-00000000c001";

fn one() -> Host {
    let host = Host::with("--data-checksums");
    host.archive_by("state/databases/main/archive.conf");
    host
}

/// An owner drafts a second one, called disk-2, and the host's owner allows it; gives the draft's page.
async fn second(ada: &Browser, host: &Host, site: &str) -> String {
    let (form, folder) = (format!("{site}/repository"), host.path("other").display().to_string());
    within(BOUND, async || ada.get(&form).await.body.contains("So far they go to disk")).await;
    let drafted = ada.post(&form, &[("where", "folder"), ("folder", &folder)]).await;
    assert_eq!(drafted.status, StatusCode::SEE_OTHER, "{}", drafted.body);
    let page = ada.get(&drafted.location).await.body;
    let code = page.split_once(" allow ").unwrap().1.split('<').next().unwrap();
    let allowed = run(&mut host.agent_of_tester(&["allow", "--yes", code]));
    assert!(allowed.good && allowed.text.contains("+name = \"disk-2\""), "{}", allowed.text);
    assert!(
        !allowed.text.contains("[[database]]\n+") && !allowed.text.contains("alter system"),
        "{}",
        allowed.text
    );
    drafted.location
}

/// Where a repository's newest full backup reaches without a hole.
fn reach(host: &Host, repository: &str) -> Option<String> {
    let points = host.points_in(repository);
    let full = points["points"].as_array()?.iter().rfind(|it| it["kind"] == "full")?;
    full["gap"].is_null().then(|| full["unbroken_until"].as_str().map(str::to_owned))?
}

#[tokio::test(flavor = "multi_thread")]
async fn one_allowed_beside_the_first_is_kept_whole_and_at_one_press_takes_over_from_one_that_is_away()
 {
    let (app, ada) = TestApp::on_plan().await;
    let host = one();
    host.start();
    let site = host.join(&ada).await;
    let agent = host.at_work();
    let added = second(&ada, &host, &site).await;
    let path = format!("{site}/databases/main");
    let page = async || ada.get(&path).await.body;
    let both = |one: &Option<String>| one.is_some() && *one == reach(&host, "disk-2");
    within(BOUND, async || both(&reach(&host, "disk"))).await; // by the schedule, and the log is copied onward
    let name = host.archive_a_segment();
    within(BOUND, async || reach(&host, "disk-2").as_ref() == Some(&name)).await;
    within(BOUND, async || page().await.contains("Archive here first")).await;
    within(BOUND, async || ada.get(&added).await.body.contains("disk-2 is in use and verified"))
        .await;
    let proved = |it: &Value| (it["repository"].clone(), it["holds"].clone());
    let mut proofs: Vec<_> = host.evidence().iter().map(proved).collect();
    proofs.sort_by_key(|(repository, _)| repository.to_string());
    assert_eq!(proofs, [("disk".into(), true.into()), ("disk-2".into(), true.into())]);

    let closed = |mode| std::fs::set_permissions(host.path("repo"), Permissions::from_mode(mode));
    closed(0o000).unwrap();
    host.sql("postgres", "create table t as select 1");
    let lost = host.sql("postgres", "select pg_walfile_name(pg_switch_wal())");
    within(BOUND, async || page().await.contains("muster agent lead main disk-2")).await;
    let asked = [("id", ID), ("task", "lead"), ("repository", "disk-2")];
    let nowhere = [("id", ID), ("task", "lead"), ("repository", "elsewhere")];
    assert_eq!(ada.post(&format!("{path}/orders"), &nowhere).await.status, StatusCode::CONFLICT);
    let done = ada.post(&format!("{path}/orders"), &asked).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    within(BOUND, async || page().await.contains("Postgres archives to disk-2 now")).await;
    host.sql("postgres", "insert into t values (2)");
    host.sql("postgres", "select pg_switch_wal()"); // what failed is tried again now
    within(BOUND, async || reach(&host, "disk-2").is_some_and(|it| it >= lost)).await;
    within(BOUND, async || page().await.contains("<b>nothing</b>")).await;

    closed(0o700).unwrap();
    within(BOUND, async || reach(&host, "disk").is_some_and(|it| it >= lost)).await;
    agent.end();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_hand_a_backup_brings_its_log_along_and_a_fixed_command_is_named() {
    let host = one();
    host.add_repository("other");
    host.start();
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
