//! The plan's prepared words, filled with what is known of an incident and fit for the public.

use time::OffsetDateTime;

use super::{Incident, Phase};
use crate::domain::civil::Zone;
use crate::domain::plan;
use crate::domain::plan::document::{Plan, Template};

/// When the next word comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nobody has said yet.
    Open,
    /// When something changes.
    WhenNews,
    /// By then.
    By(OffsetDateTime),
}

/// Fills templates for one incident, as it stands at one moment.
#[derive(Debug, Clone)]
pub struct Prepared<'a> {
    incident: &'a Incident,
    plan: &'a Plan,
    zone: Zone,
    title: String,
    next: Next,
    now: OffsetDateTime,
}

/// Words to be sent by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One line; a drill's begins with DRILL.
    pub subject: String,
    /// The text; a drill's begins with DRILL, too.
    pub body: String,
}

const PLAIN_SUBJECT: &str = "Level {{level}}: {{title}}";
const PLAIN: &str = "{{title}}: level {{level}}, {{level_name}}, since {{since}}.\n\n\
                     {{status}}\n\nNext word: {{next_update}}\nFor urgent issues: {{hotline}}";
const OVER_SUBJECT: &str = "Over: {{title}}";

impl<'a> Prepared<'a> {
    /// For an incident under the plan that it pins.
    #[must_use]
    pub fn new(incident: &'a Incident, plan: &'a Plan, now: OffsetDateTime) -> Prepared<'a> {
        let zone = plan.document.zone();
        let (title, next) = (String::new(), Next::Open);
        let mut prepared = Prepared { incident, plan, zone, title, next, now };
        prepared.title = prepared.usual_title();
        prepared
    }

    /// Under this public title.
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Prepared<'a> {
        Prepared { title: title.into(), ..self }
    }

    /// With this next word.
    #[must_use]
    pub fn next(self, next: Next) -> Prepared<'a> {
        Prepared { next, ..self }
    }

    /// What the public calls it; never its private title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The level's words for the public, where the plan has some.
    #[must_use]
    pub fn template(&self) -> Option<&'a Template> {
        let key = self.plan.level(self.incident.level)?.public_template.as_deref()?;
        self.plan.template(key)
    }

    /// A text with all filled in that is known; the rest stays as it is written.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        plan::fill(text, |name| self.known(name)).trim().to_owned()
    }

    /// A text that goes out before anybody has looked at it: what nobody can know yet is said in
    /// general words, and a line that the plan leaves without its figure is left out.
    #[must_use]
    pub fn fill_alone(&self, text: &str) -> String {
        let general = |name: &str| match name {
            "resolution" => Some("not known yet".to_owned()),
            "status" => Some("we are looking into it".to_owned()),
            "next_update" if self.next == Next::Open => Some(WHEN_NEWS.to_owned()),
            _ => self.known(name),
        };
        let filled = text.lines().map(|line| plan::fill(line, general));
        let whole = filled.filter(|line| plan::unfilled(line).is_empty());
        whole.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// That it is over, or about to be.
    #[must_use]
    pub fn last_word(&self) -> String {
        if self.incident.phase == Phase::FalseAlarm {
            return self.fill("This was a false alarm: nothing was wrong.");
        }
        let since = self.zone.when(self.incident.impact_start, self.now);
        let until = self.incident.recovered_at.or(self.incident.ended_at).unwrap_or(self.now);
        let until = self.zone.when(until, self.now);
        let what = match self.plan.document.service.as_str() {
            "" => "All works again.",
            _ => "The {{service}} works again.",
        };
        self.fill(&format!("{what} It was disturbed from {since} to {until}."))
    }

    /// Words for an audience that is told by hand.
    #[must_use]
    pub fn notice(&self, template: Option<&Template>) -> Notice {
        let (subject, body) = match (self.incident.is_open(), template) {
            (false, _) => (self.fill(OVER_SUBJECT), self.last_word()),
            (true, Some(template)) => (self.fill(&template.subject), self.fill(&template.body)),
            (true, None) => (self.fill(PLAIN_SUBJECT), self.fill(&self.plain())),
        };
        if self.incident.is_drill() {
            let body = format!("DRILL: this is an exercise, nothing is wrong.\n\n{body}");
            return Notice { subject: format!("DRILL: {subject}"), body };
        }
        Notice { subject, body }
    }

    /// The public title, else the level's words without the mark that mails put before them.
    fn usual_title(&self) -> String {
        let level = self.plan.level(self.incident.level).map_or("Incident", |level| &level.name);
        match (self.incident.public_title.trim(), self.template()) {
            ("", Some(template)) => {
                let subject = self.clone().titled(level).fill_alone(&template.subject);
                unmarked(&subject).to_owned()
            }
            ("", None) => level.to_owned(),
            (title, _) => title.to_owned(),
        }
    }

    fn plain(&self) -> String {
        let without =
            |line: &&str| self.known("hotline").is_some() || !line.contains("{{hotline}}");
        PLAIN.lines().filter(without).collect::<Vec<_>>().join("\n")
    }

    fn known(&self, name: &str) -> Option<String> {
        let (incident, document) = (self.incident, &self.plan.document);
        let value = match name {
            "hotline" => document.hotline.clone(),
            "level" => incident.level.to_string(),
            "level_name" => self.plan.level(incident.level)?.name.clone(),
            "next_update" => match self.next {
                Next::Open => return None,
                Next::WhenNews => WHEN_NEWS.to_owned(),
                Next::By(at) => self.zone.when(at, self.now),
            },
            "organisation" => document.organisation.clone(),
            "service" => document.service.clone(),
            "since" => self.zone.when(incident.impact_start, self.now),
            "status_page" => document.status_page.clone(),
            "title" => self.title.clone(),
            _ => return None,
        };
        Some(value).filter(|value| !value.is_empty())
    }
}

