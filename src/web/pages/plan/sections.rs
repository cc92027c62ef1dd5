//! The parts of a plan, each under its heading.

use super::reading::Reading;
use super::{aftermath, aims, control, escalation, levels, outside, people, told, work};
use crate::domain::plan::edit::Address;
use crate::web::parts::act::Act;
use crate::web::parts::facts::Facts;
use crate::web::parts::table::Table;
use crate::web::parts::words::Words;

/// One part of the plan under its heading.
pub(in crate::web::pages) struct Section {
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    pub(super) pieces: Vec<Piece>,
    pub(super) acts: Vec<Act>,
}

/// What a section is made of.
pub(in crate::web::pages) enum Piece {
    Table(Table),
    Facts(Facts),
    Words(Words),
    /// A heading of its own, with points below it.
    List(Words, Vec<String>),
    /// Words as they leave: under a heading and a line about them.
    Letter {
        heading: Words,
        about: Words,
        text: String,
    },
}

impl Section {
    pub(in crate::web::pages) fn new(id: &'static str, heading: &'static str) -> Section {
        Section { id, heading, pieces: Vec::new(), acts: Vec::new() }
    }

    /// Its table; without a row, what is missing in words.
    pub(super) fn table(self, table: Table, without: &str) -> Section {
        if table.is_empty() {
            return self.piece(Piece::Words(Words::new().small(without)));
        }
        self.piece(Piece::Table(table))
    }

    pub(in crate::web::pages) fn piece(mut self, piece: Piece) -> Section {
        self.pieces.push(piece);
        self
    }

    pub(super) fn pieces(
        mut self,
        pieces: impl IntoIterator<Item = Piece>,
        without: &str,
    ) -> Section {
        self.pieces.extend(pieces);
        if self.pieces.is_empty() {
            self.pieces.push(Piece::Words(Words::new().small(without)));
        }
        self
    }

    pub(super) fn acts(mut self, act: Option<Act>) -> Section {
        self.acts.extend(act);
        self
    }
}

/// The whole plan, in the order in which it is looked for.
pub(in crate::web::pages) fn of(reading: &Reading<'_>) -> Vec<Section> {
    vec![
        outside::emergency(reading),
        aims::objectives(reading),
        levels::levels(reading),
        aims::functions(reading),
        aims::components(reading),
        people::roles(reading),
        people::roster(reading),
        told::audiences(reading),
        told::stakeholders(reading),
        escalation::escalation(reading),
        told::channels(reading),
        told::templates(reading),
        work::runbooks(reading),
        work::schedules(reading),
        work::databases(reading),
        work::repositories(reading),
        work::checklists(reading),
        aftermath::post_mortem(reading),
        aftermath::follow_up(reading),
        outside::providers(reading),
        outside::appendices(reading),
        control::document(reading),
    ]
}

/// Where the list of a thing stands on the plan's page.
pub(in crate::web::pages) fn section(address: &Address) -> &'static str {
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
