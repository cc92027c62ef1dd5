//! What would change in a file that only grows at its end, as `diff -u` says it.

use std::path::Path;

/// Lines before the change that are shown.
const AROUND: usize = 3;

/// The difference; nothing stood there where `before` is none.
pub(super) fn unified(file: &Path, before: Option<&str>, after: &str) -> String {
    let name = file.display();
    let old_name = if before.is_some() { name.to_string() } else { "/dev/null".to_owned() };
    let old: Vec<&str> = before.unwrap_or_default().split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let same = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let first = same.saturating_sub(AROUND);
    let mut lines = vec![format!(
        "--- {old_name}\n+++ {name}\n@@ -{} +{} @@\n",
        range(first, old.len()),
        range(first, new.len())
    )];
    lines.extend(old[first..same].iter().map(|line| shown(' ', line)));
    lines.extend(old[same..].iter().map(|line| shown('-', line)));
    lines.extend(new[same..].iter().map(|line| shown('+', line)));
    lines.concat()
}

/// From a line to the end: the first one's number and how many; before the first where there is none.
fn range(first: usize, lines: usize) -> String {
    match lines - first {
        0 => format!("{first},0"),
        1 => (first + 1).to_string(),
        many => format!("{},{many}", first + 1),
    }
}

fn shown(mark: char, line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(_) => format!("{mark}{line}"),
        None => format!("{mark}{line}\n\\ No newline at end of file\n"),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn it_reads_just_as_the_tool_says_it() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let long = (0..20).map(|line| format!("line {line}\n")).collect::<String>();
        for (before, more) in [
            (long.as_str(), "\n[[x]]\na = 1\n"),
            ("# only\n", "[[x]]\n"),
            ("# open end", "\n\n[[x]]\n"),
            ("", "[[x]]\na = 1\n"),
            ("a\nb\n", "c\n"),
        ] {
            let after = format!("{before}{more}");
            std::fs::write(&one, before).unwrap();
            std::fs::write(&other, &after).unwrap();
            let said = Command::new("diff").arg("-u").args([&one, &other]).output().unwrap().stdout;
            let said = String::from_utf8(said).unwrap();
            let body = |text: &str| text.splitn(3, '\n').nth(2).unwrap().to_owned();

            assert_eq!(body(&unified(&one, Some(before), &after)), body(&said), "{before:?}");
        }
        let new = unified(Path::new("/etc/agent.toml"), None, "a = 1\n");
        assert_eq!(new, "--- /dev/null\n+++ /etc/agent.toml\n@@ -0,0 +1 @@\n+a = 1\n");
    }
}