const WHEN_NEWS: &str = "when there is news";

/// `[URGENT] Sign-in is down` as a heading: `Sign-in is down`.
fn unmarked(subject: &str) -> &str {
    let rest = subject.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    rest.map(|(_, rest)| rest.trim()).filter(|rest| !rest.is_empty()).unwrap_or(subject)
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::id::{IncidentId, PersonId};
    use crate::domain::incident::{Draft, Kind};

    const NOW: OffsetDateTime = datetime!(2026-11-14 02:26:07 UTC);

    fn labitory() -> Plan {
        plan::parse(include_str!("../../../plans/labitory.toml")).unwrap().0.plan
    }

    fn incident(kind: Kind, level: u8) -> Incident {
        let (id, by) = (IncidentId(Uuid::nil()), PersonId(Uuid::nil()));
        let title = "PRIVATE-MARKER".to_owned();
        Incident::declared(Draft { id, kind, level, revision: 1, title, by }, NOW)
    }

    #[test]
    fn the_first_words_are_the_plans_own_and_hold_nothing_private() {
        let plan = labitory();

        for level in 2..=4 {
            let incident = incident(Kind::Real, level);
            let prepared = Prepared::new(&incident, &plan, NOW);
            let words = prepared.fill_alone(&prepared.template().unwrap().body);
            let all = format!("{}: {words}", prepared.title());
            assert!(!all.contains("PRIVATE-MARKER") && !all.contains("{{"), "{all}");
            assert!(!prepared.title().starts_with('['), "{all}");
        }
        let quiet = incident(Kind::Real, 1);
        assert_eq!(Prepared::new(&quiet, &plan, NOW).template(), None);
    }

    #[test]
    fn a_line_whose_figure_the_plan_lacks_does_not_go_out() {
        let mut plan = labitory();
        plan.document.hotline.clear();
        let incident = incident(Kind::Real, 3);
        let prepared = Prepared::new(&incident, &plan, NOW);

        let words = prepared.fill_alone(&prepared.template().unwrap().body);

        assert!(!words.contains("urgent issues"), "{words}");
        assert_eq!(prepared.fill("Call {{hotline}}"), "Call {{hotline}}");
    }

    #[test]
    fn what_is_not_known_stays_to_be_filled_in() {
        let (plan, incident) = (labitory(), incident(Kind::Real, 3));
        let prepared = Prepared::new(&incident, &plan, NOW).titled("Sign-in");
        let text = "{{title}} since {{since}}: {{status}}, {{next_update}}";

        assert_eq!(prepared.fill(text), "Sign-in since 03:26 CET: {{status}}, {{next_update}}");
        let later = prepared.next(Next::By(NOW + Duration::days(1)));
        assert_eq!(later.fill("{{next_update}}"), "15 Nov, 03:26 CET");
    }

    #[test]
    fn a_drills_notice_says_so_first_twice() {
        let plan = labitory();
        for (kind, level) in [(Kind::Drill, 1), (Kind::Drill, 3), (Kind::Real, 3)] {
            let incident = incident(kind, level);
            let template = plan.template("unavailable").filter(|_| level == 3);
            let notice = Prepared::new(&incident, &plan, NOW).notice(template);
            let marked = [&notice.subject, &notice.body].map(|text| text.starts_with("DRILL: "));
            assert_eq!(marked, [kind == Kind::Drill; 2], "{notice:?}");
            assert!(!notice.body.contains("PRIVATE-MARKER"), "{notice:?}");
        }
    }

    #[test]
    fn the_last_word_says_from_when_to_when() {
        let plan = labitory();
        let mut over = incident(Kind::Real, 3);
        over.recovered_at = Some(NOW + Duration::hours(1));
        over.dismiss(NOW + Duration::hours(2)).unwrap();
        let later = NOW + Duration::hours(2);
        assert!(Prepared::new(&over, &plan, later).last_word().contains("false alarm"));

        over.phase = Phase::Closed;
        let notice = Prepared::new(&over, &plan, later).notice(None);
        assert!(notice.subject.starts_with("Over: "), "{notice:?}");
        assert_eq!(
            notice.body,
            "The Laboratory Management System works again. It was disturbed from 03:26 CET to 04:26 CET."
        );
    }
}
