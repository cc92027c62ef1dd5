//! Keys: how a person, or another thing, is named in plans.

/// Characters of the longest key.
pub const LONGEST: usize = 60;
const TRIES: usize = 50;

/// Whether a name or title reads on one line as it is written: without control characters, and
/// without those that turn the direction of what follows.
#[must_use]
pub fn is_line(text: &str) -> bool {
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    !text.chars().any(|c| c.is_control() || turns(c) || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// Whether a plan may name a person so, or anything else.
#[must_use]
pub fn is_key(key: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !key.is_empty() && !key.starts_with('-') && key.len() <= LONGEST && key.chars().all(fits)
}

/// Keys for a new person of that name, the plainest first.
pub fn keys_for(name: &str) -> impl Iterator<Item = String> {
    let plain = slug(name);
    (1..TRIES).map(move |n| if n == 1 { plain.clone() } else { format!("{plain}-{n}") })
}

fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut key = words.collect::<Vec<_>>().join("-");
    key.truncate(LONGEST - 3);
    let key = key.trim_end_matches('-');
    if key.is_empty() { "person".to_owned() } else { key.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_what_can_be_shown() {
        for name in ["Ada Lovelace", "Aleksandra Wójcik-Kowalczyk", "張 偉", "O’Neill \u{1F9EF}"]
        {
            assert!(is_line(name), "{name}");
        }
        for name in ["Vic\u{7}", "X\r\nBcc: y", "a\tb", "\u{202E}adA", "a\u{2028}b"] {
            assert!(!is_line(name), "{name:?}");
        }
    }

    #[test]
    fn a_key_is_made_of_the_name_and_counted_where_it_is_taken() {
        let keys: Vec<_> = keys_for("Ada M. Lovelace").take(2).collect();

        assert_eq!(keys, ["ada-m-lovelace", "ada-m-lovelace-2"]);
        assert_eq!(keys_for("張").next().unwrap(), "person");
        assert!(keys_for(&"x".repeat(300)).all(|key| is_key(&key)));
    }
}
