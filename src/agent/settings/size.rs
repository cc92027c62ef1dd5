//! Amounts of data as people write them: `500 MB`, `2 GB`.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};

const UNITS: [(&str, u64); 4] =
    [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)];

/// So many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

/// Why a text is no size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no size; write it as 500 MB, 2 GB or 1 TB")]
pub struct NotASize(String);

impl Size {
    /// So many gigabytes.
    #[must_use]
    pub const fn gigabytes(count: u64) -> Size {
        Size(count << 30)
    }
}

impl FromStr for Size {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Size, NotASize> {
        let wrong = || NotASize(text.to_owned());
        let (_, bytes) = UNITS.iter().find(|(unit, _)| text.ends_with(unit)).ok_or_else(wrong)?;
        let count: u64 = text[..text.len() - 2].trim().parse().map_err(|_| wrong())?;
        count.checked_mul(*bytes).map(Size).ok_or_else(wrong)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Size, D::Error> {
        deserializer.deserialize_u64(Reading)
    }
}

/// A text; a bare number only where the reader puts it in the place of what it could not read.
struct Reading;

impl Visitor<'_> for Reading {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a size in quotation marks, such as \"2 GB\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Size, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<Size, E> {
        Ok(Size(bytes))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS.iter().find(|(_, bytes)| self.0 >= *bytes);
        let Some((unit, bytes)) = unit else { return write!(f, "{} bytes", self.0) };
        let tenths = u128::from(self.0) * 10 / u128::from(*bytes);
        match (tenths / 10, tenths % 10) {
            (whole, 0) => write!(f, "{whole} {unit}"),
            (whole, _) if whole >= 100 => write!(f, "{whole} {unit}"),
            (whole, tenth) => write!(f, "{whole}.{tenth} {unit}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_reads_as_people_write_it() {
        for (text, size) in [("500 MB", 500 << 20), ("2GB", 2 << 30), ("0 MB", 0)] {
            assert_eq!(text.parse(), Ok(Size(size)));
        }
        for wrong in ["", "GB", "5", "-1 GB", "1.5 GB", "99999999999999 TB", "5 gb"] {
            assert!(wrong.parse::<Size>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_size_is_shown_in_its_largest_unit() {
        for (size, text) in [(0, "0 bytes"), (1536 << 20, "1.5 GB"), (22 << 20, "22 MB")] {
            assert_eq!(Size(size).to_string(), text);
        }
    }
}
