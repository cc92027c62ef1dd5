//! The agent's service, as its host's owner installs it: for the databases' owner, shut in, and shown first.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{Uid, User, geteuid};

use crate::support::program::{MUSTER, executable};

/// The most that systemd's own count of what a service could do may come to, of 100.
const EXPOSURE: &str = "--threshold=20";
/// Where a unit's line, and a command's, each read something else.
const HOSTILE: &str = "it's 5% of \"$HOME\\";
/// The same, as far as systemd starts a program from there.
const PROGRAMS: &str = "5%h of $HOME é";

/// A host with a folder that a database would lie in.
struct Host {
    folder: tempfile::TempDir,
    owner: Uid,
}

impl Host {
    fn new() -> Host {
        let folder = tempfile::tempdir().unwrap();
        let owner = if geteuid().is_root() { Uid::from_raw(1) } else { geteuid() };
        let host = Host { folder, owner };
        let open = |path: &Path| std::fs::set_permissions(path, PermissionsExt::from_mode(0o755));
        open(host.folder.path()).unwrap();
        for name in ["data", "other", "units", PROGRAMS, HOSTILE] {
            std::fs::create_dir(host.path(name)).unwrap();
            chown(host.path(name), Some(owner.as_raw()), None).unwrap();
        }
        executable(Path::new(MUSTER), &host.program()); // where that user may run it
        host.write("unit = \"postgresql@15-main.service\"", "");
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self) -> PathBuf {
        self.path(PROGRAMS).join("muster")
    }

    fn unit(&self) -> String {
        std::fs::read_to_string(self.path("units/muster-agent.service")).unwrap()
    }

    /// An `agent.toml` whose database has these lines, too.
    fn write(&self, lines: &str, more: &str) {
        let text = format!(
            "[[database]]\nname = \"main\"\ndata_dir = {:?}\n{lines}\n{more}\n\
             [[repository]]\nname = \"disk\"\nkind = \"folder\"\npath = {:?}\n",
            self.path("data"),
            self.path("repo 100%"),
        );
        std::fs::write(self.path("agent.toml"), text).unwrap();
    }

    fn install(&self, words: &[&str]) -> (bool, String) {
        let mut command = Command::new(self.program());
        command.env_clear().env("PATH", env!("PATH")).current_dir(self.folder.path());
        command.args(["agent", "--config", "agent.toml", "--state", HOSTILE, "install"]);
        let output = command.args(words).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    }

    fn good(&self, words: &[&str]) -> String {
        let (good, said) = self.install(words);
        assert!(good, "{said}");
        said
    }

    fn bad(&self, words: &[&str]) -> String {
        let (good, said) = self.install(words);
        assert!(!good, "{said}");
        said
    }
}

#[test]
fn systemd_finds_no_fault_in_the_agents_unit_which_is_the_databases_owners_and_stays_shut() {
    let host = Host::new();

    let said = host.good(&["--to", "units"]);

    for expected in ["was written.", " join CODE ", "systemctl enable --now muster-agent"] {
        assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
    }
    let owner = User::from_uid(host.owner).unwrap().unwrap().name;
    assert!(host.unit().contains(&format!("\nUser={owner}\n")), "{}", host.unit());
    for words in [&["verify"][..], &["security", "--offline=true", EXPOSURE]] {
        let unit = host.path("units/muster-agent.service");
        let done = Command::new("systemd-analyze").args(words).arg(&unit).output();
        let done = done.expect("systemd-analyze is installed (apt-get install systemd)");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && said.is_empty(), "{words:?}: {said}\n{}", host.unit());
    }

    let said = host.good(&["--to", "units"]);
    assert!(said.contains("nothing was changed"), "{said}");
    host.write("", "[limits]\nscratch = \"/big\"\n");
    let said = host.good(&["--to", "units"]);
    assert!(said.contains("was written anew") && said.contains("restart muster-agent"), "{said}");
    assert!(!said.contains("polkit") && host.unit().contains("ReadWritePaths=-/big\n"), "{said}");
    let names: Vec<_> = std::fs::read_dir(host.path("units")).unwrap().collect();
    assert_eq!(names.len(), 1, "no draft is left: {names:?}");
}

