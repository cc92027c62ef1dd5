//! The typed plan. Everything outside refers to its things by stable key (`dba`, level 3).

use serde::{Deserialize, Serialize};

use crate::domain::span::Span;

/// The format that this release writes.
pub const FORMAT: u32 = 1;

/// A written disaster recovery plan, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this structure.
    pub format: u32,
    /// Title, owner, review, hotline, meeting link.
    pub document: Document,
    /// RTO, RPO, MTTR, availability.
    #[serde(default)]
    pub objective: Vec<Objective>,
    /// What the business does.
    #[serde(default)]
    pub function: Vec<Function>,
    /// Parts that the status page shows.
    #[serde(default)]
    pub component: Vec<Component>,
    /// Levels 1 to 4.
    #[serde(default)]
    pub level: Vec<Level>,
    /// The roles that levels page.
    #[serde(default)]
    pub role: Vec<Role>,
    /// Who is told.
    #[serde(default)]
    pub audience: Vec<Audience>,
    /// The stakeholder matrix, a row a level and audience.
    #[serde(default)]
    pub notify: Vec<Notify>,
    /// The escalation matrix, a row a level.
    #[serde(default)]
    pub escalate: Vec<Escalate>,
    /// Ways to talk, in order.
    #[serde(default)]
    pub channel: Vec<Channel>,
    /// Words prepared in peace.
    #[serde(default)]
    pub template: Vec<Template>,
    /// What to do, step by step.
    #[serde(default)]
    pub runbook: Vec<Runbook>,
    /// What happens when: backups, drills, reviews.
    #[serde(default)]
    pub schedule: Vec<Schedule>,
    /// Where backups lie.
    #[serde(default)]
    pub repository: Vec<Repository>,
    /// Databases and their checks.
    #[serde(default)]
    pub database: Vec<Database>,
    /// Lists ticked at a moment, such as before closing.
    #[serde(default)]
    pub checklist: Vec<Checklist>,
    /// The report after an incident.
    #[serde(default)]
    pub post_mortem: PostMortem,
    /// Windows of follow-up actions.
    #[serde(default)]
    pub follow_up: Vec<FollowUp>,
    /// Firms that are called.
    #[serde(default)]
    pub provider: Vec<Provider>,
    /// Papers to print.
    #[serde(default)]
    pub appendix: Vec<Appendix>,
    /// Keys of the people it names; the roster holds who they are.
    #[serde(default)]
    pub person: Vec<String>,
}

/// Title and control of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: String,
    /// The organisation, as the public knows it: "Labitory".
    pub organisation: String,
    /// The service the plan recovers.
    #[serde(default)]
    pub service: String,
    /// Its version as its owner counts.
    #[serde(default)]
    pub version: String,
    /// Day of the last change, ISO 8601.
    #[serde(default)]
    pub updated: String,
    /// Day of the next review, ISO 8601.
    #[serde(default)]
    pub next_review: String,
    /// Key of the person who owns it.
    pub owner: String,
    /// Key of the person who approved it.
    #[serde(default)]
    pub approved_by: String,
    /// Zone of its civil times, such as `Europe/Berlin`.
    pub zone: String,
    /// Number that is answered day and night.
    #[serde(default)]
    pub hotline: String,
    /// Where responders meet.
    #[serde(default)]
    pub meeting: String,
    /// Address of the public status page as users know it.
    #[serde(default)]
    pub status_page: String,
}

/// One objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Objective {
    /// `rto`, `rpo`, `mttr` or `availability`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What is aimed at.
    pub target: Amount,
    /// What is accepted at most (for availability: at least).
    pub maximum: Amount,
    /// What it covers.
    #[serde(default)]
    pub covers: Vec<String>,
}

/// A span of time, or a share in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Amount {
    /// 0 to 100 percent.
    Percent(f64),
    /// A span.
    Span(Span),
}

/// How soon a function must be back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Within 2 hours.
    Critical,
    /// Within 4 hours.
    Important,
    /// Within 24 hours.
    NiceToHave,
}

impl Tier {
    /// The time within which its functions must be back.
    #[must_use]
    pub fn within(self) -> Span {
        match self {
            Tier::Critical => Span::hours(2),
            Tier::Important => Span::hours(4),
            Tier::NiceToHave => Span::hours(24),
        }
    }

    /// Its name on pages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tier::Critical => "Critical",
            Tier::Important => "Important",
            Tier::NiceToHave => "Nice to have",
        }
    }
}

/// Something the business does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How soon it must be back.
    pub tier: Tier,
    /// Keys of the components it stands on.
    #[serde(default)]
    pub components: Vec<String>,
    /// What people do meanwhile.
    #[serde(default)]
    pub while_down: String,
}

