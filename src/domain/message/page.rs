//! What a page says, and the word that calls it off. A drill's says DRILL first.

use super::Words;

/// What all words about one incident to one person need. Times come with their zone.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Whether it is a drill.
    pub drill: bool,
    /// The level's number.
    pub level: u8,
    /// The plan's name for that level.
    pub level_name: &'a str,
    /// The incident's private title.
    pub title: &'a str,
    /// Since when there is impact, as in `03:12 CET`.
    pub since: &'a str,
    /// The person's roles by name; none for who is told beside the roles.
    pub roles: &'a [&'a str],
    /// The one link: to the answer, or to the incident for who has nothing to answer.
    pub link: &'a str,
    /// The telephone that always works, where the plan has one.
    pub hotline: Option<&'a str>,
    /// Whose plan it is.
    pub organisation: &'a str,
}

/// Why a person is paged now.
#[derive(Debug, Clone, Copy)]
pub enum Call<'a> {
    /// Their role's turn begins with them.
    First,
    /// They were paged before and didn't answer.
    Repeated,
    /// Those before them didn't answer or can't.
    InTurn {
        /// Who was asked before.
        before: &'a [&'a str],
    },
    /// They have it, and nothing was heard since.
    AskedAgain {
        /// When they answered, with its zone.
        answered: &'a str,
    },
    /// Everybody who holds a role was asked in vain.
    NobodyAnswered {
        /// The role.
        role: &'a str,
        /// Who was asked.
        asked: &'a [&'a str],
    },
    /// It lasts longer than its level usually does.
    Outlasted {
        /// The level's usual downtime.
        usual: &'a str,
        /// The level to raise it to.
        next_level: u8,
    },
    /// Work that was given is not done in time.
    TaskOverdue {
        /// What was to be done.
        what: &'a str,
        /// By whom.
        who: &'a str,
    },
}

/// What one call says beside the situation: on a page of its own, or in a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What stands in the subject, after the level.
    pub headline: String,
    /// Why it comes, and what to do.
    pub heart: String,
}

/// What a page says.
#[must_use]
pub fn said(facts: &Facts<'_>, call: Call<'_>) -> Said {
    let title = facts.title;
    let headline = match call {
        Call::First | Call::InTurn { .. } => title.to_owned(),
        Call::Repeated => format!("still no answer from you – {title}"),
        Call::AskedAgain { .. } => format!("still on it? – {title}"),
        Call::NobodyAnswered { role, .. } => format!("nobody answered for {role} – {title}"),
        Call::Outlasted { next_level, .. } => format!("raise it to level {next_level}? – {title}"),
        Call::TaskOverdue { .. } => format!("task overdue – {title}"),
    };
    Said { headline, heart: [why(facts, call), ask(facts, call)].join("\n\n") }
}

/// Calls a page off: the incident was none.
#[must_use]
pub fn called_off(facts: &Facts<'_>, by: &str) -> Said {
    Said {
        headline: format!("stand down, false alarm – {}", facts.title),
        heart: format!(
            "False alarm, called off by {by}. Stand down: nothing is left to do for you."
        ),
    }
}

/// The report after the incident is due.
#[must_use]
pub fn report_due(facts: &Facts<'_>, due: &str) -> Said {
    Said {
        headline: format!("post-mortem is due – {}", facts.title),
        heart: format!(
            "The post-mortem was due {due} and is not published.\n\nWrite it:\n{}",
            facts.link
        ),
    }
}

/// The whole, for one call alone.
#[must_use]
pub fn alone(facts: &Facts<'_>, said: &Said) -> Words {
    Words {
        subject: subject(facts, &said.headline),
        text: [&situation(facts), &said.heart, &closing(facts)].map(String::as_str).join("\n\n"),
    }
}

/// `Level 3: …`, or `DRILL level 3: …`.
#[must_use]
pub fn subject(facts: &Facts<'_>, rest: &str) -> String {
    let level = if facts.drill { "DRILL level" } else { "Level" };
    format!("{level} {}: {rest}", facts.level)
}

