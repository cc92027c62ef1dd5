//! Things with their number.

use std::fmt::Display;

/// `1 segment`, `12 segments`: for what takes an s when there are more.
#[must_use]
pub fn counted(count: impl Display + PartialEq + From<u8>, what: &str) -> String {
    let s = if count == 1.into() { "" } else { "s" };
    format!("{count} {what}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_has_no_s_and_none_has() {
        let words = [0_usize, 1, 12].map(|count| counted(count, "thing"));
        assert_eq!(words, ["0 things", "1 thing", "12 things"]);
    }
}
