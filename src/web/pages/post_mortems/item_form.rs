//! An action item as its forms send it.

use serde::Deserialize;

use crate::actions::post_mortems::{Item, Whole};
use crate::actions::{ActionError, ActionResult, Wrong};
use crate::domain::post_mortem::{ActionItem, Priority};
use crate::web::parts::field::{Choice, Field};

/// What the forms of items send.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    pub(super) id: String,
    pub(super) press: String,
    pub(super) version: i32,
    pub(super) what: String,
    pub(super) owner: String,
    pub(super) due: String,
    pub(super) priority: String,
    pub(super) window: String,
}

impl Typed {
    /// An item as it stands.
    pub(super) fn of(item: &ActionItem) -> Typed {
        Typed {
            version: item.version,
            what: item.what.clone(),
            owner: item.owner.map(|owner| owner.to_string()).unwrap_or_default(),
            due: item.due_on.map(|day| day.iso()).unwrap_or_default(),
            priority: item.priority.name().to_owned(),
            window: item.window.clone(),
            ..Typed::default()
        }
    }

    /// What was typed, as far as it can be read.
    pub(super) fn read(&self) -> ActionResult<Item> {
        let damaged = |_| ActionError::wrong("what", "the form was damaged; send it again");
        let day = match self.due.trim() {
            "" => None,
            day => Some(day.parse().map_err(|error| ActionError::wrong("due", error))?),
        };
        let owner = match self.owner.as_str() {
            "" => None,
            owner => Some(owner.parse().map_err(|_| ActionError::wrong("owner", "choose who"))?),
        };
        let priority = match self.priority.as_str() {
            "" => Ok(Priority::Medium),
            name => name.parse().map_err(|error| ActionError::wrong("priority", error)),
        };
        Ok(Item {
            id: self.id.parse().map_err(damaged)?,
            what: self.what.clone(),
            owner,
            due_on: day,
            priority: priority?,
            window: self.window.clone(),
            version: self.version,
        })
    }

    /// The form with what was typed, and what of it is wrong.
    pub(super) fn fields(&self, whole: &Whole, wrong: &[Wrong]) -> Vec<Field> {
        let words = |field: &str| Wrong::beside(field, wrong);
        let choice = |value: String, words: &str, typed: &str| {
            let chosen = value == typed;
            Choice::new(value, words, chosen)
        };
        let nobody = Choice::new("", "Nobody yet", self.owner.is_empty());
        let people = whole
            .people
            .iter()
            .filter(|one| whole.on_call.contains(&one.id) || one.id.to_string() == self.owner);
        let people = people.map(|one| choice(one.id.to_string(), &one.name, &self.owner));
        let priority = if self.priority.is_empty() { "medium" } else { &self.priority };
        let priorities =
            Priority::ALL.map(|one| choice(one.name().to_owned(), one.name(), priority)).to_vec();
        let none = Choice::new("", "None", self.window.is_empty());
        let windows = whole.plan.follow_up.iter();
        let windows = windows.map(|one| {
            let words = format!("{}, {} to {} after recovery", one.name, one.from, one.until);
            choice(one.key.clone(), &words, &self.window)
        });
        let mut fields = vec![
            Field::text("what", "What is to be done?", &self.what).error(words("what")).required(),
            Field::select(
                "owner",
                "Who sees to it",
                std::iter::once(nobody).chain(people).collect(),
            )
            .error(words("owner")),
            Field::date("due", "By which day", &self.due).error(words("due")),
            Field::select("priority", "Priority", priorities).error(words("priority")),
        ];
        if !whole.plan.follow_up.is_empty() {
            let all = std::iter::once(none).chain(windows).collect();
            fields.push(Field::select("window", "Follow-up window", all).error(words("window")));
        }
        fields
    }
}
