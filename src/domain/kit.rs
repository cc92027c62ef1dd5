//! Kits: what opens the backups of a site, or Muster itself, when everything else is gone. Sealed under
//! eight words that stand on a printed sheet and nowhere else.

pub mod contents;
pub mod phrase;
pub mod sheet;
pub mod standing;

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use contents::{Contents, Misplaced};
pub use phrase::{BadPhrase, Phrase};
pub use sheet::Sheet;
pub use standing::{Made, Place, Stand, Standing};

/// What a kit is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Of a host: what opens the backups of its databases.
    Site,
    /// Of Muster: its key ring.
    Server,
}

/// What a kit says of itself to whoever has no words. It is sealed along, so nobody changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// By which sheet and sealed copy are known to belong together.
    pub number: String,
    /// What it is of.
    pub kind: Kind,
    /// The site's name, or Muster's address.
    pub of: String,
    /// The host on which it was made.
    pub host: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub made: OffsetDateTime,
}

impl Kind {
    /// `site kit`
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Site => "site kit",
            Kind::Server => "server kit",
        }
    }

    /// What the file of a sealed copy is called.
    #[must_use]
    pub fn file(self, number: &str) -> String {
        format!("{}-{number}.kit", self.name().replace(' ', "-"))
    }

    /// Whether a file is called like one.
    #[must_use]
    pub fn is_file(self, name: &str) -> bool {
        name.split_at_checked(self.file("").len() - ".kit".len()).is_some_and(|(_, rest)| {
            rest.strip_suffix(".kit")
                .is_some_and(|number| self.file(number) == name && is_number(number))
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Four random bytes, as people read them to each other: `3F2A-91C4`.
#[must_use]
pub fn number(bytes: [u8; 4]) -> String {
    let [one, two, three, four] = bytes;
    format!("{one:02X}{two:02X}-{three:02X}{four:02X}")
}

/// Whether it is written like one; a number becomes the name of a file.
#[must_use]
pub fn is_number(text: &str) -> bool {
    text.len() == 9
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_again_and_no_path_is_one() {
        assert_eq!(number([0x3f, 0x2a, 0x91, 0xc4]), "3F2A-91C4");
        assert!(is_number("3F2A-91C4"));
        for other in ["3f2a-91c4", "3F2A91C4", "../../etc", "3F2A-91C4 ", "", "3F2A-91/4"] {
            assert!(!is_number(other), "{other}");
        }
        assert_eq!(Kind::Site.file("3F2A-91C4"), "site-kit-3F2A-91C4.kit");
        assert!(Kind::Site.is_file("site-kit-3F2A-91C4.kit"));
        for other in ["server-kit-3F2A-91C4.kit", "site-kit-3F2A-91C4.1.new", "site-kit-x.kit", "s"]
        {
            assert!(!Kind::Site.is_file(other), "{other}");
        }
    }
}
