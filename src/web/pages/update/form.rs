//! The form of an update: what was typed, what it means, and how it is drawn again.

use std::collections::BTreeMap;

use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::actions::publishing::{Desk, Update};
use crate::actions::{ActionError, Wrong};
use crate::domain::civil::Zone;
use crate::domain::plan;
use crate::publish::State;
use crate::web::parts::field::{Choice, Field};

/// Begins the names of the fields that say how components do.
const COMPONENT: &str = "component.";
/// Begins the names of the fields that say how components did when the form was drawn.
const SEEN: &str = "was.component.";
/// A clock without a day that has passed is tomorrow's, if that is no farther away.
const TONIGHT: Duration = Duration::hours(12);

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Typed {
    id: String,
    after: String,
    corrects: String,
    title: String,
    words: String,
    next_by: String,
    pub(super) press: String,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

/// The fields as they are drawn.
pub(super) struct Fields {
    pub(super) hidden: Vec<(String, String)>,
    pub(super) text: Vec<Field>,
    pub(super) components: Vec<Field>,
    pub(super) wrong_components: Option<String>,
    pub(super) next_by: Option<Field>,
    /// Names that stand in the words and wait to be filled in.
    pub(super) unfilled: String,
}

impl Typed {
    /// An update as somebody would have typed it.
    pub(super) fn from(update: Update, zone: &Zone, now: OffsetDateTime) -> Typed {
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let fields = |start: &'static str, states: BTreeMap<String, State>| {
            let named = states.into_iter();
            named.map(move |(key, state)| (format!("{start}{key}"), state.name().to_owned()))
        };
        Typed {
            id: update.id.to_string(),
            after: id(update.after),
            corrects: id(update.corrects),
            title: update.title,
            words: update.words,
            next_by: update.next_by.map(|at| clock(zone, at, now)).unwrap_or_default(),
            press: String::new(),
            rest: fields(COMPONENT, update.states).chain(fields(SEEN, update.seen)).collect(),
        }
    }

    /// What was meant, times in the reader's zone.
    pub(super) fn read(&self, zone: &Zone, now: OffsetDateTime) -> Result<Update, ActionError> {
        let broken = || ActionError::refused("this form is damaged; open it again");
        let id = |text: &str| match text {
            "" => Ok(None),
            text => text.parse::<Uuid>().map(Some).map_err(|_| broken()),
        };
        Ok(Update {
            id: id(&self.id)?.ok_or_else(broken)?,
            after: id(&self.after)?,
            corrects: id(&self.corrects)?,
            title: self.title.clone(),
            words: self.words.clone(),
            states: self.states(COMPONENT)?,
            seen: self.states(SEEN)?,
            next_by: instant(&self.next_by, zone, now)?,
        })
    }

    fn states(&self, start: &str) -> Result<BTreeMap<String, State>, ActionError> {
        let of_component = |(name, value): (&String, &String)| {
            let key = name.strip_prefix(start)?.to_owned();
            let wrong = || format!("“{value}” is no state. Choose working, slow or down.");
            let state = State::named(value).ok_or_else(|| ActionError::wrong("states", wrong()));
            Some(state.map(|state| (key, state)))
        };
        self.rest.iter().filter_map(of_component).collect()
    }

    /// The fields with what was typed, and what is wrong with it.
    pub(super) fn fields(&self, desk: &Desk, zone: &Zone, wrong: &[Wrong]) -> Fields {
        let of = |field: &str| {
            wrong.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.clone())
        };
        let title = Field::text("title", "What the public calls it", self.title.as_str())
            .public(readers(desk))
            .error(of("title"))
            .required();
        let words = Field::area("words", "What it is told", 12, self.words.as_str())
            .public(readers(desk))
            .hint(self.hint())
            .error(of("after").or_else(|| of("words")))
            .required();
        let open = desk.incident.is_open();
        let next_by = Field::text("next_by", "Next word by", self.next_by.as_str())
            .hint(promise(desk, zone))
            .error(of("next_by"));
        Fields {
            hidden: self.identities(),
            text: vec![title, words],
            components: if open { self.components(desk, of("seen").is_some()) } else { Vec::new() },
            wrong_components: of("states").or_else(|| of("seen")),
            next_by: open.then_some(next_by),
            unfilled: unfilled(&self.words),
        }
    }

    /// All that was typed, to be carried along unseen.
    pub(super) fn carried(&self) -> Vec<(String, String)> {
        let text = [("title", &self.title), ("words", &self.words), ("next_by", &self.next_by)];
        let text = text.map(|(name, value)| (name.to_owned(), value.clone()));
        let states = self.rest.iter().filter(|(name, _)| name.starts_with(COMPONENT));
        let states = states.map(|(name, value)| (name.clone(), value.clone()));
        self.identities().into_iter().chain(text).chain(states).collect()
    }

    fn identities(&self) -> Vec<(String, String)> {
        let all = [("id", &self.id), ("after", &self.after), ("corrects", &self.corrects)];
        let all = all.map(|(name, value)| (name.to_owned(), value.clone())).into_iter();
        let seen = self.rest.iter().filter(|(name, _)| name.starts_with(SEEN));
        all.chain(seen.map(|(name, value)| (name.clone(), value.clone()))).collect()
    }

    /// The states as they were chosen, and how it stands where somebody else was quicker.
    fn components(&self, desk: &Desk, overtaken: bool) -> Vec<Field> {
        let public = desk.plan.component.iter().filter(|component| component.public);
        let field = |component: &plan::document::Component| {
            let name = format!("{COMPONENT}{}", component.key);
            let typed = self.rest.get(&name).and_then(|value| State::named(value));
            let stands = desk.states.get(&component.key).copied();
            let chosen = typed.or(stands);
            let choice =
                |state: State| Choice::new(state.name(), state.name(), chosen == Some(state));
            let choices = State::ALL.into_iter().map(choice).collect();
            let field = Field::select(name, component.name.clone(), choices);
            match stands.filter(|_| overtaken && chosen != stands) {
                Some(state) => field.hint(format!("Stands now: {}.", state.name())),
                None => field,
            }
        };
        public.map(field).collect()
    }

    fn hint(&self) -> String {
        let limit = "At most 4,000 characters.";
        if plan::unfilled(&self.words).contains(&"next_update") {
            return format!("{limit} {{{{next_update}}}} becomes the time of the next word.");
        }
        limit.to_owned()
    }

    /// The same as a newer form, after somebody else has published or marked something.
    pub(super) fn seen(&mut self, desk: &Desk) {
        let newest = desk.said.first().map(|said| said.post.id.to_string());
        self.after = newest.unwrap_or_default();
        for (key, state) in &desk.states {
            let (chosen, was) = (format!("{COMPONENT}{key}"), format!("{SEEN}{key}"));
            if self.rest.get(&chosen) == self.rest.get(&was) {
                self.rest.insert(chosen, state.name().to_owned()); // left alone
            }
            self.rest.insert(was, state.name().to_owned());
        }
    }
}

