//! A repository that answers late: that is said before it counts as away.

use crate::servers::process::within;
use crate::support::app::TestApp;
use crate::support::host::Host;
use crate::support::program::script;

const BOUND: std::time::Duration = std::time::Duration::from_secs(90);
/// The engine itself, after a pause; a look asks it four times.
const LATE: &str = "#!/bin/sh\nsleep 6\nPATH=${PATH#*:}\nexec pgbackrest \"$@\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_is_slow_is_named_and_what_lies_in_it_is_known_all_the_same() {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    host.good(&["prove", "main"]);
    let site = host.join(&ada).await;
    let engines = host.folder("late");
    script(&engines.join("pgbackrest"), LATE);
    let agent = host.at_work_by(&engines);
    let page = async || ada.get(&format!("{site}/databases/main")).await.body;

    within(BOUND, async || page().await.contains("s; one of 45 s counts as failed")).await;

    let page = page().await;
    assert!(page.contains("see what else is at work on its disk, share or line"), "{page}");
    assert!(page.contains("1 restore") && !page.contains("can’t be read"), "{page}");
    agent.end();
    app.end().await;
}
