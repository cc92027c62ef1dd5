//! What is wrong with the settings, and where it stands.

use std::fmt;
use std::path::PathBuf;

/// Where a setting was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the command line.
    Flag(String),
    /// In the environment.
    Variable(String),
    /// In a file; lines and columns count from 1.
    Line {
        /// The file's path as it was named.
        file: PathBuf,
        /// Its line.
        line: usize,
        /// The column in it.
        column: usize,
        /// The key there; none for what is no TOML at all.
        key: Option<String>,
    },
    /// A file as a whole.
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Flag(name) | Place::Variable(name) => f.write_str(name),
            Place::Line { file, line, column, key } => {
                write!(f, "{}, line {line}, column {column}", file.display())?;
                key.as_ref().map_or(Ok(()), |key| write!(f, ", {key}"))
            }
            Place::File(file) => write!(f, "{}", file.display()),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, and what is wanted instead; it never shows a secret.
    pub words: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.words)
    }
}

/// Everything that is wrong, in the order it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("one setting is wrong:")?,
            count => write!(f, "{count} settings are wrong:")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Problems {}
