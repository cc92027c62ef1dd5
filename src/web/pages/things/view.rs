//! What the page of a thing says: its form, and what would come of what was typed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::Doing;
use super::fields::field;
use super::findings::Sorted;
use crate::actions::plans::edit::Look;
use crate::domain::plan::Finding;
use crate::domain::plan::document::PlanFile;
use crate::domain::plan::edit::{Address, Form, POSITION, Typed};
use crate::domain::plan::shape::Field as Shape;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::plan::difference;
use crate::web::parts::act::{Act, Look as Weight};
use crate::web::parts::field::{Choice, Field};
use crate::web::parts::nav::Tab;
use crate::web::parts::page::Page;
use crate::web::parts::state::State;
use crate::web::parts::table::Table;
use crate::web::parts::words::{Words, capital, sentence};

const MEANWHILE: &str = "Somebody changed this after you opened the form; yours takes its place.";
const GONE: &str = "It is no longer in the plan: somebody took it out after you opened the form. \
                    What you typed stands below.";

const NAMED: &str = "It can’t go yet: the plan would no longer hold. Mend these first.";

#[derive(Template)]
#[template(path = "plan/thing.html")]
struct ThingPage {
    page: Page,
    heading: String,
    said: Said,
    back: String,
}

/// All that the page says besides its frame.
pub(super) struct Said {
    doing: Doing,
    title: String,
    one: &'static str,
    action: String,
    confirms: String,
    section: &'static str,
    outer: Option<Address>,
    base: i32,
    shapes: Vec<(&'static Shape, Vec<String>)>,
    file: PlanFile,
    order: Option<(usize, Vec<String>)>,
    typed: Typed,
    fields: Vec<Field>,
    /// Lists within the thing.
    parts: Vec<Part>,
    removal: Option<Act>,
    /// About the thing as a whole.
    notes: Vec<State>,
    stands: Option<String>,
    changes: Option<Table>,
    elsewhere: Option<Table>,
    number: i32,
}

/// A list within the thing: links to what is in it, and the button that adds to it.
struct Part {
    heading: String,
    things: Vec<Words>,
    add: Act,
}

impl Said {
    /// The form as it stands, drawn from revision `base`.
    pub(super) fn of_form(
        doing: Doing,
        address: &Address,
        file: &PlanFile,
        form: &Form,
        base: i32,
    ) -> Said {
        let path = address.to_string();
        let action = match doing {
            Doing::Change => links::plan_thing(&path),
            Doing::Add => links::plan_addition(&path),
            Doing::Remove => links::plan_removal(&path),
        };
        let goes = doing == Doing::Change && address.thing().may_come_and_go();
        let removal = Act::go("Take it out of the plan", links::plan_removal(&path));
        let shapes = if doing == Doing::Remove { Vec::new() } else { form.fields.clone() };
        let parts = if doing == Doing::Change { parts(form) } else { Vec::new() };
        Said {
            doing,
            title: form.title.clone(),
            one: address.thing().one,
            action,
            confirms: links::plan_change_of(&path),
            section: section(address),
            outer: address.outer(),
            base,
            shapes,
            file: file.clone(),
            order: form.order.clone().filter(|_| doing != Doing::Remove),
            typed: Typed::default(),
            fields: Vec::new(),
            parts,
            removal: goes.then(|| removal.look(Weight::Danger)),
            notes: Vec::new(),
            stands: None,
            changes: None,
            elsewhere: None,
            number: 0,
        }
        .with_fields(&[], "", &[])
    }

    /// What was typed stands in the fields.
    pub(super) fn typed(self, typed: Typed) -> Said {
        Said { typed, ..self }
    }

    /// What would come of it.
    pub(super) fn seen(mut self, look: &Look, refused: Option<String>) -> Said {
        let preview = &look.preview;
        let (about, meanwhile) = match &look.edited {
            Some(edited) => (edited.about.as_str(), edited.meanwhile.as_slice()),
            None => ("", [].as_slice()),
        };
        if look.edited.is_none() {
            self.notes.push(State::bad(GONE));
        } else if let Some(refused) = refused.filter(|_| !preview.is_refused()) {
            self.notes.push(State::bad(sentence(&refused)));
        }
        if self.doing == Doing::Remove && preview.is_refused() {
            self.notes.push(State::bad(NAMED));
        }
        if look.edited.is_some() && !preview.is_refused() {
            self.stands = Some(match (preview.unchanged, preview.changes.len()) {
                (true, _) => "Nothing would change.".to_owned(),
                (false, count) => {
                    format!(
                        "Revision {} would change {}.",
                        preview.number,
                        difference::things(count)
                    )
                }
            });
            let changes = difference::changes(&preview.changes, "Stands", "Would be");
            self.changes = (!preview.unchanged).then_some(changes);
            self.number = preview.number;
        }
        self.with_fields(&preview.findings, about, meanwhile)
    }