/// A part that the status page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Stable key.
    pub key: String,
    /// Its name, as the public reads it.
    pub name: String,
    /// Whether the public sees it.
    #[serde(default = "yes")]
    pub public: bool,
}

/// A level from 1 to 4: behaviour, not a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// 1 to 4.
    pub number: u8,
    /// Its name.
    pub name: String,
    /// What it means.
    pub impact: String,
    /// Such as happen.
    #[serde(default)]
    pub examples: Vec<String>,
    /// The most that such an incident usually lasts; empty where the plan gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_downtime: Option<Span>,
    /// The downtime in the plan's own words.
    #[serde(default)]
    pub downtime: String,
    /// What the organisation does.
    #[serde(default)]
    pub response: Vec<String>,
    /// Keys of the roles it pages.
    pub pages: Vec<String>,
    /// First words for the status page; none where the public is told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_template: Option<String>,
}

/// What a role is for, beyond its duties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Commands incidents.
    Command,
    /// Publishes public words.
    Words,
    /// Looks after databases.
    Database,
}

/// A role: held by a person, and alternates in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Primary or secondary team, or a contact.
    #[serde(default)]
    pub team: String,
    /// In two or three words: "Decision Authority".
    #[serde(default)]
    pub authority: String,
    /// What its holder does.
    #[serde(default)]
    pub duties: Vec<String>,
    /// What Muster does with it.
    #[serde(default)]
    pub marks: Vec<Mark>,
    /// Keys of its people: the primary, then alternates in order.
    #[serde(default)]
    pub holders: Vec<String>,
}

/// People who are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Whether what it is told is public.
    #[serde(default)]
    pub public: bool,
    /// Mail addresses of lists.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Keys of people in it.
    #[serde(default)]
    pub people: Vec<String>,
    /// Keys of roles whose holders are in it.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// How often an audience hears again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Every {
    /// Each so often.
    Span(Span),
    /// When something changes: the source's "as needed" and "continuous".
    OnChange,
    /// Once is enough.
    None,
}

/// One cell of the stakeholder matrix; cumulative over levels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// The level from which it holds.
    pub level: u8,
    /// Key of the audience.
    pub audience: String,
    /// First word within.
    pub first_within: Span,
    /// Then how often.
    pub every: Every,
    /// Keys of channels.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Key of the template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

/// One row of the escalation matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalate {
    /// The level.
    pub level: u8,
    /// What happens, in the plan's words.
    #[serde(default)]
    pub says: String,
    /// Keys of the roles that are paged at once; the level's own where empty.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Keys of audiences that are brought in.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// After how long without an answer the next step comes.
    pub next_after: Span,
}

/// A way to talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `primary`, `secondary`, `tertiary` or `public`.
    pub rank: String,
    /// `phone`, `mail`, `chat`, `status-page`, `social` or `website`.
    pub kind: String,
    /// Where it is: numbers, lists, rooms, pages.
    #[serde(default)]
    pub addresses: Vec<String>,
}

/// Words prepared in peace; `{{name}}` is filled from a fixed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Levels it is meant for.
    #[serde(default)]
    pub levels: Vec<u8>,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// What to do, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runbook {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The chapter it stands in.
    #[serde(default)]
    pub section: String,
    /// What one sees when it is needed.
    #[serde(default)]
    pub symptoms: Vec<String>,
    /// Keys of components it mends.
    #[serde(default)]
    pub components: Vec<String>,
    /// Its steps, in order.
    #[serde(default)]
    pub step: Vec<Step>,
}

/// One step of a runbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do.
    pub title: String,
    /// Why, or with what care.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Commands, to be copied.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commands: String,
    /// A warning that stands out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub danger: String,
}

/// Something that recurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `backup`, `proof`, `drill`, `test` or `review`.
    pub kind: String,
    /// When, as five cron fields in the plan's zone.
    pub cron: String,
    /// What it does, item by item.
    #[serde(default)]
    pub items: Vec<String>,
    /// How the source gives it, where it differs from `cron`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Where backups lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `primary`, `secondary` or `tertiary`.
    pub rank: String,
    /// `local`, `s3`, `azure` or `offline`.
    pub kinds: Vec<String>,
    /// Where.
    #[serde(default)]
    pub path: String,
}

/// A database that the plan recovers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Stable key.
    pub key: String,
    /// Its name in the server.
    pub name: String,
    /// Key of the role that looks after it.
    pub role: String,
    /// Keys of components that stand on it.
    #[serde(default)]
    pub components: Vec<String>,
    /// Loss aimed at; the plan's RPO where empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpo_target: Option<Span>,
    /// Loss accepted at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rpo_maximum: Option<Span>,
    /// Checks of a restored copy.
    #[serde(default)]
    pub check: Vec<Check>,
}

