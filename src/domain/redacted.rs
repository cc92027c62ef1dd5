//! Somebody else's words, fit to be shown where no address and no link may stand.

/// Takes mail addresses and links out of words such as a mail server's: `550 <ada@example.org>: no`
/// becomes `550 (address) no`.
#[must_use]
pub fn redacted(words: &str) -> String {
    let kept = words.split_whitespace().map(|word| match word {
        _ if word.contains("://") => "(link)",
        _ if is_address(word) => "(address)",
        _ => word,
    });
    kept.collect::<Vec<_>>().join(" ")
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(before, after)| !before.is_empty() && !after.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_links_are_taken_out_of_a_servers_words() {
        for (words, left) in [
            ("550 5.1.1 <ada@example.org>: no such user", "550 5.1.1 (address) no such user"),
            ("see https://help.example.org/?u=1 first", "see (link) first"),
            ("at 10:00 @ noon", "at 10:00 @ noon"),
            ("for ada@example.org,bob@example.org", "for (address)"),
            ("", ""),
        ] {
            assert_eq!(redacted(words), left);
        }
    }
}
