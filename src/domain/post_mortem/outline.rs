//! A new report: the plan's chapters, with what Muster knows put where it is asked for.
//!
//! A plan asks in its own words ("Duration: total downtime"). An ask that begins with a fact's word,
//! or holds all words of its phrase, is answered by it; facts that nobody asked for stand in the first
//! chapter, so that none is lost.

use time::OffsetDateTime;

use crate::domain::civil::{self, Zone};
use crate::domain::incident::{Affected, Incident, Phase};
use crate::domain::plan::document::{Plan, ReportSection};

/// What is known of an incident that ends.
#[derive(Debug, Clone)]
pub struct Witnessed<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The plan that it pins.
    pub plan: &'a Plan,
    /// What was merged into it: the title of each, and when it was declared.
    pub joined: Vec<(String, OffsetDateTime)>,
    /// What was down.
    pub affected: &'a [Affected],
    /// Who was there: name, and what as.
    pub people: Vec<(String, String)>,
    /// When it came into which phase, oldest first.
    pub phases: Vec<(Phase, OffsetDateTime)>,
    /// The starred entries, oldest first.
    pub starred: Vec<Starred>,
}

/// An entry that belongs into the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starred {
    /// When it happened.
    pub at: OffsetDateTime,
    /// Who wrote it.
    pub who: String,
    /// What it says.
    pub text: String,
}

/// A chapter as it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its heading.
    pub heading: String,
    /// What the plan asks in it.
    pub asks: Vec<String>,
    /// What is known already, in Markdown.
    pub words: String,
}

struct Fact {
    name: &'static str,
    words: String,
    asked_by: &'static [&'static str],
}

/// The chapters of the plan, begun.
#[must_use]
pub fn begin(seen: &Witnessed<'_>) -> Vec<Begun> {
    let mut facts = facts(seen);
    let mut begun: Vec<Begun> =
        seen.plan.post_mortem.section.iter().map(|section| chapter(section, &mut facts)).collect();
    let rest = facts.iter().map(|fact| answered(fact.name, &fact.words));
    if let Some(first) = begun.first_mut() {
        add(&mut first.words, rest);
    }
    let is_timeline = |chapter: &Begun| chapter.heading.to_lowercase().contains("timeline");
    let place = begun.iter().position(is_timeline).unwrap_or(0);
    if let Some(timeline) = begun.get_mut(place) {
        let zone = zone(seen.plan);
        let line = |one: &Starred| {
            let when = format!("{}, {}", zone.short_date(one.at), zone.clock(one.at));
            format!("- {when}, {}: {}", plain(&one.who), plain(&one.text))
        };
        let mut starred = String::new();
        add(&mut starred, seen.starred.iter().map(line));
        if !starred.is_empty() && !timeline.words.is_empty() {
            timeline.words.push_str("\n\n");
        }
        timeline.words.push_str(&starred);
    }
    begun
}

/// A chapter whose asks are answered as far as facts go; without any it begins empty.
fn chapter(section: &ReportSection, facts: &mut Vec<Fact>) -> Begun {
    let mut any = false;
    let lines: Vec<String> = section
        .asks
        .iter()
        .map(|ask| {
            let label = ask.split(':').next().unwrap_or(ask).trim();
            let found = facts.iter().position(|fact| asks_for(label, fact));
            any |= found.is_some();
            answered(label, &found.map(|at| facts.remove(at).words).unwrap_or_default())
        })
        .collect();
    let words = if any { lines.join("\n") } else { String::new() };
    Begun { heading: section.heading.clone(), asks: section.asks.clone(), words }
}

fn asks_for(label: &str, fact: &Fact) -> bool {
    let label = label.to_lowercase();
    let words: Vec<&str> = label.split(|c: char| !c.is_alphanumeric()).collect();
    fact.asked_by.iter().any(|asked| match asked.split_once(' ') {
        None => words.first() == Some(asked),
        Some(_) => asked.split(' ').all(|word| words.contains(&word)),
    })
}

fn answered(label: &str, words: &str) -> String {
    format!("- **{}:** {}", plain(label), plain(words)).trim_end().to_owned()
}

fn add(words: &mut String, lines: impl Iterator<Item = String>) {
    for line in lines {
        if !words.is_empty() {
            words.push('\n');
        }
        words.push_str(&line);
    }
}

