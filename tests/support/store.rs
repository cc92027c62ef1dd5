//! A store behind TLS: one that speaks S3 with one bucket, or one that speaks as Azure's do with one container.

use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::certificate::Issued;
use super::program::installed;

/// The store; it ends with this.
pub struct Store {
    kind: Kind,
    folder: TempDir,
    program: Child,
    nginx: Child,
    port: u16,
    key: String,
    pub secret: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    S3,
    Azure,
}

impl Store {
    /// One that speaks S3.
    pub fn start() -> Store {
        let mut moto = Command::new(installed("store/bin/python"));
        moto.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/store/store.py"));
        Store::of(Kind::S3, moto)
    }

    /// One that speaks as Azure's do.
    pub fn azure() -> Store {
        let mut azurite = Command::new("node");
        azurite.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/azurite/store.mjs"));
        azurite.arg(installed("azurite"));
        Store::of(Kind::Azure, azurite)
    }

    fn of(kind: Kind, mut program: Command) -> Store {
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let started = program.spawn();
        let mut program =
            started.expect("the tests' stores are installed (scripts/install-test.sh)");
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        let [behind, key, secret] = words[..] else { panic!("the store says {line:?}") };
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let nginx = nginx(&folder, port, behind);
        let (key, secret) = (key.to_owned(), secret.to_owned());
        Store { kind, folder, program, nginx, port, key, secret }
    }

    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What the host's owner writes into `agent.toml` in place of a folder.
    pub fn block(&self) -> String {
        let Store { kind, port, key, .. } = self;
        let of_kind = match kind {
            Kind::S3 => "kind = \"s3\"\nbucket = \"muster\"\nregion = \"us-east-1\"\n".to_owned(),
            Kind::Azure => format!("kind = \"azure\"\naccount = {key:?}\ncontainer = \"muster\"\n"),
        };
        format!(
            "{of_kind}endpoint = \"localhost\"\nport = {port}\nca_file = {:?}\npath = \"/hosts/db1\"\n",
            self.certificate()
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
        let opens = match self.kind {
            Kind::S3 => format!("key = {key:?}\nsecret = {secret:?}\n"),
            Kind::Azure => format!("key = {secret:?}\n"),
        };
        format!("[[repository]]\nname = {repository:?}\n{opens}")
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.nginx.id().cast_signed()), Signal::SIGTERM); // and its workers
        let _ = self.nginx.wait();
        let _ = self.program.kill();
        let _ = self.program.wait();
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
