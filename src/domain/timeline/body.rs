//! What an entry says: words for people, facts for Muster, and the exact text that is hashed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::digest::Digest;

const VERSION: &[u8] = b"muster-body-v1";

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Body {
    /// Words for people.
    pub text: String,
    /// Who outside reads these words, said in words: "status page, mail to 1,204 users".
    #[serde(default)]
    pub public: Option<String>,
    /// Number of the entry that this one corrects.
    #[serde(default)]
    pub corrects: Option<i64>,
    /// Work that somebody is to do.
    #[serde(default)]
    pub task: Option<Task>,
    /// Facts that Muster reads again, by name.
    #[serde(default)]
    pub about: BTreeMap<String, String>,
}

/// Work that somebody is to do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Task {
    /// Who is to do it.
    pub who: String,
    /// Within how many minutes.
    pub minutes: u32,
}

/// A stored text that is no body.
#[derive(Debug, thiserror::Error)]
#[error("the body of an entry is damaged")]
pub struct NotABody(#[from] serde_json::Error);

impl Body {
    /// A body of words alone.
    #[must_use]
    pub fn words(text: impl Into<String>) -> Body {
        Body { text: text.into(), ..Body::default() }
    }

    /// The same body with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Body {
        self.about.insert(name.to_owned(), value.to_string());
        self
    }

    /// Its JSON text, empty fields left out. Stored and hashed exactly so, never made again.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut fields = Map::new();
        fields.insert("text".to_owned(), json!(self.text));
        if let Some(public) = &self.public {
            fields.insert("public".to_owned(), json!(public));
        }
        if let Some(corrects) = self.corrects {
            fields.insert("corrects".to_owned(), json!(corrects));
        }
        if let Some(Task { who, minutes }) = &self.task {
            fields.insert("task".to_owned(), json!({ "who": who, "minutes": minutes }));
        }
        if !self.about.is_empty() {
            fields.insert("about".to_owned(), json!(self.about));
        }
        Value::Object(fields).to_string()
    }

    /// Reads a stored text; fields that this release doesn't know are passed over.
    ///
    /// # Errors
    /// [`NotABody`] when the text is no such JSON.
    pub fn from_json(text: &str) -> Result<Body, NotABody> {
        Ok(serde_json::from_str(text)?)
    }
}

/// A body as it is stored: the salt and the exact text. The only part of an entry that may be
/// erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Random; without it a short erased text could be guessed from its digest.
    pub salt: [u8; 16],
    /// The body's JSON.
    pub text: String,
}

impl Content {
    /// A body ready to be stored.
    #[must_use]
    pub fn new(salt: [u8; 16], body: &Body) -> Content {
        Content { salt, text: body.to_json() }
    }

    /// The digest that its entry carries.
    #[must_use]
    pub fn digest(&self) -> Digest {
        body_digest(&self.salt, self.text.as_bytes())
    }
}

/// The digest of a body under its salt.
#[must_use]
pub fn body_digest(salt: &[u8; 16], body: &[u8]) -> Digest {
    Digest::of(&[VERSION, salt, body])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_reads_back_with_all_it_held() {
        let body = Body {
            text: "Café „zu“\n\u{0}".to_owned(),
            public: Some("status page".to_owned()),
            corrects: Some(41),
            task: Some(Task { who: "dba".to_owned(), minutes: 15 }),
            about: [("level".to_owned(), "3".to_owned())].into(),
        };

        assert_eq!(Body::from_json(&body.to_json()).unwrap(), body);
        let bare = Body::words("x");
        assert_eq!(bare.to_json(), r#"{"text":"x"}"#);
        assert_eq!(Body::from_json(&bare.to_json()).unwrap(), bare);
    }

    #[test]
    fn a_field_of_a_later_release_is_passed_over() {
        let body = Body::from_json(r#"{"text":"x","mood":"calm"}"#);

        assert_eq!(body.unwrap(), Body::words("x"));
        assert!(Body::from_json("{}").is_err());
    }

    #[test]
    fn the_same_words_under_another_salt_have_another_digest() {
        assert_ne!(body_digest(&[0; 16], b"x"), body_digest(&[1; 16], b"x"));
    }
}