/// `“Sign-in fails”, declared 14 November 2026, 03:20 CET`, where the outage was declared twice.
fn joined(seen: &Witnessed<'_>, zone: &Zone) -> String {
    let one = |(title, at): &(String, OffsetDateTime)| {
        format!("“{title}”, declared {}", zone.moment(*at))
    };
    seen.joined.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn facts(seen: &Witnessed<'_>) -> Vec<Fact> {
    let Witnessed { incident, plan, .. } = seen;
    let zone = zone(plan);
    let at = |at: OffsetDateTime| zone.moment(at);
    let phase = |phase: Phase, last: bool| {
        let mut found = seen.phases.iter().filter(|(one, _)| *one == phase).map(|(_, at)| *at);
        if last { found.next_back() } else { found.next() }
    };
    let fact = |name, asked_by, words: Option<String>| {
        words.filter(|words| !words.is_empty()).map(|words| Fact { name, words, asked_by })
    };
    let level = plan.level(incident.level).map_or("", |level| level.name.as_str());
    [
        fact("Date", &["date", "when"], Some(at(incident.impact_start))),
        fact("Duration", &["duration", "downtime"], Some(lasted(incident, &zone))),
        fact("Level", &["severity", "level"], Some(format!("{} {level}", incident.level))),
        fact("Detected", &["detected", "incident detected"], incident.detected_at.map(at)),
        fact(
            "Declared",
            &["declared", "team notified", "team paged"],
            Some(at(incident.declared_at)),
        ),
        fact("Merged into it", &[], Some(joined(seen, &zone))),
        fact("First answer", &["answered", "first answer"], incident.answered_at.map(at)),
        fact(
            "Recovery began",
            &["recovery initiated", "recovery began", "recovery started"],
            phase(Phase::Recovering, false).map(at),
        ),
        fact(
            "Restored",
            &["restored", "service restored", "services restored"],
            incident.recovered_at.map(at),
        ),
        fact(
            "Stable",
            &["stable", "functionality confirmed", "recovery confirmed"],
            phase(Phase::Stable, true).map(at),
        ),
        fact("Closed", &["closed", "incident closed"], incident.ended_at.map(at)),
        fact("Affected", &["services", "functions", "components", "systems"], Some(affected(seen))),
        fact("People", &["people", "responders", "team"], Some(people(seen))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `2 h 14 min, from 03:12 CET to 05:26 CET`.
fn lasted(incident: &Incident, zone: &Zone) -> String {
    let Some(end) = incident.recovered_at.or(incident.ended_at) else { return String::new() };
    let (from, to) = (zone.clock(incident.impact_start), zone.clock(end));
    format!("{}, from {from} to {to}", civil::span(end - incident.impact_start))
}

fn affected(seen: &Witnessed<'_>) -> String {
    let name = |one: &Affected| {
        let (kind, key) = one.key.split_once('.')?;
        let name = match kind {
            "function" => &seen.plan.function(key)?.name,
            _ => &seen.plan.component(key)?.name,
        };
        Some(format!("{name} ({})", one.outage))
    };
    seen.affected.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

fn people(seen: &Witnessed<'_>) -> String {
    let one = |(name, role): &(String, String)| match role.as_str() {
        "" => name.clone(),
        role => format!("{name} ({role})"),
    };
    seen.people.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn zone(plan: &Plan) -> Zone {
    plan.document.zone()
}

/// Words on one line that Markdown reads as they are.
fn plain(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().fold(String::new(), |mut text, c| {
        if matches!(c, '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '`' | '#' | '&') {
            text.push('\\');
        }
        text.push(c);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(asked_by: &'static [&'static str]) -> Fact {
        Fact { name: "Date", words: "14 Nov".to_owned(), asked_by }
    }

    #[test]
    fn an_ask_is_answered_by_its_first_word_or_by_a_whole_phrase() {
        for (label, asked, answered) in [
            ("Date/Time", "date", true),
            ("Due Date", "date", false),
            ("Initial incident detected", "incident detected", true),
            ("How it was detected", "incident detected", false),
        ] {
            let asked: &'static [&'static str] = Box::leak(Box::new([asked]));
            assert_eq!(asks_for(label, &fact(asked)), answered, "{label}");
        }
    }

    #[test]
    fn a_chapter_that_asks_for_nothing_known_begins_empty() {
        let asks = |asks: &[&str]| ReportSection {
            heading: "Overview".to_owned(),
            asks: asks.iter().map(|&ask| ask.to_owned()).collect(),
        };
        let mut facts = vec![fact(&["date"])];
        assert_eq!(chapter(&asks(&["Lessons"]), &mut facts).words, "");
        let words = chapter(&asks(&["Date: the day", "Root_Cause"]), &mut facts).words;
        assert_eq!(words, "- **Date:** 14 Nov\n- **Root\\_Cause:**");
        assert!(facts.is_empty(), "a fact answers once");
    }

    #[test]
    fn what_people_wrote_is_no_markdown_in_the_report() {
        assert_eq!(plain(" a*b*\n<c> [d](e) "), "a\\*b\\* \\<c\\> \\[d\\](e)");
    }
}
