//! What a plan is read with: the roster beside it, who is reached now, and where its names lead.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::actions::people::Card;
use crate::actions::{people, ways};
use crate::domain::civil::Zone;
use crate::domain::id::PersonId;
use crate::domain::plan::document::Plan;
use crate::domain::plan::ways::Ways;
use crate::store::plans::Revision;
use crate::web::error::PageError;
use crate::web::frame::Frame;
use crate::web::links;
use crate::web::parts::act::Act;
use crate::web::parts::words::Words;
use crate::web::state::AppState;

/// One revision, as somebody reads it now.
pub(in crate::web::pages) struct Reading<'r> {
    pub(super) revision: &'r Revision,
    pub(super) plan: &'r Plan,
    pub(super) ways: Ways,
    pub(in crate::web::pages) now: OffsetDateTime,
    cards: BTreeMap<String, Card>,
    zone: Zone,
    mode: Mode,
}

/// Where the names of things lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    InForce,
    Changing,
    Earlier,
}

impl<'r> Reading<'r> {
    /// Reads roster and channels beside a revision.
    pub(in crate::web::pages) async fn of(
        state: &AppState,
        revision: &'r Revision,
        frame: &Frame,
    ) -> Result<Reading<'r>, PageError> {
        let cards = people::roster(&state.db).await?;
        let in_force = frame.around.revision.as_ref().map(|current| current.number);
        let is_in_force = in_force == Some(revision.number);
        Ok(Reading {
            revision,
            plan: &revision.plan,
            ways: ways::ways(&state.db, &state.mail).await?,
            now: frame.now,
            cards: cards.into_iter().map(|card| (card.person.key.clone(), card)).collect(),
            zone: frame.zone.clone(),
            mode: if is_in_force { Mode::InForce } else { Mode::Earlier },
        })
    }

    /// The same for an owner who is about to change it: each name leads to its form.
    pub(in crate::web::pages) fn changing(self) -> Reading<'r> {
        Reading { mode: Mode::Changing, ..self }
    }

    /// An instant in the reader's zone: `2 November 2026, 09:00 CET`.
    pub(in crate::web::pages) fn moment(&self, at: OffsetDateTime) -> String {
        format!("{}, {}", self.zone.day(at), self.zone.clock(at))
    }

    /// A person's name; the key where the roster has nobody of it.
    pub(in crate::web::pages) fn person(&self, key: &str) -> String {
        self.card(key).map_or_else(|| key.to_owned(), |card| card.person.name.clone())
    }

    /// The name of somebody on the roster.
    pub(in crate::web::pages) fn by_id(&self, id: PersonId) -> String {
        let card = self.cards.values().find(|card| card.person.id == id);
        card.map_or_else(|| "somebody".to_owned(), |card| card.person.name.clone())
    }

    /// Whether names lead to forms.
    pub(in crate::web::pages) fn is_changing(&self) -> bool {
        self.mode == Mode::Changing
    }

    pub(super) fn card(&self, key: &str) -> Option<&Card> {
        self.cards.get(key)
    }

    /// Everybody who may be called on, by name.
    pub(super) fn roster(&self) -> Vec<&Card> {
        let called = self.cards.values().filter(|card| card.person.disabled_at.is_none());
        let mut cards: Vec<&Card> = called.collect();
        cards.sort_by_key(|card| (&card.person.name, &card.person.key));
        cards
    }

    pub(super) fn role(&self, key: &str) -> String {
        self.plan.role(key).map_or_else(|| key.to_owned(), |role| role.name.clone())
    }

    pub(super) fn components(&self, keys: &[String]) -> String {
        let name =
            |key: &String| self.plan.component(key).map_or(key.clone(), |it| it.name.clone());
        keys.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn template(&self, key: &str) -> String {
        self.plan.template(key).map_or_else(|| key.to_owned(), |it| it.name.clone())
    }

    /// The name of a thing: to an owner who changes the plan, the way to its form.
    pub(super) fn named(&self, thing: &str, name: impl Into<String>) -> Words {
        match self.mode {
            Mode::Changing => Words::new().link(links::plan_thing(thing), name),
            Mode::InForce | Mode::Earlier => name.into().into(),
        }
    }

    /// A runbook's name, which leads to its steps, or to its form.
    pub(super) fn runbook(&self, key: &str, name: &str) -> Words {
        let href = match self.mode {
            Mode::Changing => links::plan_thing(&format!("runbook/{key}")),
            Mode::InForce => links::runbook(key),
            Mode::Earlier => links::earlier_runbook(self.revision.number, key),
        };
        Words::new().link(href, name)
    }

    /// The button that adds a thing to a list.
    pub(super) fn adds(&self, list: &str, words: &str) -> Option<Act> {
        let changing = self.mode == Mode::Changing;
        changing.then(|| Act::go(words, links::plan_addition(list)))
    }

    /// The button that opens a thing of which there is one.
    pub(super) fn changes(&self, thing: &str) -> Option<Act> {
        let changing = self.mode == Mode::Changing;
        changing.then(|| Act::go("Change", links::plan_thing(thing)))
    }
}
