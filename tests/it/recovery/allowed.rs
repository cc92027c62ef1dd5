//! From nothing to a verified point: drafted on a page, allowed on the host, and then by itself.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use hyper::StatusCode;

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::browser::Browser;
use crate::support::host::{Host, run};

const BOUND: std::time::Duration = std::time::Duration::from_secs(90);
const STANDING: &str =
    "# Ours: ask Grace.\n\n[limits] # the disk is small\ndisk_floor = \"20 MB\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_allowed_on_the_host_and_the_agent_protects_and_proves_by_itself() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::with("--data-checksums");
    host.keep("conf/agent.toml", STANDING);
    host.configure("archive_mode = on\narchive_command = '/bin/true'\n");
    host.start();
    let site = host.join(&ada).await;
    let agent = host.at_work();

    let draft = draft(&ada, &host, &site).await;
    let page = async || ada.get(&draft).await.body;
    nothing_hostile_is_followed(&app, &host).await;
    let line = page().await;
    let code = line.split_once(" allow ").unwrap().1.split('<').next().unwrap();
    allow(&host, code);
    assert!(page().await.contains("allowed "));

    within(BOUND, async || page().await.contains("main is protected and verified")).await;
    let choice = format!("{site}/protect");
    let protected = async || ada.get(&choice).await.body.contains("protected already, as main");
    within(BOUND, protected).await;
    assert_eq!(host.evidence()[0]["holds"], true);
    agent.end();
    app.end().await;
}

/// An owner drafts it, once the agent has found the cluster; gives the draft's page.
async fn draft(ada: &Browser, host: &Host, site: &str) -> String {
    let (data, backups) = (host.path("data"), host.path("shares/backups"));
    let (data, backups) = (data.to_str().unwrap(), backups.to_str().unwrap());
    let choice = format!("{site}/protect?cluster={data}");
    within(BOUND, async || ada.get(&choice).await.body.contains("What it is called")).await;
    let form = [
        ("cluster", data),
        ("name", "main"),
        ("user", "owner"),
        ("where", "folder"),
        ("folder", backups),
    ];
    let drafted = ada.post(&format!("{site}/protect"), &form).await;
    assert_eq!(drafted.status, StatusCode::SEE_OTHER, "{}", drafted.body);
    drafted.location
}

/// What a Muster that fell to somebody else might offer; and a bucket whose keys nobody gives.
async fn nothing_hostile_is_followed(app: &TestApp, host: &Host) {
    app.tamper("create table kept as select * from drafts").await;
    let bucket =
        r#"{"name": "b", "path": "/b", "bucket": {"endpoint": "s", "name": "n", "region": "r"}}"#;
    let bucket = format!("'{{repository}}', '{bucket}'");
    let container =
        r#"'{repository}', '{"name": "c", "path": "/c", "bucket": {"account": "a", "name": "n"}}'"#;
    for (hostile, said) in [
        (r#"'{database,name}', '"x\"\nstart = [\"/bin/sh\"]"'"#, "not one that Muster makes"),
        (r#"'{database,data_dir}', '"/etc"'"#, "belongs to root"),
        (r#"'{database,port}', '1'"#, "the draft says port 1"),
        (
            &bucket,
            "a key id and a secret key are one line each, and not empty; nothing was changed",
        ),
        (container, "one line of base64, as Azure shows it; nothing was changed"),
    ] {
        app.tamper(&format!("update drafts set draft = jsonb_set(draft, {hostile})")).await;
        let refused = run(&mut host.agent_of_tester(&["allow", "--yes"]));
        assert!(!refused.good && refused.text.contains(said), "{said:?}: {}", refused.text);
        let config = host.path("conf/agent.toml");
        assert_eq!(fs::read_to_string(config).unwrap(), STANDING);
        app.tamper("update drafts set draft = kept.draft from kept").await;
    }
    assert!(!host.path("conf/agent.secrets.toml").exists());
}

/// As somebody runs it whose files are closed to all others.
fn masked(command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "umask 077; exec \"$@\"", "sh"]).arg(command.get_program());
    shell.args(command.get_args()).stdin(Stdio::null());
    shell
}

/// The cluster's owner looks, and whoever runs this test allows.
fn allow(host: &Host, code: &str) {
    let shown = host.bad(&["allow", "--print"]);
    for expected in [
        "+[[database]]\n+name = \"main\"",
        " disk_floor = \"20 MB\"\n",
        "made in Muster by Ada Lovelace",
        "alter system set archive_command = 'pgbackrest --config=",
        "stays open",
    ] {
        assert!(shown.contains(expected), "{expected:?} is not in {shown}");
    }
    assert!(!shown.contains("archive_mode = on"), "it is on: {shown}");

    let allowed = run(&mut masked(&host.agent_of_tester(&["allow", "--yes", code])));
    assert!(allowed.good && allowed.text.contains("Set."), "{}", allowed.text);
    assert!(!allowed.text.contains("restart it"), "{}", allowed.text);
    let config = host.path("conf/agent.toml");
    let text = fs::read_to_string(&config).unwrap();
    assert!(text.starts_with(STANDING), "{text}");
    assert!(text.contains("[[repository]]\nname = \"disk\""), "{text}");
    let of = |path: &Path| path.metadata().map(|it| (it.uid(), it.mode() & 0o777)).unwrap();
    let owner = of(&host.path("data")).0;
    assert_eq!(of(&config), (owner, 0o600), "as it was");
    assert_eq!(of(&host.path("shares")).1, 0o755, "or the agent could not enter it");
    assert_eq!(of(&host.path("shares/backups")), (owner, 0o700));
    assert!(host.sql("postgres", "show archive_command").starts_with("pgbackrest "));
    assert!(host.bad(&["allow"]).contains("no draft is open for the site “db1”"));
}
