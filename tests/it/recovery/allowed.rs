//! From nothing to a verified point: drafted on a page, allowed on the host, and then by itself.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use hyper::StatusCode;

use super::scene::{Host, run};
use crate::servers::process::within;
use crate::support::app::TestApp;

const BOUND: std::time::Duration = std::time::Duration::from_secs(90);
const STANDING: &str =
    "# Ours: ask Grace.\n\n[limits] # the disk is small\ndisk_floor = \"20 MB\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_allowed_on_the_host_and_the_agent_protects_and_proves_by_itself() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::with("--data-checksums");
    let config = host.keep("conf/agent.toml", STANDING);
    host.configure("archive_mode = on\narchive_command = '/bin/true'\n");
    host.start();
    let site = host.join(&ada).await;
    let agent = host.at_work();
    let (data, backups) = (host.path("data").display().to_string(), host.path("backups"));
    let choice = format!("{site}/protect?cluster={data}");
    within(BOUND, async || ada.get(&choice).await.body.contains("What it is called")).await;

    let folder = backups.display().to_string();
    let form = [
        ("cluster", data.as_str()),
        ("name", "main"),
        ("user", "owner"),
        ("where", "folder"),
        ("folder", &folder),
    ];
    let drafted = ada.post(&format!("{site}/protect"), &form).await;
    assert_eq!(drafted.status, StatusCode::SEE_OTHER, "{}", drafted.body);
    let page = async || ada.get(&drafted.location).await.body;
    let line = page().await;
    let code = line.split_once(" allow ").unwrap().1.split('<').next().unwrap().to_owned();

    // what a Muster that fell to somebody else might offer
    for (hostile, said) in [
        ("'{database,name}', '\"x\\\"\\nstart = [\\\"/bin/sh\\\"]\"'", "not one that Muster makes"),
        ("'{database,data_dir}', '\"/etc\"'", "belongs to root"),
    ] {
        app.tamper("create table if not exists kept as select * from drafts").await;
        app.tamper(&format!("update drafts set draft = jsonb_set(draft, {hostile})")).await;
        let refused = run(&mut host.agent_of_tester(&["allow", "--yes"]));
        assert!(!refused.good && refused.text.contains(said), "{}", refused.text);
        assert_eq!(fs::read_to_string(&config).unwrap(), STANDING);
        app.tamper("update drafts set draft = kept.draft from kept").await;
    }
    let shown = host.bad(&["allow", "--print"]);
    for expected in [
        "--- ",
        "+[[database]]\n+name = \"main\"",
        " disk_floor = \"20 MB\"\n",
        "made in Muster by Ada Lovelace",
        "alter system set archive_command = 'pgbackrest --config=",
        "stays open",
    ] {
        assert!(shown.contains(expected), "{expected:?} is not in {shown}");
    }
    assert!(!shown.contains("archive_mode = on"), "it is on: {shown}");

    let allowed = run(&mut host.agent_of_tester(&["allow", "--yes", &code]));
    assert!(allowed.good, "{}", allowed.text);
    assert!(
        allowed.text.contains("Set.") && !allowed.text.contains("restart it"),
        "{}",
        allowed.text
    );
    let text = fs::read_to_string(&config).unwrap();
    assert!(
        text.starts_with(STANDING) && text.contains("[[repository]]\nname = \"disk\""),
        "{text}"
    );
    let owner = |path: &std::path::Path| {
        (path.metadata().unwrap().uid(), path.metadata().unwrap().mode() & 0o777)
    };
    assert_eq!(owner(&config), (host.path("data").metadata().unwrap().uid(), 0o600), "as it was");
    assert_eq!(owner(&backups), (host.path("data").metadata().unwrap().uid(), 0o700));
    assert!(host.sql("postgres", "show archive_command").starts_with("pgbackrest "));
    assert!(host.bad(&["allow"]).contains("no draft is open for the site “db1”"));
    assert!(page().await.contains("allowed "));

    within(BOUND, async || page().await.contains("main is protected and verified")).await;
    let choice = format!("{site}/protect");
    within(BOUND, async || ada.get(&choice).await.body.contains("protected already, as main"))
        .await;
    assert_eq!(host.evidence()[0]["holds"], true);
    agent.end();
    app.end().await;
}
