//! What a person writes for the public, and what is wrong with it.

use std::collections::BTreeMap;

use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::super::{ActionError, ActionResult, Wrong};
use super::desk::{Desk, Said};
use crate::domain::incident::{Next, Prepared};
use crate::domain::plan;
use crate::domain::plan::document::Component;
use crate::domain::typed;
use crate::publish::State;

/// The most that one update may say, in characters.
const LONGEST: usize = 4_000;
const LONGEST_TITLE: usize = 200;
/// How far ahead the next word may be promised.
const FARTHEST: Duration = Duration::days(30);

/// What was written for the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Identity of the post; the form carries it.
    pub id: Uuid,
    /// The newest post that the writer has seen: whoever was quicker is read first.
    pub after: Option<Uuid>,
    /// The earlier post that it corrects.
    pub corrects: Option<Uuid>,
    /// What the public calls the incident.
    pub title: String,
    /// The words.
    pub words: String,
    /// How the public's components do.
    pub states: BTreeMap<String, State>,
    /// How they did as the writer saw it: what somebody else has marked meanwhile is read first.
    pub seen: BTreeMap<String, State>,
    /// When the next word comes, if that is promised.
    pub next_by: Option<OffsetDateTime>,
}

impl Update {
    /// The same without what no reader can see.
    pub(super) fn clean(self) -> Update {
        let (title, words) = (typed::line(&self.title), typed::lines(&self.words));
        Update { title, words, ..self }
    }

    /// Tells one form from another that was sent under the same identity.
    pub(super) fn digest(&self) -> Vec<u8> {
        let states: BTreeMap<_, _> =
            self.states.iter().map(|(key, state)| (key, state.name())).collect();
        let next_by = self.next_by.map(OffsetDateTime::unix_timestamp);
        let whole = json!([self.corrects, self.title, self.words, states, next_by]).to_string();
        ring::digest::digest(&ring::digest::SHA256, whole.as_bytes()).as_ref().to_vec()
    }

    /// The components of which the public is told otherwise by now than the writer saw, and than
    /// they say.
    pub(super) fn overtaken<'d>(&self, desk: &'d Desk) -> Vec<(&'d Component, State)> {
        let public = desk.plan.component.iter().filter(|_| desk.incident.is_open());
        let stands = public.filter_map(|one| Some((one, *desk.states.get(&one.key)?)));
        let news = |(one, state): &(&Component, State)| {
            let (said, seen) = (self.states.get(&one.key), self.seen.get(&one.key));
            said.is_some_and(|said| said != state) && seen != Some(state)
        };
        stands.filter(news).collect()
    }

    /// The update as it goes out: filled in, and without what has no meaning any more.
    pub(super) fn ready(
        self,
        desk: &Desk,
        overtaken: Option<Wrong>,
        now: OffsetDateTime,
    ) -> ActionResult<Update> {
        let over = !desk.incident.is_open();
        let next_by = self.next_by.filter(|_| !over);
        let next = match (next_by, over) {
            (Some(at), _) => Next::By(at),
            (None, true) => Next::WhenNews,
            (None, false) => Next::Open,
        };
        let prepared = Prepared::new(&desk.incident, &desk.plan, now).next(next);
        let title = prepared.fill(&self.title);
        let words = prepared.titled(title.as_str()).fill(&self.words);
        let mut states = self.states.clone();
        states.retain(|key, _| !over && desk.states.contains_key(key));
        let ready = Update { title, words, states, next_by, ..self };
        let wrong: Vec<Wrong> = [
            ready.wrong_title(),
            ready.wrong_words(),
            ready.wrong_time(now),
            ready.wrong_order(desk, now),
            overtaken,
        ]
        .into_iter()
        .flatten()
        .collect();
        if wrong.is_empty() { Ok(ready) } else { Err(ActionError::Invalid(wrong)) }
    }

    fn wrong_title(&self) -> Option<Wrong> {
        let words = match self.title.chars().count() {
            0 => "Type what the public is to call it.".to_owned(),
            1..=LONGEST_TITLE => unfilled(&self.title)?,
            n => format!("This has {n} characters. Type at most {LONGEST_TITLE}."),
        };
        Some(Wrong { field: "title", words })
    }

    fn wrong_words(&self) -> Option<Wrong> {
        let words = match self.words.chars().count() {
            0 => "Write what the public is to read.".to_owned(),
            1..=LONGEST => unfilled(&self.words)?,
            n => format!("This has {n} characters. Write at most {LONGEST}."),
        };
        Some(Wrong { field: "words", words })
    }

    fn wrong_time(&self, now: OffsetDateTime) -> Option<Wrong> {
        let words = match self.next_by? {
            at if at <= now => "This has passed. Type a time that is still to come, or none.",
            at if at - now > FARTHEST => "Promise the next word within 30 days, or not at all.",
            _ => return None,
        };
        Some(Wrong { field: "next_by", words: words.to_owned() })
    }

    /// Somebody else was quicker, or there is nothing to correct.
    fn wrong_order(&self, desk: &Desk, now: OffsetDateTime) -> Option<Wrong> {
        let newest = desk.said.first();
        if newest.map(|said| said.post.id) != self.after {
            let Said { post, by } = newest?;
            let at = desk.zone().when(post.at, now);
            let words =
                format!("{by} published at {at}, while this was written. Read it, then go on.");
            return Some(Wrong { field: "after", words });
        }
        let old = self.corrects?;
        let known = desk.said.iter().any(|said| said.post.id == old);
        let corrected = desk.said.iter().any(|said| said.post.corrects == Some(old));
        let words = match (known, corrected) {
            (true, false) => return None,
            (true, true) => "What this corrects was corrected already.",
            (false, _) => "What this corrects was never published.",
        };
        Some(Wrong { field: "words", words: words.to_owned() })
    }
}

/// What is still to be filled in.
fn unfilled(text: &str) -> Option<String> {
    let names: Vec<_> =
        plan::unfilled(text).into_iter().map(|name| format!("{{{{{name}}}}}")).collect();
    (!names.is_empty()).then(|| format!("Fill in or take out: {}.", names.join(", ")))
}
