//! A database's host beside the bed: a cluster, a folder for its backups, a store with a bucket, and the agent's program.

use std::fs::{File, Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::Bed;
use super::support::host::{AtWork, Host, run};
use super::support::store::Store;

/// It ends with the bed.
pub(super) struct DatabaseHost {
    agent: Option<AtWork>,
    host: Host,
    store: Store,
}

impl DatabaseHost {
    fn start() -> DatabaseHost {
        let store = Store::start();
        let host = Host::with("--data-checksums");
        let repo = host.path("repo");
        let disk = format!("[[repository]]\nname = \"disk\"\nkind = \"folder\"\npath = {repo:?}\n");
        host.keep("conf/agent.toml", &(disk + "\n[limits]\ndisk_floor = \"20 MB\"\n"));
        host.configure("archive_mode = on\narchive_command = '/bin/true'\n");
        host.start();
        DatabaseHost { agent: None, host, store }
    }

    /// What opens the store is given where it is asked for.
    fn allow(&self, code: &str) -> Result<String, String> {
        let mut allow = self.host.agent_of_tester(&["allow", "--yes", code]);
        let keys = self.host.keep("conf/typed", &self.store.typed());
        let allowed = run(allow.stdin(File::open(keys).unwrap()));
        allowed.good.then(String::new).ok_or(allowed.text)
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
            ["allows", code] => kept.allow(code)?,
            ["store"] => return Ok(kept.store.words()),
            ["sql", statement @ ..] => kept.host.sql("postgres", &statement.join(" ")),
            ["repository", "away"] => kept.repository(0o000),
            ["repository", "back"] => kept.repository(0o700),
            _ => return Err(format!("no host does {words:?}")),
        };
        Ok(json!({ "answer": answer }))
    }
}
