//! nginx, serving the same bytes under the same headers from a file, sendfile and open-file cache on.

use std::net::TcpListener;
use std::process::{Child, Command};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::support::browser::Answer;

/// A running nginx; ends when dropped.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) url: String,
    _folder: TempDir,
}

impl Nginx {
    /// Serves this answer at `/status`, on one core.
    pub(crate) async fn serve(answer: &Answer, core: u32) -> Nginx {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        std::fs::write(folder.path().join("files/status"), &answer.bytes).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let own = ["content-type", "content-length", "date"];
        let headers: String = answer
            .headers
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()))
            .map(|(name, value)| {
                format!("add_header {name} {};\n", quoted(value.to_str().unwrap()))
            })
            .collect();
        let kind = answer.headers["content-type"].to_str().unwrap();
        let user = if nix::unistd::geteuid().is_root() { "user root;" } else { "" };
        let settings = format!(
            "daemon off; worker_processes 1; {user} pid {root}/pid; error_log {root}/log;
             events {{ worker_connections 1024; }}
             http {{
               access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; etag off;
               open_file_cache max=100 inactive=1h; open_file_cache_valid 1h;
               client_body_temp_path {root}/1; proxy_temp_path {root}/2; fastcgi_temp_path {root}/3;
               uwsgi_temp_path {root}/4; scgi_temp_path {root}/5;
               server {{
                 listen 127.0.0.1:{port}; root {root}/files;
                 location / {{ types {{ }} default_type '{kind}'; add_header Last-Modified '';
                 {headers} }}
               }}
             }}"
        );
        let path = folder.path().join("nginx.conf");
        std::fs::write(&path, settings).unwrap();
        let child = Command::new("taskset")
            .args(["-c", &core.to_string(), "nginx", "-e", "stderr", "-c"])
            .arg(&path)
            .spawn()
            .expect("nginx is missing; make bench installs it");
        let nginx = Nginx { child, url: format!("http://127.0.0.1:{port}"), _folder: folder };
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::task::yield_now().await;
        }
        nginx
    }
}

/// A value as nginx's settings have it; some of ours hold marks of both kinds.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\\\""))
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}
