//! What is sealed in a kit: files, as they are to lie again.

use serde::{Deserialize, Serialize};

/// All of it. It is never shown.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contents {
    files: Vec<File>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct File {
    path: String,
    text: String,
}

/// A file would lie outside the folder that a kit is opened into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the kit names a file outside its own folder, and is not opened: {0:?}")]
pub struct Misplaced(String);

impl Contents {
    /// One file more.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, text: impl Into<String>) -> Contents {
        self.files.push(File { path: path.into(), text: text.into() });
        self
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// Path and text of each.
    ///
    /// # Errors
    /// Where one would lie outside.
    pub fn files(&self) -> Result<Vec<(&str, &str)>, Misplaced> {
        let checked = self.files.iter().map(|File { path, text }| match lies_within(path) {
            true => Ok((path.as_str(), text.as_str())),
            false => Err(Misplaced(path.clone())),
        });
        checked.collect()
    }
}

impl std::fmt::Debug for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.files.iter().map(|file| &file.path)).finish()
    }
}

fn lies_within(path: &str) -> bool {
    let plain = |part: &str| !["", ".", ".."].contains(&part) && !part.contains(char::is_control);
    path.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_lies_outside_the_folder_that_it_is_opened_into() {
        let good = Contents::default().with("agent.toml", "a").with("repositories/disk/key", "k");
        assert_eq!(good.files().unwrap(), [("agent.toml", "a"), ("repositories/disk/key", "k")]);
        assert_eq!(good.text("agent.toml"), Some("a"));
        for path in ["/etc/passwd", "../x", "a/../../x", "", "a//b", ".", "a\n"] {
            let bad = Contents::default().with("agent.toml", "a").with(path, "x");
            assert_eq!(bad.files(), Err(Misplaced(path.to_owned())));
        }
        assert_eq!(format!("{good:?}"), r#"["agent.toml", "repositories/disk/key"]"#);
    }
}
