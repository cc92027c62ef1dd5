//! What an alarm says: something of Muster's own needs a person, with or without an incident.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::Words;
use super::page::joined;
use crate::domain::civil;
use crate::domain::counted::counted;
use crate::domain::id::SiteId;
use crate::domain::recovery::evidence::Subject;
use crate::domain::recovery::{Exposure, Nearness};

/// What needs a person. Kept with its message, so fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alarm {
    /// Nothing was heard from the agent of a site.
    SiteSilent {
        /// Which.
        site: SiteId,
        /// Its name.
        name: String,
        /// When it was last heard of.
        since: OffsetDateTime,
    },
    /// All agents fell silent at once.
    AllSilent {
        /// Which sites that are.
        sites: Vec<(SiteId, String)>,
        /// When the first of them was last heard of.
        since: OffsetDateTime,
    },
    /// More of a database would be lost than may be.
    Exposed {
        /// Where it runs.
        site: SiteId,
        /// What that is called.
        name: String,
        /// The database.
        database: String,
        /// What would be lost.
        exposure: Exposure,
        /// What is aimed at, or accepted at most, in seconds.
        limit_s: Option<i64>,
        /// What is wrong, and how to mend it.
        causes: Vec<String>,
    },
    /// The log of a database that waits to be archived fills its disk.
    LogFills {
        /// Where it runs.
        site: SiteId,
        /// What that is called.
        name: String,
        /// The database.
        database: String,
        /// Segments that wait.
        waiting: u64,
        /// When it is full, about.
        #[serde(with = "time::serde::rfc3339")]
        full_at: OffsetDateTime,
        /// How near that was.
        nearness: Nearness,
        /// What is wrong, and how to mend it.
        causes: Vec<String>,
    },
    /// A recovery point was restored to prove it, and the proof did not hold.
    ProofFailed {
        /// Where.
        site: SiteId,
        /// What that is called.
        name: String,
        /// The database.
        database: String,
        /// The backup, or the dump.
        label: String,
        /// Which of these.
        #[serde(default)]
        subject: Subject,
        /// What was found.
        found: Vec<String>,
    },
    /// Two processes speak as the agent of one site.
    SecondAgent {
        /// Which.
        site: SiteId,
        /// Its name.
        name: String,
    },
}

impl Alarm {
    /// Why it was made, in a word.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Alarm::SiteSilent { .. } => "site-silent",
            Alarm::AllSilent { .. } => "all-silent",
            Alarm::SecondAgent { .. } => "second-agent",
            Alarm::Exposed { .. } => "exposed",
            Alarm::LogFills { .. } => "log-fills",
            Alarm::ProofFailed { .. } => "proof-failed",
        }
    }

    /// The sites that it is about.
    #[must_use]
    pub fn sites(&self) -> Vec<SiteId> {
        match self {
            Alarm::SiteSilent { site, .. }
            | Alarm::SecondAgent { site, .. }
            | Alarm::Exposed { site, .. }
            | Alarm::LogFills { site, .. }
            | Alarm::ProofFailed { site, .. } => vec![*site],
            Alarm::AllSilent { sites, .. } => sites.iter().map(|(site, _)| *site).collect(),
        }
    }

    /// The whole; `moment` words an instant in the reader's zone, and `link` leads to the sites.
    #[must_use]
    pub fn words(&self, moment: impl Fn(OffsetDateTime) -> String, link: &str) -> Words {
        let (subject, heart) = match self {
            Alarm::SiteSilent { name, since, .. } => (
                format!("Site {name} is silent"),
                format!(
                    "Muster has heard nothing from the agent on {name} since {}. What runs there \
                     goes on, but nobody sees it: backups, archiving and exposure of its databases \
                     are unknown.\n\nLook whether the host runs, then on it:\n\
                     systemctl status muster-agent\njournalctl -u muster-agent -n 50",
                    moment(*since)
                ),
            ),
            Alarm::AllSilent { sites, since } => {
                let names: Vec<&str> = sites.iter().map(|(_, name)| name.as_str()).collect();
                (
                    "All sites are silent: look at Muster’s own network first".to_owned(),
                    format!(
                        "Muster has heard nothing from any agent since {}: {}. That all fall silent \
                         at once points to Muster’s own network, name or certificate.\n\nFrom one of \
                         the hosts, try to open Muster’s address; on Muster’s own host:\n\
                         muster doctor",
                        moment(*since),
                        joined(&names)
                    ),
                )
            }
            Alarm::SecondAgent { name, .. } => (
                format!("Two agents speak for site {name}"),
                format!(
                    "A second process signs with the key of the agent on {name}. It is refused while \
                     the first one is heard of.\n\nIf somebody started the agent twice, stop one of \
                     them. If nobody did, the key was copied: make a new join code for the site and \
                     join again, which ends the old key."
                ),
            ),
            Alarm::Exposed { name, database, exposure, limit_s, causes, .. } => {
                exposed((name, database), exposure, *limit_s, causes, moment)
            }
            Alarm::LogFills { name, database, waiting, full_at, nearness, causes, .. } => {
                let words = (*waiting, moment(*full_at));
                log_fills((name, database), words, *nearness, causes)
            }
            Alarm::ProofFailed { name, database, label, subject, found, .. } => {
                proof_failed((name, database), (label, *subject), found)
            }
        };
        let text = format!("{heart}\n\nHow all sites stand:\n{link}");
        Words { subject, text }
    }
}

