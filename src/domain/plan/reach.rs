//! Whether a text can be an address: of somebody, or of a page.

/// Why nobody can be reached so, in words that say what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// The channel is none.
    #[error("“{0}” is no channel; write mail, phone or sms")]
    Channel(String),
    /// It is no mail address.
    #[error("“{0}” is no mail address; write it like ada@example.org")]
    Mail(String),
    /// It is no number.
    #[error("“{0}” is no telephone number; write it like +44 20 7946 0123")]
    Number(String),
}

/// Whether somebody may be reached by this channel at this address.
///
/// # Errors
/// What is wrong with which of the two.
pub fn check_contact(channel: &str, address: &str) -> Result<(), Unreachable> {
    match channel {
        "mail" if is_mail_address(address) => Ok(()),
        "mail" => Err(Unreachable::Mail(address.to_owned())),
        "phone" | "sms" if is_phone_number(address) => Ok(()),
        "phone" | "sms" => Err(Unreachable::Number(address.to_owned())),
        other => Err(Unreachable::Channel(other.to_owned())),
    }
}

/// Whether this is a mail address as Muster sends to: ASCII, one `@`, a host with a dot.
#[must_use]
pub fn is_mail_address(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let atom = |part: &str| {
        let special = |byte: &u8| b"!#$%&'*+/=?^_`{|}~-".contains(byte);
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || special(&byte))
    };
    let label = |part: &str| {
        let inner = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&part.len()) && inner && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= 254
        && name.len() <= 64
        && name.split('.').all(atom)
        && host.contains('.')
        && host.split('.').all(label)
}

/// Whether this is a telephone number: 5 to 15 digits, perhaps a plus, and what people put
/// between digits.
#[must_use]
pub fn is_phone_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (5..=15).contains(&digits)
        && rest.starts_with(|c: char| c.is_ascii_digit() || c == '(')
        && rest.chars().all(|c| c.is_ascii_digit() || " -()/.".contains(c))
}

/// Whether this is an address that a page may link to: http or https, and a host. A link that
/// begins with anything else could be a script.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "443"));
    let label =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-');
    name.split('.').all(label)
        && port.parse::<u16>().is_ok()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"\\".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_links_to_nothing_but_the_web() {
        for address in [
            "https://meet.example.org/labitory?x=1#now",
            "http://status.example.org",
            "https://10.0.0.7:8443/",
            "https://bücher.example",
        ] {
            assert!(is_web_address(address), "{address}");
        }
        for address in [
            "",
            "meet.example.org",
            "https://",
            "https:///path",
            "javascript:alert(1)",
            "ftp://example.org",
            "https://ada:secret@example.org",
            "https://example..org",
            "https://example.org:port",
            "https://example.org/a b",
            "https://example.org/<b>",
        ] {
            assert!(!is_web_address(address), "{address}");
        }
    }

    #[test]
    fn an_address_that_reaches_nobody_is_told_from_one_that_may() {
        for mail in ["ada@example.org", "a.b+c@mail.example.org"] {
            assert!(is_mail_address(mail), "{mail}");
        }
        for mail in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "ada@localhost",
            "a b@example.org",
            "a..b@example.org",
            "ada@example..org",
            "Ada <ada@example.org>",
            "ada@-x.org",
            "a@b@c.org",
            "ada@example.org\n",
        ] {
            assert!(!is_mail_address(mail), "{mail}");
        }
        for number in ["+44 20 7946 0123", "+1 (202) 555-0143", "020/79460123"] {
            assert!(is_phone_number(number), "{number}");
        }
        for number in ["", "+", "112a", "call me", "+49", "1234567890123456", "++44 20 7946 0123"] {
            assert!(!is_phone_number(number), "{number}");
        }
    }

    #[test]
    fn an_address_must_fit_its_channel() {
        for (channel, address) in
            [("mail", "ada@example.org"), ("phone", "+44 20 7946 0123"), ("sms", "020/79460123")]
        {
            assert_eq!(check_contact(channel, address), Ok(()), "{channel}");
        }
        for (channel, address, words) in [
            ("mail", "+44 20 7946 0123", "is no mail address"),
            ("sms", "ada@example.org", "is no telephone number"),
            ("fax", "+44 20 7946 0123", "“fax” is no channel"),
        ] {
            let refused = check_contact(channel, address).unwrap_err().to_string();
            assert!(refused.contains(words), "{refused}");
        }
    }
}
