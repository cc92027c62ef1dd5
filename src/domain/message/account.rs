//! What mails about an account say, and the test of a channel.

use super::Words;

/// What words with a one-time link need.
#[derive(Debug, Clone, Copy)]
pub struct LinkFacts<'a> {
    /// Who asked Muster to send it.
    pub by: &'a str,
    /// Whom it is for.
    pub to: &'a str,
    /// The link.
    pub link: &'a str,
    /// Until when it works, with its zone, as in `15 Nov 2026, 03:12 CET`.
    pub until: &'a str,
    /// Whose plan it is.
    pub organisation: &'a str,
}

/// Asks a person of the roster to make an account.
#[must_use]
pub fn invitation(facts: &LinkFacts<'_>) -> Words {
    let LinkFacts { by, to, organisation, .. } = facts;
    let text = format!(
        "{to}, {by} invites you to Muster, where {organisation} runs its incidents.\n\n\
         Choose a password:\n{}\n\n\
         If you expected no invitation, do nothing.",
        once(facts)
    );
    Words { subject: format!("Your place on {organisation}’s response team"), text }
}

/// Lets a person choose a new password.
#[must_use]
pub fn password_reset(facts: &LinkFacts<'_>) -> Words {
    let LinkFacts { by, to, organisation, .. } = facts;
    let text = format!(
        "{to}, {by} has let you choose a new password for Muster.\n\n\
         Choose it:\n{}\n\n\
         If you didn’t ask for this, tell {by}.",
        once(facts)
    );
    Words { subject: format!("A new password for {organisation}’s Muster"), text }
}

/// Asks whether mail to an address reaches its person.
#[must_use]
pub fn verification(facts: &LinkFacts<'_>) -> Words {
    let LinkFacts { by, to, organisation, .. } = facts;
    let text = format!(
        "{to}, {by} wants to know that mail from {organisation}’s Muster reaches you here.\n\n\
         Say that it does:\n{}\n\n\
         If you are not {to}, do nothing.",
        once(facts)
    );
    Words { subject: format!("Does mail from {organisation}’s Muster reach you?"), text }
}

/// Proves that mail arrives.
#[must_use]
pub fn test(by: &str, at: &str) -> Words {
    Words {
        subject: "Test: mail from Muster arrives".to_owned(),
        text: format!(
            "{by} sent this test at {at}. You read it, so mail from Muster reaches you.\n\n\
             There is nothing to do."
        ),
    }
}

fn once(facts: &LinkFacts<'_>) -> String {
    format!("{}\n\nThe link works once, until {}.", facts.link, facts.until)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: LinkFacts<'_> = LinkFacts {
        by: "Ada",
        to: "Ivo Marsh",
        link: "https://muster.example.org/join/k7Qm2v",
        until: "15 Nov 2026, 03:12 CET",
        organisation: "Labitory",
    };

    #[test]
    fn an_invitation_says_from_whom_and_how_long() {
        let words = invitation(&FACTS);

        assert_eq!(words.subject, "Your place on Labitory’s response team");
        assert_eq!(
            words.text,
            "Ivo Marsh, Ada invites you to Muster, where Labitory runs its incidents.\n\n\
             Choose a password:\nhttps://muster.example.org/join/k7Qm2v\n\n\
             The link works once, until 15 Nov 2026, 03:12 CET.\n\n\
             If you expected no invitation, do nothing."
        );
    }

    #[test]
    fn a_reset_says_whom_to_tell_if_it_was_unwanted() {
        let words = password_reset(&FACTS);

        assert!(words.text.contains(FACTS.link), "{}", words.text);
        assert!(words.text.ends_with("If you didn’t ask for this, tell Ada."), "{}", words.text);
    }

    #[test]
    fn a_verification_says_what_pressing_means() {
        let words = verification(&FACTS);

        assert!(words.subject.ends_with("reach you?"), "{}", words.subject);
        assert!(words.text.contains(FACTS.link), "{}", words.text);
        assert!(words.text.ends_with("If you are not Ivo Marsh, do nothing."), "{}", words.text);
    }

    #[test]
    fn a_test_asks_nothing() {
        let words = test("Ada", "03:12 CET");

        assert!(words.subject.starts_with("Test: "), "{}", words.subject);
        assert!(words.text.contains("There is nothing to do."), "{}", words.text);
    }
}
