//! A database's host beside the bed: a cluster, a folder and a bucket for its backups, and the agent's program.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::Bed;
use super::support::host::{AtWork, Host, run};
use super::support::store::Store;

/// It ends with the bed.
pub(super) struct DatabaseHost {
    agent: Option<AtWork>,
    host: Host,
    _store: Store,
}

impl DatabaseHost {
    fn start() -> DatabaseHost {
        let store = Store::start();
        let host = Host::with("--data-checksums");
        let disk = format!("kind = \"folder\"\npath = {:?}\n", host.path("repo"));
        let block = |name: &str, place: &str| format!("[[repository]]\nname = {name:?}\n{place}\n");
        let places = block("disk", &disk) + &block("bucket", &store.block());
        host.keep("conf/agent.toml", &(places + "[limits]\ndisk_floor = \"20 MB\"\n"));
        host.keep("conf/agent.secrets.toml", &store.secrets("bucket"));
        host.configure("archive_mode = on\narchive_command = '/bin/true'\n");
        host.start();
        DatabaseHost { agent: None, host, _store: store }
    }

    /// Closes the folder of backups, or opens it.
    fn repository(&self, mode: u32) -> String {
        set_permissions(self.host.path("repo"), Permissions::from_mode(mode)).unwrap();
        String::new()
    }
}

impl Bed {
    pub(super) fn obey_host(&self, words: &[&str]) -> Result<Value, String> {
        let mut kept = self.host.lock().unwrap();
        if *words == ["starts"] {
            *kept = Some(DatabaseHost::start());
            return Ok(json!({}));
        }
        let kept = kept.as_mut().ok_or("no host was started")?;
        let answer = match words {
            ["joins", code] => {
                kept.host.good(&["join", code]);
                kept.agent = Some(kept.host.at_work());
                String::new()
            }
            ["data"] => kept.host.path("data").display().to_string(),
            ["allows", code] => {
                let allowed = run(&mut kept.host.agent_of_tester(&["allow", "--yes", code]));
                allowed.good.then_some(String::new()).ok_or(allowed.text)?
            }
            ["sql", statement @ ..] => kept.host.sql("postgres", &statement.join(" ")),
            ["repository", "away"] => kept.repository(0o000),
            ["repository", "back"] => kept.repository(0o700),
            _ => return Err(format!("no host does {words:?}")),
        };
        Ok(json!({ "answer": answer }))
    }
}
