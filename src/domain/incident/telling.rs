//! Who is to be told at a level, by the plan's stakeholder matrix, and when.

use time::{Duration, OffsetDateTime};

use crate::domain::plan::document::{Every, Notify, Plan};
use crate::domain::span::Span;

/// What happened to the incident, as far as audiences may have to hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It begins, or begins again.
    Began,
    /// It came to its level from this one.
    Level(u8),
    /// It went on to another phase.
    Phase,
    /// The last press was taken back: nothing happened.
    Undone,
}

impl Change {
    /// Whether a row wants first words because of it: it did not hold before, or it holds for
    /// whatever changes.
    #[must_use]
    pub fn is_news(self, plan: &Plan, row: &Notify) -> bool {
        let held =
            |level| audiences(plan, level).contains(row) || readers(plan, level).contains(row);
        match self {
            Change::Began => true,
            Change::Level(was) => row.every == Every::OnChange || !held(was),
            Change::Phase => row.every == Every::OnChange,
            Change::Undone => false,
        }
    }
}

/// When an audience is due next: `told` last then, with a clock `standing` at that time, and first
/// words counted `from` then where there is `news`.
#[must_use]
pub fn due(
    row: &Notify,
    news: bool,
    told: Option<OffsetDateTime>,
    standing: Option<OffsetDateTime>,
    from: OffsetDateTime,
) -> Option<OffsetDateTime> {
    match told {
        Some(told) if !news => span(row).map(|every| told + every),
        _ => standing.into_iter().chain([from + row.first_within.duration()]).min(),
    }
}

/// The rows that hold at a level: for each audience that of the highest level up to it. Audiences
/// that read the status page are told by it, and are left out. Whom the escalation matrix alone
/// brings in is told once.
#[must_use]
pub fn audiences(plan: &Plan, level: u8) -> Vec<Notify> {
    let mut rows = rows(plan, level);
    let known: Vec<String> = rows.iter().map(|row| row.audience.clone()).collect();
    rows.retain(|row| !told_by_page(plan, row));
    let escalated = plan.escalate.iter().filter(|row| row.level <= level);
    for (from, key) in escalated.flat_map(|row| row.audiences.iter().map(|key| (row.level, key))) {
        if !known.contains(key) && !rows.iter().any(|row| row.audience == *key) {
            rows.push(told_once(from, key));
        }
    }
    rows
}

/// The rows that hold at a level for those who read the status page.
#[must_use]
pub fn readers(plan: &Plan, level: u8) -> Vec<Notify> {
    rows(plan, level).into_iter().filter(|row| told_by_page(plan, row)).collect()
}

/// How often the public wants a word at a level; none: when something changes, or never.
#[must_use]
pub fn word_every(plan: &Plan, level: u8) -> Option<Duration> {
    readers(plan, level).iter().filter_map(span).min()
}

/// How often a row wants a word, where it says so.
fn span(row: &Notify) -> Option<Duration> {
    match row.every {
        Every::Span(span) => Some(span.duration()),
        Every::OnChange | Every::None => None,
    }
}

fn rows(plan: &Plan, level: u8) -> Vec<Notify> {
    let mut rows: Vec<Notify> = Vec::new();
    for row in plan.notify.iter().filter(|row| row.level <= level) {
        match rows.iter_mut().find(|other| other.audience == row.audience) {
            Some(other) if other.level < row.level => *other = row.clone(),
            Some(_) => {}
            None => rows.push(row.clone()),
        }
    }
    rows
}

fn told_once(level: u8, audience: &str) -> Notify {
    Notify {
        level,
        audience: audience.to_owned(),
        first_within: Span::ZERO,
        every: Every::None,
        channels: Vec::new(),
        template: None,
    }
}

fn told_by_page(plan: &Plan, row: &Notify) -> bool {
    let is_page = |key: &String| {
        plan.channel.iter().any(|channel| channel.key == *key && channel.kind == "status-page")
    };
    plan.audience(&row.audience).is_some_and(|audience| audience.public)
        && row.channels.iter().any(is_page)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::plan;

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

    fn labitory() -> Plan {
        plan::parse(include_str!("../../../plans/labitory.toml")).unwrap().0.plan
    }

    fn keys(rows: &[Notify]) -> Vec<&str> {
        rows.iter().map(|row| row.audience.as_str()).collect()
    }

    #[test]
    fn each_level_adds_whom_it_names_and_the_page_tells_its_own_readers() {
        let plan = labitory();
        let by_hand = |level| audiences(&plan, level);

        assert_eq!(keys(&by_hand(1)), ["technical-team"]);
        assert_eq!(keys(&by_hand(2)), ["technical-team", "management"]);
        assert_eq!(keys(&by_hand(3)), ["technical-team", "management", "stakeholders"]);
        assert_eq!(keys(&readers(&plan, 2)), [""; 0]);
        assert_eq!(keys(&readers(&plan, 3)), ["users"]);
        assert_eq!(keys(&readers(&plan, 4)), ["users", "media"]);
        assert_eq!(word_every(&plan, 4), Some(Duration::minutes(15)));
        assert_eq!(word_every(&plan, 2), None);
    }

    #[test]
    fn the_row_of_the_higher_level_holds() {
        let plan = labitory();
        let every = |level: u8| audiences(&plan, level).remove(0).every;

        assert_eq!(every(1), Every::OnChange);
        assert_eq!(every(2), Every::Span(Span::minutes(30)));
    }

    #[test]
    fn whom_the_escalation_matrix_alone_names_is_told_once() {
        let rows = audiences(&labitory(), 4);

        assert_eq!(keys(&rows)[3..], ["executives", "authorities"]);
        assert_eq!((rows[4].every, rows[4].first_within), (Every::None, Span::ZERO));
    }

    #[test]
    fn a_row_wants_words_again_when_it_is_new_or_holds_for_any_change() {
        let plan = labitory();
        let news = |level, place: usize, change: Change| {
            change.is_news(&plan, &audiences(&plan, level)[place])
        };

        assert!(news(2, 0, Change::Level(1)), "the technical team's own row of level 2");
        assert!(!news(3, 1, Change::Level(2)), "management's row is the same");
        assert!(news(3, 1, Change::Began));
        assert!(news(1, 0, Change::Phase) && !news(2, 0, Change::Phase), "on change alone");
        assert!(!news(1, 0, Change::Undone));
        assert!(!news(4, 4, Change::Level(4)), "once is enough");
    }

    #[test]
    fn who_was_told_is_due_after_the_interval_or_when_there_is_news() {
        let plan = labitory();
        let (management, once) = (&audiences(&plan, 4)[1], &audiences(&plan, 4)[4]);
        let (told, minutes) = (NOW - Duration::minutes(10), Duration::minutes);

        assert_eq!(due(management, false, Some(told), None, NOW), Some(NOW + minutes(20)));
        assert_eq!(due(management, true, Some(told), None, NOW), Some(NOW + minutes(15)));
        assert_eq!(due(management, false, None, None, NOW), Some(NOW + minutes(15)));
        assert_eq!(
            due(management, true, None, Some(NOW + minutes(3)), NOW),
            Some(NOW + minutes(3))
        );
        assert_eq!(due(once, false, Some(told), Some(NOW), NOW), None);
    }
}
