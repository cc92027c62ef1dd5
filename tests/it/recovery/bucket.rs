//! A bucket of a real store behind TLS: takes backups that are proved, and is named in words where it fails.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use muster::config::Surroundings;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use tempfile::TempDir;

use super::scene::Host;
use crate::support::certificate::Issued;

/// The store; it ends with this.
struct Store {
    folder: TempDir,
    moto: Child,
    nginx: Child,
    port: u16,
    key: String,
    secret: String,
}

impl Store {
    fn start() -> Store {
        let around = Surroundings::of_this_process().unwrap();
        let named = |name: &str| around.variable(name).map(PathBuf::from);
        let cache =
            named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache"))).unwrap();
        let mut moto = Command::new(cache.join("muster-tests/store/bin/python"))
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/recovery/bucket/store.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the tests' store is installed (scripts/install-test.sh)");
        let mut line = String::new();
        BufReader::new(moto.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        let [behind, key, secret] = words[..] else { panic!("the store says {line:?}") };
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let nginx = nginx(&folder, port, behind);
        Store { folder, moto, nginx, port, key: key.to_owned(), secret: secret.to_owned() }
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What the host's owner writes into `agent.toml` in place of a folder.
    fn block(&self) -> String {
        let (port, certificate) = (self.port, self.certificate());
        format!(
            "kind = \"s3\"\nendpoint = \"localhost\"\nbucket = \"muster\"\nregion = \"us-east-1\"\n\
             port = {port}\nca_file = {certificate:?}\npath = \"/hosts/db1\"\n"
        )
    }

    fn secrets(&self, secret: &str) -> String {
        format!("[[repository]]\nname = \"disk\"\nkey = {:?}\nsecret = {secret:?}\n", self.key)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.nginx.id().cast_signed()), Signal::SIGTERM); // and its workers
        let _ = self.nginx.wait();
        let _ = self.moto.kill();
        let _ = self.moto.wait();
    }
}

/// Ends TLS, in which the store itself does not speak to the engine's liking.
fn nginx(folder: &TempDir, port: u16, behind: &str) -> Child {
    let issued = Issued::new();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("ca.pem"), &issued.certificate).unwrap();
    std::fs::write(at("key.pem"), &issued.key).unwrap();
    let user = if geteuid().is_root() { "user root;" } else { "" };
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};\n", at(name)));
    let settings = format!(
        "daemon off; pid {}; error_log stderr; {user}\nevents {{ }}\nhttp {{ access_log off;\n{}server {{\n\
         listen 127.0.0.1:{port} ssl; ssl_certificate {}; ssl_certificate_key {}; client_max_body_size 0;\n\
         location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_set_header Host $http_host; }} }} }}\n",
        at("pid"),
        folders.concat(),
        at("ca.pem"),
        at("key.pem")
    );
    std::fs::write(at("nginx.conf"), settings).unwrap();
    let mut nginx = Command::new("/usr/sbin/nginx");
    nginx
        .args(["-e", "stderr", "-c", &at("nginx.conf")])
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let nginx = nginx.spawn().expect("nginx is installed (scripts/install-test.sh)");
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "nginx does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    nginx
}

#[test]
fn a_bucket_takes_backups_that_are_proved_and_what_is_wrong_with_it_is_said_in_words() {
    let store = Store::start();
    let host = Host::archiving();
    let settings = host.path("conf/agent.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let folder = format!("kind = \"folder\"\npath = {:?}\n", host.path("repo"));
    let whole = text.replace(&folder, &store.block());
    std::fs::write(&settings, &whole).unwrap();
    assert!(host.bad(&["check"]).contains("no key and secret for the bucket “disk”"));
    let secrets = host.keep("conf/agent.secrets.toml", &store.secrets(&store.secret));

    let said = host.good(&["check"]);
    assert!(said.contains("s3://muster/hosts/db1 at localhost answers"), "{said}");
    host.good(&["backup", "main"]);
    host.sql("postgres", "create table t as select 1 as x");
    host.sql("postgres", "select pg_switch_wal()");
    let deadline = Instant::now() + Duration::from_secs(20);
    while host.points()["exposure"]["state"] != "nothing" {
        assert!(Instant::now() < deadline, "{}", host.points());
    }
    let said = host.good(&["prove", "main"]);
    assert!(said.contains("Verified: 20") && !said.contains(&store.secret), "{said}");
    let config = host.state("repositories/disk/pgbackrest.conf");
    assert!(std::fs::read_to_string(&config).unwrap().contains(&store.secret));
    assert_eq!(config.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let said_by_all = |expected: &str| {
        for deed in [&["check"][..], &["points", "main"], &["backup", "main"]] {
            let said = host.bad(deed);
            assert!(said.contains(expected), "{deed:?}: {expected:?} is not in:\n{said}");
            assert!(!said.contains(&store.secret), "no secret is ever shown: {said}");
        }
    };
    let key = host.state("repositories/disk/key");
    std::fs::rename(&key, host.path("key")).unwrap();
    said_by_all("is missing");
    assert!(!key.exists(), "no second key is made");
    std::fs::rename(host.path("key"), &key).unwrap();
    host.keep("conf/agent.secrets.toml", &store.secrets("wrong"));
    said_by_all("its key or secret is wrong");
    host.keep("conf/agent.secrets.toml", &store.secrets(&store.secret));
    std::fs::set_permissions(&secrets, PermissionsExt::from_mode(0o640)).unwrap();
    said_by_all("it holds secrets");
    host.keep("conf/agent.secrets.toml", &store.secrets(&store.secret));
    std::fs::write(&settings, whole.replace("bucket = \"muster\"", "bucket = \"none\"")).unwrap();
    said_by_all("there is no such bucket");
    let ca = format!("ca_file = {:?}\n", store.certificate());
    std::fs::write(&settings, whole.replace(&ca, "")).unwrap();
    assert!(host.bad(&["check"]).contains("is not trusted"));
    std::fs::write(&settings, &whole).unwrap();
    host.good(&["check"]);
    host.stop("fast"); // while it still can archive
    let secret = store.secret.clone();
    drop(store);
    let said = host.bad(&["points", "main"]);
    assert!(said.contains("it can't be reached") && !said.contains(&secret), "{said}");
}
