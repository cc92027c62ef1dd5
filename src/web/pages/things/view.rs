//! What the page of a thing says: its form, and what would come of what was typed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::Doing;
use super::fields::field;
use super::findings::Sorted;
use crate::actions::plans::Preview;
use crate::actions::plans::edit::Look;
use crate::domain::counted::counted;
use crate::domain::plan::Finding;
use crate::domain::plan::document::PlanFile;
use crate::domain::plan::edit::{Address, Form, POSITION, Typed};
use crate::domain::plan::shape::Field as Shape;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::pages::plan::difference;
use crate::web::pages::plan::sections::section;
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
    said: Said,
}

/// All that the page says besides its frame.
pub(super) struct Said {
    doing: Doing,
    address: Address,
    base: i32,
    title: String,
    shapes: Vec<(&'static Shape, Vec<String>)>,
    order: Option<(usize, Vec<String>)>,
    file: PlanFile,
    typed: Typed,
    fields: Vec<Field>,
    /// Lists within the thing.
    parts: Vec<Part>,
    /// About the thing as a whole.
    notes: Vec<State>,
    outcome: Outcome,
}

/// What would come of what was typed.
#[derive(Default)]
struct Outcome {
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
        let (shapes, order) = match doing {
            Doing::Change | Doing::Add => (form.fields.clone(), form.order.clone()),
            Doing::Remove => (Vec::new(), None),
        };
        Said {
            doing,
            address: address.clone(),
            base,
            title: form.title.clone(),
            shapes,
            order,
            file: file.clone(),
            typed: Typed::default(),
            fields: Vec::new(),
            parts: if doing == Doing::Change { parts(form) } else { Vec::new() },
            notes: Vec::new(),
            outcome: Outcome::default(),
        }
        .with_fields(&[], "", &[])
    }

    /// What was typed stands in the fields.
    pub(super) fn typed(self, typed: Typed) -> Said {
        Said { typed, ..self }
    }

    /// What would come of it; `refused` says why it was not made.
    pub(super) fn seen(mut self, look: &Look, refused: Option<String>) -> Said {
        let Some(edited) = &look.edited else {
            self.notes.push(State::bad(GONE));
            return self.with_fields(&[], "", &[]);
        };
        match refused {
            _ if look.preview.is_refused() && self.doing == Doing::Remove => {
                self.notes.push(State::bad(NAMED));
            }
            Some(words) if !look.preview.is_refused() => {
                self.notes.push(State::bad(sentence(&words)));
            }
            _ => {}
        }
        self.outcome = Outcome::of(&look.preview);
        self.with_fields(&look.preview.findings, &edited.about, &edited.meanwhile)
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
        self.outcome.elsewhere = sorted.elsewhere();
        self.notes.append(&mut sorted.whole);
        Said { fields, ..self }
    }

    /// What was typed in a field; what stands in it before anything was.
    fn values<'v>(&'v self, shape: &Shape, shown: &'v [String]) -> &'v [String] {
        let sent = self.typed.pairs().next().is_some();
        let nothing_chosen: &[String] = if sent { &[] } else { shown };
        self.typed.get(shape.key).unwrap_or(nothing_chosen)
    }

    /// Where the form is sent to be looked at.
    fn action(&self) -> String {
        let path = self.address.to_string();
        match self.doing {
            Doing::Change => links::plan_thing(&path),
            Doing::Add => links::plan_addition(&path),
            Doing::Remove => links::plan_removal(&path),
        }
    }

    /// Where it is made.
    fn confirms(&self) -> String {
        links::plan_change_of(&self.address.to_string())
    }

    fn removal(&self) -> Option<Act> {
        let goes = self.doing == Doing::Change && self.address.thing().may_come_and_go();
        let path = links::plan_removal(&self.address.to_string());
        goes.then(|| Act::go("Take it out of the plan", path).look(Weight::Danger))
    }

    fn heading(&self) -> String {
        match self.doing {
            Doing::Change => format!("Change {}", self.title),
            Doing::Add => format!("A new {}", self.address.thing().one),
            Doing::Remove => format!("Take {} out of the plan", self.title),
        }
    }

    /// The thing around, or the part of the plan's page.
    fn back(&self) -> String {
        match self.address.outer() {
            Some(outer) => links::plan_thing(&outer.to_string()),
            None => format!("{}#{}", links::PLAN_CHANGE, section(&self.address)),
        }
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

impl Outcome {
    fn of(preview: &Preview) -> Outcome {
        if preview.is_refused() {
            return Outcome::default();
        }
        let number = preview.number;
        let stands = match preview.unchanged {
            true => "Nothing would change.".to_owned(),
            false => {
                let things = counted(preview.changes.len(), "thing");
                format!("Revision {number} would change {things}.")
            }
        };
        let changes = difference::changes(&preview.changes, "Stands", "Would be");
        let changes = (!preview.unchanged).then_some(changes);
        Outcome { stands: Some(stands), changes, elsewhere: None, number }
    }
}

pub(super) fn draw(frame: Frame, said: Said, status: StatusCode) -> Result<Response, PageError> {
    let page = frame.page.titled(said.heading()).at(Tab::Plan);
    let page = if status == StatusCode::OK { page } else { page.refused() };
    Ok((status, Html(ThingPage { page, said }.render()?)).into_response())
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
