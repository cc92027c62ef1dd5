//! Which passwords are good enough, in words that say what is wanted.

/// Shorter ones are refused.
pub const SHORTEST: usize = 12;
/// Longer ones are refused: hashing them is work for us.
pub const LONGEST: usize = 1_024;

const COMMON: &str = include_str!("password/common.txt");

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too few characters.
    #[error("Use 12 characters or more; four unrelated words do well.")]
    Short,
    /// Absurdly many characters.
    #[error("Use 1,024 bytes at most.")]
    Long,
    /// Everybody tries it.
    #[error("This is one of the first that anybody would try; use four unrelated words.")]
    Common,
    /// It says who its owner is.
    #[error("Leave your name and address out of it.")]
    Own,
    /// The second one typed is another.
    #[error("The two are not the same; type it again.")]
    Different,
}

/// Whether a password, typed twice, is good enough for a person of that name and address.
///
/// # Errors
/// The first rule it breaks.
pub fn check(password: &str, again: &str, name: &str, email: &str) -> Result<(), Weak> {
    let plain = password.to_lowercase();
    if password.chars().count() < SHORTEST {
        return Err(Weak::Short);
    }
    if password.len() > LONGEST {
        return Err(Weak::Long);
    }
    if is_common(&plain) {
        return Err(Weak::Common);
    }
    if [name, email].iter().any(|own| plain == own.trim().to_lowercase()) {
        return Err(Weak::Own);
    }
    if password == again { Ok(()) } else { Err(Weak::Different) }
}

fn is_common(plain: &str) -> bool {
    let different: std::collections::BTreeSet<char> = plain.chars().collect();
    let letters = plain.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    different.len() < 4 || COMMON.lines().any(|common| common == plain || common == letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(password: &str) -> Result<(), Weak> {
        check(password, password, "Ada Lovelace", "ada@example.org")
    }

    #[test]
    fn twelve_characters_are_enough_and_eleven_are_not() {
        assert_eq!(checked("zebra-kayak-"), Ok(()));
        assert_eq!(checked("zebra-kayak"), Err(Weak::Short));
        assert_eq!(checked("čerstvé chléb"), Ok(()));
    }

    #[test]
    fn what_everybody_tries_is_refused_with_digits_behind_it_too() {
        let tried =
            ["password1234", "Qwertyuiop123", "111111111111", "PasswordPassword", "abababababab"];
        for password in tried {
            assert_eq!(checked(password), Err(Weak::Common), "{password}");
        }
    }

    #[test]
    fn ones_own_name_and_address_are_refused() {
        assert_eq!(checked("ada lovelace"), Err(Weak::Own));
        assert_eq!(checked("Ada@example.org"), Err(Weak::Own));
    }

    #[test]
    fn typing_it_differently_the_second_time_is_refused() {
        let typed = check("zebra-kayak-moon", "zebra-kayak-noon", "Ada", "ada@example.org");

        assert_eq!(typed, Err(Weak::Different));
    }
}
