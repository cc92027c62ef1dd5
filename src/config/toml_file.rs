//! `muster.toml`: which settings stand in it, and on which line.

use std::ops::Range;
use std::path::Path;

use toml_edit::{Array, Document, Item, TomlError, Value};

use super::key::{self, Key};
use super::problem::{Place, Problem};
use super::sources::{Given, Text};

/// Takes a settings file apart, noting what can't be a setting.
pub(super) fn parse(source: &str, file: &Path, problems: &mut Vec<Problem>) -> Vec<Given> {
    let reading = Reading { source, file };
    match Document::parse(source) {
        Ok(document) => reading.settings(&document, problems),
        Err(error) => {
            problems.push(reading.no_toml(&error));
            Vec::new()
        }
    }
}

struct Reading<'a> {
    source: &'a str,
    file: &'a Path,
}

impl Reading<'_> {
    fn settings(&self, document: &Document<&str>, problems: &mut Vec<Problem>) -> Vec<Given> {
        let mut found = Vec::new();
        for (name, item) in document.iter() {
            let span = document.key(name).and_then(toml_edit::Key::span).or_else(|| item.span());
            let outcome = match key::IN_FILE.iter().find(|key| key.name == name) {
                None => Err(Problem { place: self.place(span, name), words: unknown(name) }),
                Some(key) => self.setting(*key, item),
            };
            match outcome {
                Ok(given) => found.push(given),
                Err(problem) => problems.push(problem),
            }
        }
        found
    }

    fn setting(&self, key: Key, item: &Item) -> Result<Given, Problem> {
        match item {
            Item::Value(Value::Array(array)) => self.list(key, array),
            Item::Value(value) => {
                let texts = vec![self.text(key, value)?];
                Ok(Given { key, texts, list: false })
            }
            _ => Err(self.not_text(key, item.span())),
        }
    }

    fn list(&self, key: Key, array: &Array) -> Result<Given, Problem> {
        let texts = array.iter().map(|value| self.text(key, value)).collect::<Result<_, _>>()?;
        Ok(Given { key, texts, list: true })
    }

    fn text(&self, key: Key, value: &Value) -> Result<Text, Problem> {
        let place = self.place(value.span(), key.name);
        let Value::String(text) = value else { return Err(self.not_text(key, value.span())) };
        let folder = self.file.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Text { text: text.value().clone(), place, folder })
    }

    fn not_text(&self, key: Key, span: Option<Range<usize>>) -> Problem {
        let words = "this is no text; put the value between quotation marks".to_owned();
        Problem { place: self.place(span, key.name), words }
    }

    /// The error without the source line, which may hold a secret.
    fn no_toml(&self, error: &TomlError) -> Problem {
        let words = error.message().lines().collect::<Vec<_>>().join("; ");
        Problem { place: self.place_of(error.span(), None), words: format!("no TOML: {words}") }
    }

    fn place(&self, span: Option<Range<usize>>, name: &str) -> Place {
        self.place_of(span, Some(name.to_owned()))
    }

    fn place_of(&self, span: Option<Range<usize>>, key: Option<String>) -> Place {
        let before = span.and_then(|span| self.source.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Place::Line { file: self.file.to_owned(), line, column, key }
    }
}

fn unknown(name: &str) -> String {
    match key::nearest(name, key::IN_FILE.iter().map(|key| key.name)) {
        Some(near) => format!("there is no such setting; “{near}” is one"),
        None => "there is no such setting".to_owned(),
    }
}
