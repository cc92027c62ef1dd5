//! The agent as its host's owner starts it: joins by the line from the page, is heard, and ends when told.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use muster::secrets::KeyRing;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};

use super::scene::Folder;
use crate::servers::process::within;
use crate::support::app::PASSWORD;
use crate::support::browser::Browser;
use crate::support::program::{MUSTER, executable};

/// Nobody's: an agent never runs as root, and tests may.
const OWNER: u32 = 65_534;

/// A host apart from Muster's own folder.
struct Host {
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl Host {
    fn new() -> Host {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("muster");
        executable(MUSTER.as_ref(), &program); // where every user may start it
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        if geteuid().is_root() {
            chown(folder.path().join("home"), Some(OWNER), Some(OWNER)).unwrap();
        }
        Host { program, folder }
    }

    fn agent(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        let home = self.folder.path().join("home");
        command.env_clear().env("PATH", env!("PATH")).arg("agent").args(words);
        command.env("MUSTER_AGENT_STATE", home.join("state")).current_dir(home);
        if geteuid().is_root() {
            command.uid(OWNER).gid(OWNER);
        }
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.agent(words).output().unwrap()
    }

    fn start(&self) -> Child {
        self.agent(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_joins_by_the_line_from_the_page_is_heard_and_ends_when_told() {
    let (folder, host) = (Folder::new(), Host::new());
    folder.settle();
    let mut muster = folder.serve();
    let url = muster.line("Muster is ready at ");
    let ring = KeyRing::load(&folder.beside("keyring")).unwrap();
    let address = url.trim_start_matches("http://").parse().unwrap();
    let ada = Browser::of(address, &ring).sign_in("ada@example.org", PASSWORD).await;

    let early = host.run(&["run"]);
    assert_eq!(early.status.code(), Some(1));
    assert!(said(&early).contains("no agent has joined"), "{}", said(&early));
    let site = ada.post("/recovery/sites", &[("name", "db1")]).await.location;
    let page = ada.post(&format!("{site}/code"), &[]).await.body;
    let line = page.split_once("muster agent ").unwrap().1.split('<').next().unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let joined = host.run(&words);
    assert!(said(&joined).contains("as the agent of the site “db1”"), "{}", said(&joined));
    let again = host.run(&words);
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again).contains("was used"), "{}", said(&again));

    let mut running = host.start();
    within(Duration::from_secs(60), async || ada.get(&site).await.body.contains("Runs as")).await;
    kill(Pid::from_raw(i32::try_from(running.id()).unwrap()), Signal::SIGTERM).unwrap();
    assert!(running.wait().unwrap().success());
    muster.terminate();
    assert_eq!(muster.ended(), 0);
}

#[test]
fn as_root_it_says_how_to_run_it() {
    if geteuid().is_root() {
        let refused = Command::new(MUSTER).args(["agent", "run"]).output().unwrap();

        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused).contains("sudo -u postgres"), "{}", said(&refused));
    }
}
