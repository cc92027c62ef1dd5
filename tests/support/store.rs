//! A store that speaks S3 behind TLS, with one bucket.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use muster::config::Surroundings;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::certificate::Issued;

/// The store; it ends with this.
pub struct Store {
    folder: TempDir,
    moto: Child,
    nginx: Child,
    port: u16,
    key: String,
    pub secret: String,
}

impl Store {
    pub fn start() -> Store {
        let around = Surroundings::of_this_process().unwrap();
        let named = |name: &str| around.variable(name).map(PathBuf::from);
        let cache =
            named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache"))).unwrap();
        let mut moto = Command::new(cache.join("muster-tests/store/bin/python"))
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/store/store.py"))
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

    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What the host's owner writes into `agent.toml` in place of a folder.
    pub fn block(&self) -> String {
        let (port, certificate) = (self.port, self.certificate());
        format!(
            "kind = \"s3\"\nendpoint = \"localhost\"\nbucket = \"muster\"\nregion = \"us-east-1\"\n\
             port = {port}\nca_file = {certificate:?}\npath = \"/hosts/db1\"\n"
        )
    }

    /// What is typed where key and secret are asked for.
    pub fn typed(&self) -> String {
        format!("{}\n{}\n", self.key, self.secret)
    }

    /// Where it is, for a form's fields.
    pub fn words(&self) -> Value {
        json!({ "port": self.port.to_string(), "certificate": self.certificate() })
    }

    /// What opens it for the repository of that name.
    pub fn secrets(&self, repository: &str) -> String {
        let (key, secret) = (&self.key, &self.secret);
        format!("[[repository]]\nname = {repository:?}\nkey = {key:?}\nsecret = {secret:?}\n")
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
