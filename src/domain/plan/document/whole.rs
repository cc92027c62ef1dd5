//! The document, whole.

use serde::{Deserialize, Serialize};

use super::{
    Appendix, Audience, Channel, Checklist, Component, Database, Document, Escalate, FollowUp,
    Function, Level, Mark, Notify, Objective, PostMortem, Provider, Repository, Role, Runbook,
    Schedule, Template,
};

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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objective: Vec<Objective>,
    /// What the business does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub function: Vec<Function>,
    /// Parts that the status page shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub component: Vec<Component>,
    /// Levels 1 to 4.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub level: Vec<Level>,
    /// The roles that levels page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub role: Vec<Role>,
    /// Who is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<Audience>,
    /// The stakeholder matrix, a row a level and audience.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<Notify>,
    /// The escalation matrix, a row a level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalate: Vec<Escalate>,
    /// Ways to talk, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<Channel>,
    /// Words prepared in peace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub template: Vec<Template>,
    /// What to do, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runbook: Vec<Runbook>,
    /// What happens when: backups, drills, reviews.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<Schedule>,
    /// Where backups lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repository: Vec<Repository>,
    /// Databases and their checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub database: Vec<Database>,
    /// Lists ticked at a moment, such as before closing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<Checklist>,
    /// The report after an incident.
    #[serde(default, skip_serializing_if = "PostMortem::is_empty")]
    pub post_mortem: PostMortem,
    /// Windows of follow-up actions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_up: Vec<FollowUp>,
    /// Firms that are called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provider: Vec<Provider>,
    /// Papers to print.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appendix: Vec<Appendix>,
    /// Keys of the people it names; the roster holds who they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub person: Vec<String>,
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

    /// The runbook of that key.
    #[must_use]
    pub fn runbook(&self, key: &str) -> Option<&Runbook> {
        self.runbook.iter().find(|runbook| runbook.key == key)
    }

    /// The checklist of that key.
    #[must_use]
    pub fn checklist(&self, key: &str) -> Option<&Checklist> {
        self.checklist.iter().find(|list| list.key == key)
    }

    /// The channel of that key.
    #[must_use]
    pub fn channel(&self, key: &str) -> Option<&Channel> {
        self.channel.iter().find(|channel| channel.key == key)
    }

    /// The row by which an audience is told at a level: that of the highest level up to it.
    #[must_use]
    pub fn told(&self, level: u8, audience: &str) -> Option<&Notify> {
        let rows = self.notify.iter().filter(|row| row.level <= level && row.audience == audience);
        rows.max_by_key(|row| row.level)
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
