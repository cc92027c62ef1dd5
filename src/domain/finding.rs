//! What a look at an installation or a host found, and how it is printed.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

/// Number of the JSON's form; it grows when what stands there changes its meaning.
const FORMAT: u32 = 1;

/// How well something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Ok,
    /// To be looked at, or not known.
    Warn,
    /// Somebody would not be paged, or something would be lost.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub check: Cow<'static, str>,
    /// How it is.
    pub health: Health,
    /// That in words; no secret, and no address of a person.
    pub words: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mend: Option<String>,
}

impl Finding {
    /// It is as it should be.
    #[must_use]
    pub fn ok(check: impl Into<Cow<'static, str>>, words: impl Into<String>) -> Finding {
        Finding { check: check.into(), health: Health::Ok, words: words.into(), mend: None }
    }

    /// It is to be looked at.
    #[must_use]
    pub fn warn(
        check: impl Into<Cow<'static, str>>,
        words: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        Finding {
            check: check.into(),
            health: Health::Warn,
            words: words.into(),
            mend: Some(mend.into()),
        }
    }

    /// It is wrong.
    #[must_use]
    pub fn bad(
        check: impl Into<Cow<'static, str>>,
        words: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        Finding { health: Health::Bad, ..Finding::warn(check, words, mend) }
    }

    /// What can't be known before something else is mended.
    #[must_use]
    pub fn unseen(check: impl Into<Cow<'static, str>>, without: &str) -> Finding {
        let mend = format!("mend {without}, then ask again");
        Finding::warn(check, format!("unknown: it can't be looked at without {without}"), mend)
    }
}

/// All that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report(pub Vec<Finding>);

#[derive(Serialize)]
struct Json<'a> {
    format: u32,
    health: Health,
    findings: &'a [Finding],
}

impl Report {
    /// The worst of it.
    #[must_use]
    pub fn health(&self) -> Health {
        self.0.iter().map(|finding| finding.health).max().unwrap_or(Health::Ok)
    }

    /// Prints it, for a person or for a program.
    ///
    /// # Errors
    /// When it can't be printed.
    pub fn print(&self, json: bool, out: &mut impl Write) -> io::Result<()> {
        if json {
            let json = Json { format: FORMAT, health: self.health(), findings: &self.0 };
            return writeln!(out, "{}", serde_json::to_string_pretty(&json)?);
        }
        self.lines(out)?;
        let count = |health| self.0.iter().filter(|finding| finding.health == health).count();
        let (bad, warn) = (count(Health::Bad), count(Health::Warn));
        writeln!(out, "\n{bad} bad, {warn} to look at, {} ok", count(Health::Ok))
    }

    /// Prints the findings alone, one a line, each with how to mend it.
    ///
    /// # Errors
    /// When they can't be printed.
    pub fn lines(&self, out: &mut impl Write) -> io::Result<()> {
        let width = self.0.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
        for Finding { check, health, words, mend } in &self.0 {
            writeln!(out, "{:<4}  {check:<width$}  {words}", word(*health))?;
            if let Some(mend) = mend {
                writeln!(out, "{:<4}  {:width$}  → {mend}", "", "")?;
            }
        }
        Ok(())
    }
}

fn word(health: Health) -> &'static str {
    match health {
        Health::Ok => "ok",
        Health::Warn => "warn",
        Health::Bad => "BAD",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(report: &Report, json: bool) -> String {
        let mut out = Vec::new();
        report.print(json, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn findings_stand_in_lines_that_meet_and_each_fault_says_how_to_mend_it() {
        let report = Report(vec![
            Finding::ok("settings", "every one can be followed"),
            Finding::bad("mail", "no server is set", "set one"),
        ]);

        assert_eq!(
            printed(&report, false),
            "ok    settings  every one can be followed\n\
             BAD   mail      no server is set\n\
             \u{20}               → set one\n\
             \n1 bad, 0 to look at, 1 ok\n"
        );
        assert_eq!(report.health(), Health::Bad);
    }

    #[test]
    fn programs_read_the_same_as_json() {
        let report = Report(vec![Finding::unseen("work", "the database")]);

        let json: serde_json::Value = serde_json::from_str(&printed(&report, true)).unwrap();

        assert_eq!(json["format"], 1);
        assert_eq!(json["health"], "warn");
        assert_eq!(json["findings"][0]["check"], "work");
        assert_eq!(json["findings"][0]["mend"], "mend the database, then ask again");
    }
}