/// Names in a row: `A`, `A and B`, `A, B and C`.
#[must_use]
pub fn joined(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn situation(facts: &Facts<'_>) -> String {
    let Facts { level, level_name, title, since, .. } = facts;
    let drill = if facts.drill { "DRILL: this is an exercise, nothing is broken.\n" } else { "" };
    format!("{drill}{title}\nLevel {level}, {level_name}, since {since}.")
}

fn why(facts: &Facts<'_>, call: Call<'_>) -> String {
    let roles = joined(facts.roles);
    match call {
        Call::First => format!("You are paged as {roles}."),
        Call::Repeated => format!("You are paged as {roles}, again: you haven’t answered yet."),
        Call::InTurn { before } => {
            format!("You are paged as {roles}, in place of {}.", joined(before))
        }
        Call::AskedAgain { answered } => {
            let took = match roles.as_str() {
                "" => "You joined".to_owned(), // unasked, for no role
                roles => format!("You took it as {roles}"),
            };
            format!("{took} at {answered}. Since then nothing was heard from you.")
        }
        Call::NobodyAnswered { role, asked } => {
            let asked = if asked.is_empty() { "nobody holds it".to_owned() } else { joined(asked) };
            format!("Nobody answered for {role}. Asked: {asked}.")
        }
        Call::Outlasted { usual, next_level } => format!(
            "It lasts longer than level {} usually does ({usual}). \
             Raise it to level {next_level}, or leave it and say why.",
            facts.level
        ),
        Call::TaskOverdue { what, who } => {
            format!("You command. This should be done by now, and is not ({who}):\n{what}")
        }
    }
}

fn ask(facts: &Facts<'_>, call: Call<'_>) -> String {
    let link = facts.link;
    match call {
        Call::First | Call::Repeated | Call::InTurn { .. } => format!(
            "Say whether you can take it:\n{link}\n\n\
             The link is yours alone and works without signing in."
        ),
        Call::AskedAgain { .. } => format!(
            "Say whether you still have it:\n{link}\n\n\
             The link is yours alone and works without signing in."
        ),
        Call::NobodyAnswered { .. } => format!("Take it, or call somebody who can:\n{link}"),
        Call::Outlasted { .. } => format!("Decide here, signed in:\n{link}"),
        Call::TaskOverdue { .. } => {
            format!("Ask them, hand it on, or give it more time, signed in:\n{link}")
        }
    }
}

pub(super) fn closing(facts: &Facts<'_>) -> String {
    let hotline = facts.hotline.map_or_else(String::new, |number| format!("Hotline: {number}\n\n"));
    format!("{hotline}From Muster, for {}.", facts.organisation)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> = Facts {
        drill: false,
        level: 3,
        level_name: "Complete Service Outage",
        title: "Booking database refuses writes",
        since: "03:12 CET",
        roles: &["Database Administrator", "Technical Lead"],
        link: "https://muster.example.org/answer/k7Qm2v",
        hotline: Some("+49 30 111 55 00"),
        organisation: "Labitory",
    };

    const CALLS: [Call<'_>; 7] = [
        Call::First,
        Call::Repeated,
        Call::InTurn { before: &["Ada"] },
        Call::AskedAgain { answered: "03:15 CET" },
        Call::NobodyAnswered { role: "Technical Lead", asked: &["Ada", "Ivo Marsh"] },
        Call::Outlasted { usual: "4 h", next_level: 4 },
        Call::TaskOverdue { what: "Call the vendor", who: "Ada" },
    ];

    #[test]
    fn a_page_says_what_since_when_as_whom_and_what_to_press() {
        let words = alone(&FACTS, &said(&FACTS, Call::First));

        assert_eq!(words.subject, "Level 3: Booking database refuses writes");
        assert_eq!(
            words.text,
            "Booking database refuses writes\n\
             Level 3, Complete Service Outage, since 03:12 CET.\n\n\
             You are paged as Database Administrator and Technical Lead.\n\n\
             Say whether you can take it:\n\
             https://muster.example.org/answer/k7Qm2v\n\n\
             The link is yours alone and works without signing in.\n\n\
             Hotline: +49 30 111 55 00\n\n\
             From Muster, for Labitory."
        );
    }

    #[test]
    fn every_page_begins_with_its_level_and_holds_one_link() {
        for call in CALLS {
            let words = alone(&FACTS, &said(&FACTS, call));
            assert!(words.subject.starts_with("Level 3: "), "{}", words.subject);
            assert_eq!(words.text.matches("https://").count(), 1, "{}", words.text);
        }
    }

    #[test]
    fn a_drill_says_drill_first_in_all_that_leaves() {
        let drill = Facts { drill: true, ..FACTS };
        let pages = CALLS.map(|call| said(&drill, call));
        let others = [called_off(&drill, "Ada"), report_due(&drill, "at noon")];

        for said in pages.into_iter().chain(others) {
            let words = alone(&drill, &said);
            assert!(words.subject.starts_with("DRILL level 3: "), "{}", words.subject);
            assert!(words.text.starts_with("DRILL: "), "{}", words.text);
        }
    }

    #[test]
    fn a_later_page_says_why_it_comes() {
        for (call, subject, why) in [
            (CALLS[1], "still no answer from you – ", "again: you haven’t answered yet."),
            (CALLS[2], "Booking", "in place of Ada."),
            (CALLS[3], "still on it? – ", "at 03:15 CET. Since then nothing was heard from you."),
            (
                CALLS[4],
                "nobody answered for Technical Lead – ",
                "Nobody answered for Technical Lead. Asked: Ada and Ivo Marsh.",
            ),
            (CALLS[5], "raise it to level 4? – ", "longer than level 3 usually does (4 h)."),
            (CALLS[6], "task overdue – ", "and is not (Ada):\nCall the vendor"),
        ] {
            let words = alone(&FACTS, &said(&FACTS, call));
            assert!(words.subject.starts_with(&format!("Level 3: {subject}")), "{words:?}");
            assert!(words.text.contains(why), "{}", words.text);
        }
    }

    #[test]
    fn a_role_that_nobody_holds_is_not_answered_by_an_empty_list() {
        let nobody = Call::NobodyAnswered { role: "Comms", asked: &[] };
        let words = alone(&FACTS, &said(&FACTS, nobody));

        assert!(words.text.contains("Asked: nobody holds it."), "{}", words.text);
    }

    #[test]
    fn standing_down_says_who_called_it_off_and_asks_nothing() {
        let words = alone(&FACTS, &called_off(&FACTS, "Ada"));

        assert!(words.subject.contains("stand down, false alarm – Booking"), "{}", words.subject);
        assert!(words.text.contains("called off by Ada."), "{}", words.text);
        assert!(!words.text.contains("https://"), "{}", words.text);
    }

    #[test]
    fn names_are_joined_as_one_says_them() {
        assert_eq!(joined(&["A"]), "A");
        assert_eq!(joined(&["A", "B"]), "A and B");
        assert_eq!(joined(&["A", "B", "C"]), "A, B and C");
    }
}