fn proof_failed(
    (name, database): (&str, &str),
    (label, subject): (&str, Subject),
    found: &[String],
) -> (String, String) {
    let (what, mend) = match subject {
        Subject::Point | Subject::Restore => (
            "backup",
            format!(
                "Make a new full backup and prove that; on {name}:\nmuster agent backup {database} --full\n\
                     muster agent prove {database}"
            ),
        ),
        Subject::Dump => (
            "dump",
            format!(
                "Make a new dump and prove that; on {name}:\nmuster agent dump {database}\n\
                     muster agent prove {database} --dump"
            ),
        ),
    };
    let text = format!(
        "{label} of {database} was restored on {name} to prove it, and the proof did not hold. \
         Do not count on it.\n\n{}\n\n{mend}",
        found.join("\n")
    );
    (format!("A {what} of {database} does not restore"), text)
}

fn exposed(
    (site, database): (&str, &str),
    exposure: &Exposure,
    limit_s: Option<i64>,
    causes: &[String],
    moment: impl Fn(OffsetDateTime) -> String,
) -> (String, String) {
    let (subject, lost) = match exposure {
        Exposure::Since { oldest, .. } => (
            format!("Too much of {database} would be lost"),
            format!("What was committed to it since {}", moment(*oldest)),
        ),
        Exposure::Everything => (
            format!("All of {database} would be lost"),
            "No recovery point of it opens: everything".to_owned(),
        ),
        Exposure::Unknown(_) | Exposure::Nothing => (
            format!("What would be lost of {database} is unknown"),
            "Nobody knows how much of it".to_owned(),
        ),
    };
    let most = limit_s.map(|s| civil::span(Duration::seconds(s)));
    let most = most.map(|most| format!(" The plan accepts {most}.")).unwrap_or_default();
    let causes = found_on(site, causes);
    (subject, format!("{lost} would be lost if {database} broke now.{most}\n\n{causes}"))
}

fn log_fills(
    (site, database): (&str, &str),
    (waiting, full_at): (u64, String),
    nearness: Nearness,
    causes: &[String],
) -> (String, String) {
    let within = if nearness == Nearness::Hour { "1 hour" } else { "4 hours" };
    let (waits, causes) = (counted(waiting, "segment"), found_on(site, causes));
    let text = format!(
        "The write-ahead log of {database} on {site} waits to be archived, {waits} of it, and the disk of pg_wal is \
         full about {full_at}. Then Postgres stops, and nothing can be committed.\n\n{causes}"
    );
    (format!("The log of {database} fills its disk within {within}"), text)
}

fn found_on(site: &str, causes: &[String]) -> String {
    match causes {
        [] => format!("On {site} run:\nmuster agent check"),
        causes => format!("What its agent on {site} found:\n\n{}", causes.join("\n\n")),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn failed((site, name): (SiteId, &str), subject: Subject) -> Alarm {
        Alarm::ProofFailed {
            site,
            name: name.to_owned(),
            database: "main".to_owned(),
            label: "20261114-020000F".to_owned(),
            subject,
            found: vec!["users: 3 rows instead of 4".to_owned()],
        }
    }

    #[test]
    fn each_says_what_happened_and_what_to_do() {
        let site = SiteId::new(NOON);
        let name = "db1".to_owned();
        let all = vec![(site, name.clone()), (SiteId::new(NOON), "db2".to_owned())];
        for (alarm, subject, deed) in [
            (
                Alarm::SiteSilent { site, name: name.clone(), since: NOON },
                "Site db1 is silent",
                "systemctl status muster-agent",
            ),
            (Alarm::AllSilent { sites: all, since: NOON }, "All sites are silent", "muster doctor"),
            (
                Alarm::Exposed {
                    site,
                    name: name.clone(),
                    database: "main".to_owned(),
                    exposure: Exposure::Since { oldest: NOON, exact: true },
                    limit_s: Some(900),
                    causes: vec!["archiving: it fails.\nmend it so".to_owned()],
                },
                "Too much of main would be lost",
                "since 13:00 CET would be lost if main broke now. The plan accepts 15 min.\n\nWhat its agent on db1 \
                 found:\n\narchiving: it fails.\nmend it so",
            ),
            (
                Alarm::LogFills {
                    site,
                    name: name.clone(),
                    database: "main".to_owned(),
                    waiting: 12,
                    full_at: NOON,
                    nearness: Nearness::Hours,
                    causes: Vec::new(),
                },
                "The log of main fills its disk within 4 hours",
                "The write-ahead log of main on db1 waits to be archived, 12 segments of it, and the disk of pg_wal is full \
                 about 13:00 CET. Then Postgres stops, and nothing can be committed.\n\nOn db1 run:\nmuster agent check",
            ),
            (
                failed((site, &name), Subject::Point),
                "A backup of main does not restore",
                "users: 3 rows instead of 4",
            ),
            (
                failed((site, &name), Subject::Dump),
                "A dump of main does not restore",
                "muster agent dump main\nmuster agent prove main --dump",
            ),
            (Alarm::SecondAgent { site, name }, "Two agents speak for site db1", "new join code"),
        ] {
            let kept: Alarm =
                serde_json::from_value(serde_json::to_value(&alarm).unwrap()).unwrap();
            let words = kept.words(|_| "13:00 CET".to_owned(), "https://m.example/recovery");

            assert!(words.subject.starts_with(subject), "{}", words.subject);
            assert!(words.text.contains(deed), "{}", words.text);
            assert!(words.text.ends_with("https://m.example/recovery"), "{}", words.text);
        }
    }
}
