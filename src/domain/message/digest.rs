//! What the one mail says that stands for all that waited while Muster sent nothing.

use super::Words;
use super::page::{Facts, Said, closing, subject};

/// One incident of a digest, and what it says to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Whether it is a drill.
    pub drill: bool,
    /// The level's number.
    pub level: u8,
    /// The plan's name for that level.
    pub level_name: String,
    /// The incident's private title.
    pub title: String,
    /// Since when there is impact, as in `03:12 CET`.
    pub since: String,
    /// How it stands, as in `Nobody has it yet.`
    pub stand: String,
    /// Whether it goes on; what is over takes one line.
    pub open: bool,
    /// What is to be said of it, most urgent first.
    pub said: Vec<Said>,
    /// The telephone that always works, where the plan has one.
    pub hotline: Option<String>,
    /// Whose plan it is.
    pub organisation: String,
}

impl Part {
    fn facts(&self) -> Facts<'_> {
        Facts {
            drill: self.drill,
            level: self.level,
            level_name: &self.level_name,
            title: &self.title,
            since: &self.since,
            roles: &[],
            link: "",
            hotline: self.hotline.as_deref(),
            organisation: &self.organisation,
        }
    }
}

/// The whole. Of several incidents, all real or all drills, the highest level comes first.
#[must_use]
pub fn digest(parts: &[Part], (since, until): (&str, &str)) -> Option<Words> {
    let mut parts: Vec<&Part> = parts.iter().collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.level));
    let first = *parts.iter().find(|part| part.open).or(parts.first())?;
    let drill = if first.drill { "DRILL: this is an exercise, nothing is broken.\n" } else { "" };
    let opening = format!(
        "{drill}Muster sent nothing from {since} to {until}. This mail stands for all that \
         waited for you, and says how things stand now."
    );
    let mut text = vec![opening];
    text.extend(parts.iter().map(|part| paragraph(part)));
    text.push(closing(&first.facts()));
    let subject = subject(&first.facts(), &headline(first, parts.len()));
    Some(Words { subject, text: text.join("\n\n") })
}

fn headline(first: &Part, count: usize) -> String {
    let headline = match (first.said.first(), first.open) {
        (Some(said), _) => said.headline.clone(),
        (None, true) => first.title.clone(),
        (None, false) => format!("over – {}", first.title),
    };
    match count {
        1 => headline,
        many => format!("{headline}, and {} more", many - 1),
    }
}

fn paragraph(part: &Part) -> String {
    let Part { level, level_name, title, since, stand, .. } = part;
    let (head, between) = match part.open {
        true => (format!("{title}\nLevel {level}, {level_name}, since {since}. {stand}"), "\n\n"),
        false => (format!("Over: {title} (level {level}, since {since}). {stand}"), " "),
    };
    let said = part.said.iter().map(|said| said.heart.clone());
    [head].into_iter().chain(said).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::super::page::{self, Call};
    use super::*;

    const FROM_TO: (&str, &str) = ("03:12 CET", "04:30 CET");

    fn over(level: u8, title: &str) -> Part {
        Part {
            drill: false,
            level,
            level_name: "Complete Service Outage".to_owned(),
            title: title.to_owned(),
            since: "03:12 CET".to_owned(),
            stand: "Closed 04:02 CET.".to_owned(),
            open: false,
            said: Vec::new(),
            hotline: None,
            organisation: "Labitory".to_owned(),
        }
    }

    fn open(drill: bool) -> Part {
        let over = over(3, "Bookings are down");
        let (roles, link) = (&["Technical Lead"][..], "https://muster.example.org/answer/k7Qm2v");
        let said = vec![page::said(&Facts { roles, link, ..over.facts() }, Call::First)];
        Part { drill, open: true, said, stand: "Nobody has it yet.".to_owned(), ..over.clone() }
    }

    #[test]
    fn the_highest_level_comes_first_and_what_is_over_takes_a_line() {
        let words = digest(&[over(1, "Mail is late"), open(false)], FROM_TO).unwrap();

        assert_eq!(words.subject, "Level 3: Bookings are down, and 1 more");
        assert_eq!(
            words.text,
            "Muster sent nothing from 03:12 CET to 04:30 CET. This mail stands for all that waited \
             for you, and says how things stand now.\n\n\
             Bookings are down\n\
             Level 3, Complete Service Outage, since 03:12 CET. Nobody has it yet.\n\n\
             You are paged as Technical Lead.\n\n\
             Say whether you can take it:\nhttps://muster.example.org/answer/k7Qm2v\n\n\
             The link is yours alone and works without signing in.\n\n\
             Over: Mail is late (level 1, since 03:12 CET). Closed 04:02 CET.\n\n\
             From Muster, for Labitory."
        );
    }

    #[test]
    fn the_subject_is_of_what_goes_on_and_else_says_that_it_is_over() {
        let higher = over(4, "Site is lost");

        let words = digest(&[higher.clone(), open(false)], FROM_TO).unwrap();
        assert_eq!(words.subject, "Level 3: Bookings are down, and 1 more");
        let words = digest(&[higher], FROM_TO).unwrap();
        assert_eq!(words.subject, "Level 4: over – Site is lost");
        assert_eq!(digest(&[], FROM_TO), None);
    }

    #[test]
    fn a_drills_digest_says_drill_first() {
        let words = digest(&[open(true)], FROM_TO).unwrap();

        assert!(words.subject.starts_with("DRILL level 3: "), "{}", words.subject);
        assert!(words.text.starts_with("DRILL: "), "{}", words.text);
    }
}
