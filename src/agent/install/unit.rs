//! The unit's text. It opens what `agent.toml` names, and nothing else of the host.

use std::path::{Path, PathBuf};

use crate::agent::settings::{Kind, Settings};

/// How each begins that this writes.
pub(super) const HEAD: &str =
    "# Written by muster agent install, and again by each: say it anew when agent.toml";

const HOMES: [&str; 3] = ["/home", "/root", "/run/user"];
const TEMPORARY: [&str; 2] = ["/tmp", "/var/tmp"];

/// For that user; the paths are those of the program, of `agent.toml`, and of the agent's folder.
pub(super) fn text(user: &str, [program, file, state]: [&Path; 3], settings: &Settings) -> String {
    let written = written(state, settings);
    let seen = [program, file].into_iter().map(Path::to_owned).chain(written.iter().cloned());
    let clusters = settings.database.iter().flat_map(|it| [it.data_dir.clone(), it.socket.clone()]);
    let actions = settings.action.iter().flat_map(|it| it.command.iter().map(PathBuf::from));
    let seen: Vec<_> = seen.chain(clusters).chain(actions).collect();
    let lies_in =
        |roots: &[&str]| seen.iter().any(|path| roots.iter().any(|root| path.starts_with(root)));
    let home = if lies_in(&HOMES) { "read-only" } else { "yes" };
    let temporary = if lies_in(&TEMPORARY) { "no" } else { "yes" };
    let writes: String = written
        .iter()
        .map(|path| format!("ReadWritePaths={}\n", quoted(&format!("-{}", path.display()))))
        .collect();
    let arguments = [Path::new("--config"), file, Path::new("--state"), state]
        .map(|word| quoted(&word.to_string_lossy()).replace('$', "$$"));
    format!(
        include_str!("agent.service"),
        head = HEAD,
        user = user,
        writes = writes,
        home = home,
        temporary = temporary,
        program = quoted(&program.to_string_lossy()), // where `$` is none but itself
        arguments = arguments.join(" ")
    )
}

/// What the agent writes to.
fn written(state: &Path, settings: &Settings) -> Vec<PathBuf> {
    let folders = settings.repository.iter().filter(|it| it.kind == Kind::Folder);
    let folders = folders.map(|it| it.path.clone());
    let mut all: Vec<_> = [state.to_owned()].into_iter().chain(folders).collect();
    all.extend(settings.limits.scratch.clone());
    let kits = settings.elsewhere.iter().map(|it| it.kit.clone());
    all.extend(kits.filter(|kit| !kit.starts_with(state)));
    all
}

/// One word of a unit's line, whatever stands in it.
fn quoted(text: &str) -> String {
    let text = text.replace('%', "%%"); // which would name something of the unit's
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    let inside = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", inside.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(file: &str, state: &str, database: &str) -> String {
        let text = format!("[[database]]\nname = \"main\"\ndata_dir = \"/data\"\n{database}\n");
        let settings: Settings = toml_edit::de::from_str(&text).unwrap();
        text_for(file, state, &settings)
    }

    fn text_for(file: &str, state: &str, settings: &Settings) -> String {
        let paths = [Path::new("/usr/local/bin/muster"), Path::new(file), Path::new(state)];
        text("postgres", paths, settings)
    }

    fn has(unit: &str, line: &str) {
        assert!(unit.lines().any(|found| found == line), "{line} is not in:\n{unit}");
    }

    #[test]
    fn it_opens_what_is_written_to_and_no_data_folder() {
        let unit = drawn(
            "/etc/muster/agent.toml",
            "/var/lib/muster-agent",
            "[[repository]]\nname = \"disk\"\nkind = \"folder\"\npath = \"/backup\"\n[limits]\nscratch = \"/big disk\"",
        );

        let opened: Vec<_> =
            unit.lines().filter(|line| line.starts_with("ReadWritePaths")).collect();
        assert_eq!(
            opened,
            [
                "ReadWritePaths=-/var/lib/muster-agent",
                "ReadWritePaths=-/backup",
                "ReadWritePaths=\"-/big disk\""
            ]
        );
        for line in ["User=postgres", "ProtectHome=yes", "PrivateTmp=yes", "KillMode=process"] {
            has(&unit, line);
        }
    }

    #[test]
    fn it_opens_the_kits_of_other_hosts_that_lie_outside_of_its_folder() {
        let kits = ["/state/elsewhere/db1", "/kits/db2"];
        let kits = kits.map(|kit| format!("[[elsewhere]]\nkit = {kit:?}\n")).concat();
        let unit = drawn("/etc/muster/agent.toml", "/state", &kits);
        has(&unit, "ReadWritePaths=-/kits/db2");
        assert!(!unit.contains("db1"), "{unit}");
    }

    #[test]
    fn homes_and_shared_folders_open_as_far_as_something_lies_there() {
        has(&drawn("/home/ada/agent.toml", "/s", ""), "ProtectHome=read-only");
        has(&drawn("/e", "/homeless", "socket = \"/tmp\""), "PrivateTmp=no");
        has(&drawn("/e", "/homeless", "socket = \"/tmp\""), "ProtectHome=yes");
        let action =
            "[[action]]\nname = \"a\"\ncommand = [\"/usr/bin/python3\", \"/home/app/manage.py\"]";
        has(&drawn("/e", "/s", action), "ProtectHome=read-only");
    }

    #[test]
    fn words_of_a_line_stay_one_word_each() {
        let unit = drawn("/a b/it's $HOME 5%\"\\.toml", "/s\nExecStart=/evil", "");

        has(
            &unit,
            "ExecStart=/usr/local/bin/muster agent --config \"/a b/it's $$HOME 5%%\\\"\\\\.toml\" --state \
             \"/s\\u000aExecStart=/evil\" run",
        );
    }
}