#[test]
fn what_would_be_installed_is_shown_and_a_unit_that_is_not_ours_stays() {
    let host = Host::new();

    let said = host.good(&["--print"]);

    assert!(said.contains("\nKillMode=process\n") && said.contains("polkit.addRule"), "{said}");
    assert_eq!(std::fs::read_dir(host.path("units")).unwrap().count(), 0);
    let theirs = "[Service]\nExecStart=/bin/true\n";
    std::fs::write(host.path("units/muster-agent.service"), theirs).unwrap();
    let said = host.bad(&["--to", "units"]);
    assert!(said.contains("was not written by muster agent install"), "{said}");
    assert_eq!(host.unit(), theirs);
    let said = host.bad(&["--to", "nowhere"]);
    assert!(said.contains("can't be written") && said.contains("--print"), "{said}");
}

#[test]
fn its_rule_lets_the_agents_user_start_and_stop_the_named_services_and_nothing_else() {
    let host = Host::new();
    let said = host.good(&["--print"]);
    let rule = &said[said.find("polkit.addRule").unwrap()..];
    let owner = User::from_uid(host.owner).unwrap().unwrap().name;

    let asked = |(id, user, verb, unit): (&str, &str, &str, &str)| {
        let script = format!(
            "let rule; const polkit = {{ addRule: (it) => (rule = it), Result: {{ YES: 'yes' }} }};\n{rule}\n\
             const said = {{ verb: {verb:?}, unit: {unit:?} }};\n\
             console.log(rule({{ id: {id:?}, lookup: (key) => said[key] }}, {{ user: {user:?} }}));"
        );
        let said = Command::new("node").args(["-e", &script]).output().unwrap();
        String::from_utf8(said.stdout).unwrap().trim().to_owned()
    };

    let (id, main) = ("org.freedesktop.systemd1.manage-units", "postgresql@15-main.service");
    for verb in ["start", "stop"] {
        assert_eq!(asked((id, &owner, verb, main)), "yes", "{rule}");
    }
    for question in [
        (id, owner.as_str(), "restart", main),
        (id, &owner, "start", "ssh.service"),
        (id, "ada", "start", main),
        ("org.freedesktop.systemd1.manage-unit-files", &owner, "start", main),
    ] {
        assert_eq!(asked(question), "undefined", "{question:?}");
    }
}

#[test]
fn whose_service_it_would_be_must_be_clear_and_never_root() {
    let host = Host::new();
    let other = |data: &Path| format!("[[database]]\nname = \"other\"\ndata_dir = {data:?}\n");

    host.write("", &other(&host.path("nowhere")));
    let said = host.bad(&["--print"]);
    assert!(said.contains("of “other” can't be looked at"), "{said}");
    host.write("", &other(Path::new("/proc")));
    let said = host.bad(&["--print"]);
    assert!(said.contains("belongs to root"), "{said}");
    std::fs::write(host.path("agent.toml"), "").unwrap();
    let said = host.bad(&["--print"]);
    assert!(said.contains("names no database"), "{said}");
    if geteuid().is_root() {
        host.write("", &other(&host.path("other")));
        chown(host.path("other"), Some(2), None).unwrap();
        let said = host.bad(&["--print"]);
        assert!(said.contains("belong to different users (main: daemon, other: bin)"), "{said}");
        chown(host.path("other"), Some(host.owner.as_raw()), None).unwrap();
        chown(host.path("agent.toml"), Some(2), None).unwrap();
        let said = host.bad(&["--print"]);
        assert!(said.contains("neither root nor the agent's user"), "{said}");
        chown(host.path("agent.toml"), Some(host.owner.as_raw()), None).unwrap();
        host.good(&["--print"]);
    }
    host.write("", "");
    let odd = host.path(HOSTILE).join("muster");
    std::fs::hard_link(host.program(), &odd).unwrap();
    let mut command = Command::new(odd);
    command.args(["agent", "--config"]).arg(host.path("agent.toml")).args(["install", "--print"]);
    let refused = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(refused.contains("path holds quotes"), "{refused}");
    std::fs::set_permissions(host.program(), PermissionsExt::from_mode(0o744)).unwrap();
    chown(host.program(), Some(geteuid().as_raw()), None).unwrap();
    let (good, said) = host.install(&["--print"]);
    assert_eq!(good, !geteuid().is_root(), "{said}");
    assert!(good || said.contains("install -m 0755"), "{said}");
}