    /// Draws the fields, each with the findings about it; others stand apart.
    fn with_fields(mut self, findings: &[Finding], about: &str, meanwhile: &[&str]) -> Said {
        let keys: Vec<&str> = self.shapes.iter().map(|(shape, _)| shape.key).collect();
        let mut sorted = Sorted::new(findings, about, &keys);
        let fields = self.shapes.iter().map(|(shape, shown)| {
            let mut warnings = sorted.warnings(shape.key);
            warnings.extend(meanwhile.contains(&shape.key).then(|| MEANWHILE.to_owned()));
            field(shape, self.values(shape, shown), &self.file)
                .error(together(&sorted.errors(shape.key)))
                .warning(together(&warnings))
        });
        let fields: Vec<Field> = fields.chain(self.position()).collect();
        self.elsewhere = sorted.elsewhere();
        self.notes.append(&mut sorted.whole);
        Said { fields, ..self }
    }

    /// What was typed in a field; what stands in it before anything was.
    fn values<'v>(&'v self, shape: &Shape, shown: &'v [String]) -> &'v [String] {
        let sent = self.typed.pairs().next().is_some();
        let nothing_chosen: &[String] = if sent { &[] } else { shown };
        self.typed.get(shape.key).unwrap_or(nothing_chosen)
    }

    fn position(&self) -> Option<Field> {
        let (at, others) = self.order.as_ref()?;
        let typed = self.typed.get(POSITION).and_then(|values| values.first()?.parse().ok());
        let at = typed.unwrap_or(*at).min(others.len());
        let first = Choice::new("0", "First", at == 0);
        let behind = others.iter().enumerate().map(|(nth, other)| {
            Choice::new((nth + 1).to_string(), format!("After {}. {other}", nth + 1), at == nth + 1)
        });
        let choices = std::iter::once(first).chain(behind).collect();
        Some(Field::select(POSITION, "Stands", choices))
    }
}

/// Where the list of a thing stands on the plan's page.
pub(super) fn section(address: &Address) -> &'static str {
    let mut top = address.clone();
    while let Some(outer) = top.outer() {
        top = outer;
    }
    match top.thing().list {
        "document" => "control",
        "notify" => "stakeholders",
        "escalate" => "escalation",
        "repository" => "backups",
        "post_mortem" => "post-mortem",
        "follow_up" => "follow-up",
        "objective" => "objectives",
        "function" => "functions",
        "component" => "components",
        "level" => "levels",
        "role" => "roles",
        "audience" => "audiences",
        "channel" => "channels",
        "template" => "templates",
        "runbook" => "runbooks",
        "schedule" => "schedules",
        "database" => "databases",
        "checklist" => "checklists",
        "provider" => "providers",
        _ => "appendices",
    }
}

pub(super) fn draw(frame: Frame, said: Said, status: StatusCode) -> Result<Response, PageError> {
    let heading = match said.doing {
        Doing::Change => format!("Change {}", said.title),
        Doing::Add => format!("A new {}", said.one),
        Doing::Remove => format!("Take {} out of the plan", said.title),
    };
    let back = match &said.outer {
        Some(outer) if !outer.is_list() => links::plan_thing(&outer.to_string()),
        _ => format!("{}#{}", links::PLAN_CHANGE, said.section),
    };
    let page = frame.page.titled(heading.clone()).at(Tab::Plan);
    let page = if status == StatusCode::OK { page } else { page.refused() };
    let html = ThingPage { page, heading, said, back }.render()?;
    Ok((status, Html(html)).into_response())
}

fn parts(form: &Form) -> Vec<Part> {
    let part = |(list, things): &(Address, Vec<(Address, String)>)| {
        let one = list.thing().one;
        let link = |(address, title): &(Address, String)| {
            Words::new().link(links::plan_thing(&address.to_string()), title.clone())
        };
        Part {
            heading: format!("{}s", capital(one)),
            things: things.iter().map(link).collect(),
            add: Act::go(format!("Add a {one}"), links::plan_addition(&list.to_string())),
        }
    };
    form.parts.iter().map(part).collect()
}

fn together(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}
