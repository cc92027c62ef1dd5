//! What an alarm says: something of Muster's own needs a person, with or without an incident.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Words;
use super::page::joined;
use crate::domain::id::SiteId;

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
        }
    }

    /// The sites that it is about.
    #[must_use]
    pub fn sites(&self) -> Vec<SiteId> {
        match self {
            Alarm::SiteSilent { site, .. } | Alarm::SecondAgent { site, .. } => vec![*site],
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
        };
        let text = format!("{heart}\n\nHow all sites stand:\n{link}");
        Words { subject, text }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

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
