//! A source file, split into its code and the strings in it; comments are dropped.

use std::path::Path;

/// One file of the repository.
pub(super) struct Source {
    /// From the repository's root.
    pub(super) path: String,
    /// As it stands.
    pub(super) text: String,
    /// Without comments and strings.
    pub(super) code: String,
    /// What stands between quotes, one a line; all of an SQL file.
    pub(super) strings: String,
}

/// All files under `folder` whose path ends in `ending`; none where the folder isn't there.
pub(super) fn read_all(folder: &str, ending: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(ending) {
                files.push(Source::of(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

impl Source {
    fn of(path: &str, text: &str) -> Source {
        if Path::new(path).extension().is_some_and(|end| end == "rs") {
            return Source::rust(path, text);
        }
        let lines = text.lines().map(|line| line.split("--").next().unwrap_or_default());
        let strings = lines.collect::<Vec<_>>().join("\n");
        Source { path: path.to_owned(), text: text.to_owned(), code: String::new(), strings }
    }

    /// A Rust file of that text.
    pub(super) fn rust(path: &str, text: &str) -> Source {
        let (mut code, mut strings) = (String::new(), String::new());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (length, string) = token(rest, code.chars().next_back());
            match string {
                Some(string) => strings = strings + string + "\n",
                None if length == first.len_utf8() => code.push(first),
                None => code.push(' '),
            }
            rest = &rest[length..];
        }
        Source { path: path.to_owned(), text: text.to_owned(), code, strings }
    }

    /// The crate's module it belongs to; none for the crate's roots.
    pub(super) fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let name = inside.split('/').next()?.trim_end_matches(".rs");
        (!matches!(inside, "lib.rs" | "main.rs")).then_some(name)
    }

    /// What follows each `crate::`; a brace is a name no module has.
    pub(super) fn crate_paths(&self) -> impl Iterator<Item = &str> {
        self.code.match_indices("crate::").map(|(at, found)| {
            let rest = &self.code[at + found.len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            if end == 0 { "{" } else { &rest[..end] }
        })
    }

    /// Whether a chain of `super::` reaches the crate's root; the tests' own module counts as one.
    pub(super) fn climbs_out(&self) -> bool {
        let inside = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let depth = inside.trim_end_matches("/mod").split('/').count();
        let (code, tests) = self.code.split_once("mod tests").unwrap_or((&self.code, ""));
        code.contains(&"super::".repeat(depth)) || tests.contains(&"super::".repeat(depth + 1))
    }
}

/// How long the first token of `rest` is, and what a string holds; anything else but a comment or
/// a character is one character long. `before` is the character that went before.
fn token(rest: &str, before: Option<char>) -> (usize, Option<&str>) {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (rest.find("*/").map_or(rest.len(), |at| at + 2), None);
    }
    if rest.starts_with('r') && !in_word {
        let hashes = rest[1..].len() - rest[1..].trim_start_matches('#').len();
        let open = hashes + 2;
        if rest[1 + hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let inner = rest[open..].find(&close).unwrap_or(rest.len() - open);
            return ((open + inner + close.len()).min(rest.len()), Some(&rest[open..open + inner]));
        }
    }
    if let Some(after) = rest.strip_prefix('"') {
        let inner = until_quote(after, '"');
        return ((inner + 2).min(rest.len()), Some(&rest[1..=inner]));
    }
    (character(rest).unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8)), None)
}

/// The length of a character in quotes; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let length = until_quote(inner, '\'');
    let is_one = inner.starts_with('\\') || inner[..length].chars().count() == 1;
    (is_one && inner[length..].starts_with('\'')).then_some(length + 2)
}

fn until_quote(text: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let ends = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at)
}

#[test]
fn code_and_strings_are_told_apart() {
    let file = Source::rust(
        "src/a.rs",
        "let a = \"one \\\" two\"; // three\nlet b: &'a str = r#\"f\"our\"#; let c = ['\"', '\\''];",
    );

    assert_eq!(file.strings, "one \\\" two\nf\"our\n");
    assert_eq!(
        file.code.split_whitespace().collect::<Vec<_>>().join(" "),
        "let a = ; let b: &'a str = ; let c = [ , ];"
    );
}
