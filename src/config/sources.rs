//! Where settings come from: flags, then the environment, then the file. Each value given anywhere
//! is checked, also where one of higher rank hides it.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use super::flags::Flags;
use super::key::{self, Key};
use super::problem::{Place, Problem};
use super::surroundings::Surroundings;
use super::toml_file;

/// One text of a setting, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) place: Place,
    /// What a relative path in it starts from.
    pub(super) folder: PathBuf,
}

/// One setting as one source gives it.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) key: Key,
    pub(super) texts: Vec<Text>,
    /// Whether it was written as a list.
    pub(super) list: bool,
}

/// All that was given, highest rank first, and all that is wrong with it so far.
pub(super) struct Sources {
    given: Vec<Given>,
    problems: Vec<Problem>,
}

impl Sources {
    /// Collects flags, variables and the lines of the settings file.
    pub(super) fn gather(flags: &Flags, around: &Surroundings) -> Sources {
        let mut sources = Sources { given: Vec::new(), problems: Vec::new() };
        let keys = || key::IN_FILE.into_iter().chain([key::CONFIG]);
        for key in keys() {
            if let Some(text) = flags.get(key) {
                sources.add(key, text, Place::Flag(key.flag()), around);
            }
        }
        for (name, value) in &around.environment {
            let Some(name) = name.to_str() else { continue };
            let place = Place::Variable(name.to_owned());
            match (keys().find(|key| key.variable == name), value.to_str()) {
                (Some(key), Some(text)) => sources.add(key, text, place, around),
                (Some(_), None) => sources.note(place, "this is not UTF-8".to_owned()),
                (None, _) if name.starts_with("MUSTER_") => sources.note(place, unknown(name)),
                (None, _) => {}
            }
        }
        sources.read_file(around);
        sources
    }

    /// A setting with one value.
    pub(super) fn one<T, E: Display>(
        &mut self,
        key: Key,
        read: impl Fn(&Text) -> Result<T, E>,
    ) -> Option<T> {
        let mut first = None;
        for given in self.given_for(key) {
            match given.texts.as_slice() {
                [text] if !given.list => {
                    let value = self.check(key, text, read(text));
                    first = first.or(value);
                }
                _ => self.refuse(key, "this takes one value, not a list".to_owned()),
            }
        }
        first
    }

    /// A setting with any number of values: a list in the file, elsewhere parted by commas.
    pub(super) fn many<T, E: Display>(
        &mut self,
        key: Key,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let mut first = None;
        for given in self.given_for(key) {
            let mut values = Vec::new();
            for text in &given.texts {
                for part in text.text.split(',').map(str::trim) {
                    let text = Text { text: part.to_owned(), ..text.clone() };
                    values.extend(self.check(key, &text, read(part)));
                }
            }
            first = first.or(Some(values));
        }
        first
    }

    /// Notes what is wrong with a setting as a whole, where it was given if it was.
    pub(super) fn refuse(&mut self, key: Key, words: String) {
        let given = self.given.iter().find(|given| given.key == key);
        let place = given.and_then(|given| given.texts.first()).map(|text| text.place.clone());
        self.note(place.unwrap_or_else(|| Place::Variable(key.variable.to_owned())), words);
    }

    /// How much is known to be wrong by now.
    pub(super) fn problem_count(&self) -> usize {
        self.problems.len()
    }

    /// What was found to be wrong.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    fn add(&mut self, key: Key, text: &str, place: Place, around: &Surroundings) {
        let folder = around.folder.clone();
        let texts = vec![Text { text: text.to_owned(), place, folder }];
        self.given.push(Given { key, texts, list: false });
    }

    fn note(&mut self, place: Place, words: String) {
        self.problems.push(Problem { place, words });
    }

    fn given_for(&self, key: Key) -> Vec<Given> {
        self.given.iter().filter(|given| given.key == key).cloned().collect()
    }

    fn check<T, E: Display>(&mut self, key: Key, text: &Text, read: Result<T, E>) -> Option<T> {
        read.map_err(|wanted| {
            let shown = match text.text.as_str() {
                "" => "this is empty".to_owned(),
                _ if key.secret => "this can't be used (it is not shown, being secret)".to_owned(),
                value => format!("“{value}” can't be used"),
            };
            self.note(text.place.clone(), format!("{shown}; wanted: {wanted}"));
        })
        .ok()
    }

    fn read_file(&mut self, around: &Surroundings) {
        let Some((file, named)) = self.choose_file(around) else { return };
        let place = Place::File(file.clone());
        match std::fs::read_to_string(around.folder.join(&file)) {
            Ok(source) => {
                let found = toml_file::parse(&source, &file, &mut self.problems);
                self.given.extend(found.into_iter().map(|given| given.beneath(&around.folder)));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && !named => {}
            Err(error) => self.note(place, format!("the settings file can't be read: {error}")),
        }
    }

    /// The settings file to read, and whether somebody named it.
    fn choose_file(&mut self, around: &Surroundings) -> Option<(PathBuf, bool)> {
        if self.given.iter().any(|given| given.key == key::CONFIG) {
            return Some((self.one(key::CONFIG, path_as_typed)?, true));
        }
        let near = PathBuf::from("muster.toml");
        let is_near = around.folder.join(&near).exists();
        Some((if is_near { near } else { around.system_file.clone() }, false))
    }
}

impl Given {
    /// The same with the file's folder, which may be relative, made whole.
    fn beneath(mut self, folder: &Path) -> Given {
        for text in &mut self.texts {
            text.folder = folder.join(&text.folder);
        }
        self
    }
}

/// Reads a path; a relative one starts from the folder, or from the settings file's folder.
pub(super) fn path(text: &Text) -> Result<PathBuf, &'static str> {
    path_as_typed(text).map(|path| text.folder.join(path).components().collect())
}

fn path_as_typed(text: &Text) -> Result<PathBuf, &'static str> {
    if text.text.is_empty() || text.text.starts_with('~') || text.text.contains('\0') {
        return Err("a path, written out (a shell turns ~ into a folder, this does not)");
    }
    Ok(PathBuf::from(&text.text))
}

fn unknown(name: &str) -> String {
    let known = key::IN_FILE.iter().map(|key| key.variable).chain([key::CONFIG.variable]);
    match key::nearest(name, known) {
        Some(near) => format!("there is no such setting; {near} is one"),
        None => "there is no such setting; unset it".to_owned(),
    }
}