/// One check of a restored database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Stable key within the database.
    pub key: String,
    /// What it shows.
    pub name: String,
    /// One statement that yields one value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sql: String,
    /// A named action on the host, instead of SQL.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// What is expected: `> 0`, `= 0`, or empty where the count is only kept.
    #[serde(default)]
    pub expect: String,
}

/// A list ticked at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `before-closing`, `after-recovery`.
    pub moment: String,
    /// Its items.
    pub items: Vec<String>,
}

/// The report after an incident, and its meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct PostMortem {
    /// The meeting is held within.
    #[serde(default)]
    pub within: Span,
    /// What the meeting goes through.
    #[serde(default)]
    pub agenda: Vec<String>,
    /// Chapters of the report, in order.
    #[serde(default)]
    pub section: Vec<ReportSection>,
}

/// A chapter of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSection {
    /// Its heading.
    pub heading: String,
    /// What is asked in it.
    #[serde(default)]
    pub asks: Vec<String>,
}

/// A window of follow-up actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Begins so long after recovery.
    pub from: Span,
    /// Ends so long after recovery.
    pub until: Span,
    /// What belongs into it.
    pub items: Vec<String>,
}

/// A firm that is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Stable key.
    pub key: String,
    /// What it provides.
    pub service: String,
    /// Its name.
    pub name: String,
    /// Numbers and addresses of its support.
    #[serde(default)]
    pub support: Vec<String>,
    /// Our account with it.
    #[serde(default)]
    pub account: Vec<String>,
    /// What it has promised.
    #[serde(default)]
    pub sla: String,
}

/// A paper to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appendix {
    /// Stable key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How it is handed out.
    #[serde(default)]
    pub handed_out: String,
}

/// A person of the text form; it goes to the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Stable key.
    pub key: String,
    /// The whole name.
    pub name: String,
    /// What they are in the organisation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Their zone; the plan's where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zone: String,
    /// Ways to reach them.
    #[serde(default)]
    pub contact: Vec<Contact>,
}

/// A way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// `mail`, `phone` or `sms`.
    pub channel: String,
    /// The address or number.
    pub address: String,
    /// 1 is tried first; equal ranks at once.
    #[serde(default = "first")]
    pub rank: u8,
}

/// The text form: a plan, with its people written out.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFile {
    /// The document; its `person` list holds the keys of `people`.
    pub plan: Plan,
    /// The roster part.
    pub people: Vec<Person>,
}

impl TryFrom<String> for Every {
    type Error = crate::domain::span::NotASpan;

    fn try_from(text: String) -> Result<Every, Self::Error> {
        Ok(match text.as_str() {
            "on-change" => Every::OnChange,
            "none" => Every::None,
            _ => Every::Span(text.parse()?),
        })
    }
}

impl From<Every> for String {
    fn from(every: Every) -> String {
        match every {
            Every::Span(span) => span.to_string(),
            Every::OnChange => "on-change".to_owned(),
            Every::None => "none".to_owned(),
        }
    }
}

impl Plan {
    /// The level of that number.
    #[must_use]
    pub fn level(&self, number: u8) -> Option<&Level> {
        self.level.iter().find(|level| level.number == number)
    }

    /// The role of that key.
    #[must_use]
    pub fn role(&self, key: &str) -> Option<&Role> {
        self.role.iter().find(|role| role.key == key)
    }

    /// The function of that key.
    #[must_use]
    pub fn function(&self, key: &str) -> Option<&Function> {
        self.function.iter().find(|function| function.key == key)
    }

    /// The component of that key.
    #[must_use]
    pub fn component(&self, key: &str) -> Option<&Component> {
        self.component.iter().find(|component| component.key == key)
    }

    /// The audience of that key.
    #[must_use]
    pub fn audience(&self, key: &str) -> Option<&Audience> {
        self.audience.iter().find(|audience| audience.key == key)
    }

    /// The template of that key.
    #[must_use]
    pub fn template(&self, key: &str) -> Option<&Template> {
        self.template.iter().find(|template| template.key == key)
    }

    /// The escalation row of a level.
    #[must_use]
    pub fn escalate(&self, level: u8) -> Option<&Escalate> {
        self.escalate.iter().find(|row| row.level == level)
    }

    /// The one role that bears this mark.
    #[must_use]
    pub fn marked(&self, mark: Mark) -> Option<&Role> {
        self.role.iter().find(|role| role.marks.contains(&mark))
    }
}

const fn yes() -> bool {
    true
}

const fn first() -> u8 {
    1
}