/// Who will read it, in words.
pub(super) fn readers(desk: &Desk) -> String {
    if desk.incident.is_drill() {
        return "Would go to the status page; in a drill it goes nowhere".to_owned();
    }
    match desk.plan.document.status_page.as_str() {
        "" => "Public: everybody reads this on the status page".to_owned(),
        address => format!("Public: everybody reads this on the status page, {address}"),
    }
}

fn promise(desk: &Desk, zone: &Zone) -> String {
    let wants = match desk.every() {
        Some(every) => format!("The plan promises one each {}.", crate::domain::civil::span(every)),
        None => "The plan promises none at this level.".to_owned(),
    };
    format!("{wants} Empty: no time is promised. Times are {}.", zone.name())
}

fn unfilled(words: &str) -> String {
    let names = plan::unfilled(words).into_iter().filter(|name| *name != "next_update");
    names.map(|name| format!("{{{{{name}}}}}")).collect::<Vec<_>>().join(", ")
}

/// A time as a form takes it: of today the clock alone.
fn clock(zone: &Zone, at: OffsetDateTime, now: OffsetDateTime) -> String {
    if zone.date(at) == zone.date(now) { zone.bare_clock(at) } else { zone.typed(at) }
}

fn instant(
    typed: &str,
    zone: &Zone,
    now: OffsetDateTime,
) -> Result<Option<OffsetDateTime>, ActionError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = |error| ActionError::wrong("next_by", error);
    let today = zone.read(typed, now).map_err(wrong)?;
    let tomorrow = zone.read(typed, now + Duration::days(1)).map_err(wrong)?;
    let is_night = today <= now && tomorrow - now <= TONIGHT;
    Ok(Some(if is_night { tomorrow } else { today }))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_clock_shortly_after_midnight_is_tomorrows_and_one_that_passed_stays_passed() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let late = datetime!(2026-11-14 22:50 UTC); // 23:50 in Berlin
        let read = |typed: &str| instant(typed, &zone, late).unwrap();

        assert_eq!(read("00:15"), Some(datetime!(2026-11-14 23:15 UTC)));
        assert_eq!(read("23:55"), Some(datetime!(2026-11-14 22:55 UTC)));
        assert_eq!(read("23:40"), Some(datetime!(2026-11-14 22:40 UTC)));
        assert_eq!(read(" "), None);
        assert!(instant("soon", &zone, late).is_err());
    }
}
