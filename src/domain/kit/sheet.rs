//! The sheet: the one place where a kit's words stand. Printed, and put where neither fire nor thief takes it
//! with the host.

use std::fmt::Write as _;

use time::macros::format_description;

use super::{Kind, Label, Phrase};

/// Opens a kit where there is no Muster; it needs Python with argon2-cffi and cryptography.
pub const WITHOUT: &str = include_str!("open.py");
const COLUMNS: usize = 78;

/// What stands on it.
#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    /// Of which kit.
    pub label: &'a Label,
    /// Its words.
    pub phrase: &'a Phrase,
    /// Where its sealed copies lie.
    pub copies: &'a [String],
}

impl Sheet<'_> {
    /// `Site kit 3F2A-91C4`
    #[must_use]
    pub fn title(&self) -> String {
        let name = match self.label.kind {
            Kind::Site => "Site kit",
            Kind::Server => "Server kit",
        };
        format!("{name} {}", self.label.number)
    }

    /// Of what, on which host, made when.
    #[must_use]
    pub fn about(&self) -> String {
        let Label { kind, of, host, made, .. } = self.label;
        let form = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
        let made = made.format(form).unwrap_or_else(|_| made.to_string());
        match kind {
            Kind::Site => format!("Of the site “{of}”, made on the host {host} at {made}."),
            Kind::Server => format!("Of Muster at {of}, made on the host {host} at {made}."),
        }
    }

    /// What it is good for.
    #[must_use]
    pub fn purpose(&self) -> &'static str {
        match self.label.kind {
            Kind::Site => {
                "Whoever has these words and a sealed copy can open every backup of this site’s databases: the \
                 repositories’ keys, addresses and credentials are in it. Without it, when the host is gone, \
                 nobody can."
            }
            Kind::Server => {
                "Whoever has these words and a sealed copy has Muster’s key ring: sealed settings, passwords and \
                 the signatures that agents obey hang on it. Without it, a Muster that is restored can’t be used."
            }
        }
    }

    /// What to do with it.
    #[must_use]
    pub fn care(&self) -> &'static str {
        "Keep it on paper, away from the host and from its backups, where two people can get it at night: a safe, \
         a bank. Say on Muster’s page Recovery where it lies. Each quarter prove that it still opens: type \
         the words in on the host. When a newer kit was proved, destroy this sheet."
    }

    /// What proves it.
    #[must_use]
    pub fn proves(&self) -> &'static str {
        match self.label.kind {
            Kind::Site => "muster agent kit prove",
            Kind::Server => "muster kit prove",
        }
    }

    /// What opens a copy of it.
    #[must_use]
    pub fn opens(&self) -> &'static str {
        match self.label.kind {
            Kind::Site => "muster agent kit open FILE --into FOLDER",
            Kind::Server => "muster kit open FILE --into FOLDER",
        }
    }

    /// The words, each with its number.
    #[must_use]
    pub fn words(&self) -> Vec<(usize, &'static str)> {
        self.phrase.words().into_iter().enumerate().map(|(at, word)| (at + 1, word)).collect()
    }

    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n", self.title().to_uppercase(), "=".repeat(COLUMNS));
        let mut part = |heading: &str, body: &str| {
            let _ = write!(text, "{heading}\n{body}\n"); // memory takes every line
        };
        part(&wrapped(&self.about()), &wrapped(self.purpose()));
        part("THE EIGHT WORDS", &self.words_in_lines());
        part("SEALED COPIES LIE HERE", &self.copies_in_lines());
        part("THIS SHEET LIES HERE (write it down)", &format!("\n  {}\n", "_".repeat(COLUMNS - 4)));
        part("KEEP IT WELL", &wrapped(self.care()));
        let open = format!(
            "  {}      (to prove it: {})\n\nThe first four letters of a word are enough. Without Muster, on a machine \
             with Python,\nargon2-cffi and cryptography, these lines do the same: python3 open.py FILE\n\n{}",
            self.opens(),
            self.proves(),
            WITHOUT.lines().map(|line| format!("  {line}\n")).collect::<String>()
        );
        part("HOW TO OPEN IT", &open);
        text
    }

    /// In the order in which they are read, so that a copied text can be typed in.
    fn words_in_lines(&self) -> String {
        let words = self.words().into_iter().map(|(at, word)| format!("    {at}. {word:<14}"));
        let words: Vec<String> = words.collect();
        let lines = words.chunks(2).map(|two| format!("\n{}", two.concat().trim_end()));
        lines.collect::<String>() + "\n"
    }

    fn copies_in_lines(&self) -> String {
        self.copies.iter().map(|place| format!("  {place}\n")).collect()
    }
}

fn wrapped(text: &str) -> String {
    let (mut out, mut column) = (String::new(), 0);
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        if column > 0 && column + 1 + letters > COLUMNS {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += letters;
    }
    out + "\n"
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_sheet_has_all_that_it_takes_within_the_width_of_paper() {
        let label = Label {
            number: "3F2A-91C4".to_owned(),
            kind: Kind::Site,
            of: "db1".to_owned(),
            host: "db1.example.org".to_owned(),
            made: datetime!(2026-11-14 02:12 UTC),
        };
        let phrase = Phrase::of(*b"each differently");
        let copies = ["/backup/muster/muster/site-kit-3F2A-91C4.kit".to_owned()];

        let text = Sheet { label: &label, phrase: &phrase, copies: &copies }.text();

        for expected in [
            "SITE KIT 3F2A-91C4\n",
            "Of the site “db1”, made on the host db1.example.org at 2026-11-14 02:12 UTC.",
            "\n  /backup/muster/muster/site-kit-3F2A-91C4.kit\n",
            "muster agent kit open FILE --into FOLDER",
            "muster agent kit prove",
            "argon2",
            "____",
        ] {
            assert!(text.contains(expected), "{expected:?} is not in:\n{text}");
        }
        let (_, words) = text.split_once("THE EIGHT WORDS").unwrap();
        let (words, _) = words.split_once("SEALED").unwrap();
        assert_eq!(words.parse(), Ok(phrase), "in this order");
        let long = text.lines().find(|line| line.chars().count() > 110);
        assert_eq!(long, None);
    }
}
