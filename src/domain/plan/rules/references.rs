//! Whatever is named must be there.

use std::collections::BTreeSet;

use super::place;
use crate::domain::plan::document::{Plan, PlanFile};
use crate::domain::plan::source::Report;
use crate::domain::plan::source::place::Place;

pub(super) fn judge(file: &PlanFile, report: &mut Report) {
    let mut names = Names { known: Known::of(file), report };
    names.document(&file.plan);
    names.levels(&file.plan);
    names.matrices(&file.plan);
    names.work(&file.plan);
}

/// The keys that there are, by kind.
struct Known<'p> {
    people: BTreeSet<&'p str>,
    roles: BTreeSet<&'p str>,
    components: BTreeSet<&'p str>,
    audiences: BTreeSet<&'p str>,
    channels: BTreeSet<&'p str>,
    templates: BTreeSet<&'p str>,
}

impl<'p> Known<'p> {
    fn of(file: &'p PlanFile) -> Known<'p> {
        macro_rules! keys {
            ($list:expr) => {
                $list.iter().map(|thing| thing.key.as_str()).collect()
            };
        }
        Known {
            people: keys!(file.people),
            roles: keys!(file.plan.role),
            components: keys!(file.plan.component),
            audiences: keys!(file.plan.audience),
            channels: keys!(file.plan.channel),
            templates: keys!(file.plan.template),
        }
    }
}

struct Names<'p, 'r> {
    known: Known<'p>,
    report: &'r mut Report,
}

impl Names<'_, '_> {
    fn document(&mut self, plan: &Plan) {
        self.one(place!("document", "owner"), &plan.document.owner, "person");
        if !plan.document.approved_by.is_empty() {
            self.one(place!("document", "approved_by"), &plan.document.approved_by, "person");
        }
    }

    fn levels(&mut self, plan: &Plan) {
        for (at, level) in plan.level.iter().enumerate() {
            self.all(&place!("level", at, "pages"), &level.pages, "role");
            if let Some(template) = &level.public_template {
                self.one(place!("level", at, "public_template"), template, "template");
            }
        }
        for (at, role) in plan.role.iter().enumerate() {
            self.all(&place!("role", at, "holders"), &role.holders, "person");
        }
    }

    fn matrices(&mut self, plan: &Plan) {
        for (at, audience) in plan.audience.iter().enumerate() {
            self.all(&place!("audience", at, "people"), &audience.people, "person");
            self.all(&place!("audience", at, "roles"), &audience.roles, "role");
        }
        for (at, row) in plan.notify.iter().enumerate() {
            self.one(place!("notify", at, "audience"), &row.audience, "audience");
            self.all(&place!("notify", at, "channels"), &row.channels, "channel");
            if let Some(template) = &row.template {
                self.one(place!("notify", at, "template"), template, "template");
            }
        }
        for (at, row) in plan.escalate.iter().enumerate() {
            self.all(&place!("escalate", at, "roles"), &row.roles, "role");
            self.all(&place!("escalate", at, "audiences"), &row.audiences, "audience");
        }
    }

    fn work(&mut self, plan: &Plan) {
        for (at, function) in plan.function.iter().enumerate() {
            self.all(&place!("function", at, "components"), &function.components, "component");
        }
        for (at, runbook) in plan.runbook.iter().enumerate() {
            self.all(&place!("runbook", at, "components"), &runbook.components, "component");
        }
        for (at, database) in plan.database.iter().enumerate() {
            self.one(place!("database", at, "role"), &database.role, "role");
            self.all(&place!("database", at, "components"), &database.components, "component");
        }
    }

    fn all(&mut self, list: &Place, keys: &[String], kind: &str) {
        let mut seen = BTreeSet::new();
        for (at, key) in keys.iter().enumerate() {
            self.one(list.at(at), key, kind);
            if !seen.insert(key) {
                self.report.error(list.at(at), format!("“{key}” is named twice; take one away"));
            }
        }
    }

    fn one(&mut self, place: Place, key: &str, kind: &str) {
        let known = match kind {
            "person" => &self.known.people,
            "role" => &self.known.roles,
            "component" => &self.known.components,
            "audience" => &self.known.audiences,
            "channel" => &self.known.channels,
            _ => &self.known.templates,
        };
        if !known.contains(&key) {
            let says = format!("there is no {kind} “{key}”; add a [[{kind}]] or correct the key");
            self.report.error(place, says);
        }
    }
}
