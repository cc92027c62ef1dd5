//! Orders: what a person has an agent do, once. Handed out once, signed, bound to the question by which the
//! agent fetched it; never issued again by itself.

mod answer;
mod task;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

pub use self::answer::Answer;
pub use self::task::{NotOne, Restore, Routine, Task};
use crate::domain::cut::cut;
use crate::domain::id::{IncidentId, OrderId, SiteId};

/// Stands before the bytes that are signed.
pub const PREFIX: &[u8] = b"muster order 1\n";
/// What no agent has fetched for so long is done no more: it would come as a surprise.
pub const LAPSES_AFTER: Duration = Duration::HOUR;
/// What was fetched and not heard of for so long may have been lost on the way.
pub const UNHEARD_AFTER: Duration = Duration::minutes(2);
/// Letters that are kept of an agent's words.
const LONGEST: usize = 2_000;

/// One order, as it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its identity; an agent does each once.
    pub id: OrderId,
    /// For which site.
    pub site: SiteId,
    /// Which database of it, as `agent.toml` calls it.
    pub database: String,
    /// In which of its repositories; where none is named, in each of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The identifier of the cluster that whoever asked saw under that name; none where it was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// What is to be done.
    pub task: Task,
    /// The incident for which it is done; none where it is done for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// Whether that is a drill.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drill: bool,
    /// Who asked for it.
    pub asked_by: String,
    /// The random word that the agent sent when it fetched it.
    pub challenge: String,
}

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It waits for the agent.
    Ready,
    /// A person has taken it back, before it was fetched or while it was done; nothing is left of it.
    Withdrawn,
    /// The agent has it.
    Handed,
    /// It is being done.
    Running,
    /// It is done.
    Succeeded,
    /// It was not done.
    Failed,
    /// Nobody knows whether it was done.
    Unknown,
}

/// What an agent says of an order. It may be told twice, and counts once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Counted from 1, an order.
    pub seq: i32,
    /// How it stands.
    pub state: State,
    /// What happened.
    pub words: String,
    /// When, by the host's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

impl State {
    const ALL: [State; 7] = [
        State::Ready,
        State::Withdrawn,
        State::Handed,
        State::Running,
        State::Succeeded,
        State::Failed,
        State::Unknown,
    ];

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::Withdrawn => "withdrawn",
            State::Handed => "handed",
            State::Running => "running",
            State::Succeeded => "succeeded",
            State::Failed => "failed",
            State::Unknown => "unknown",
        }
    }

    /// Whether anything of it is still to come.
    #[must_use]
    pub const fn goes_on(self) -> bool {
        matches!(self, State::Ready | State::Handed | State::Running)
    }

    /// Whether an agent may say so.
    #[must_use]
    pub const fn is_of_agents(self) -> bool {
        !matches!(self, State::Ready | State::Handed)
    }

    /// As it stands by now: one that was not fetched in time is withdrawn, and of one that was fetched and
    /// never heard of nothing is known.
    #[must_use]
    pub fn by_now(self, since: OffsetDateTime, now: OffsetDateTime) -> State {
        match self {
            State::Ready if now - since >= LAPSES_AFTER => State::Withdrawn,
            State::Handed if now - since >= UNHEARD_AFTER => State::Unknown,
            other => other,
        }
    }
}

impl Event {
    /// The same within bounds, by Muster's clock, which the host's is ahead of by so much.
    #[must_use]
    pub fn received(mut self, ahead: Duration) -> Event {
        self.at -= ahead;
        cut(&mut self.words, LONGEST);
        self.answer = self.answer.map(Answer::bounded);
        self
    }
}

impl FromStr for State {
    type Err = NotOne;

    fn from_str(name: &str) -> Result<State, NotOne> {
        State::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| NotOne(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_was_not_fetched_lapses_and_what_was_not_heard_of_is_unknown() {
        let at = datetime!(2026-11-14 12:00 UTC);
        let after = |state: State, past| state.by_now(at, at + past);
        assert_eq!(after(State::Ready, Duration::minutes(59)), State::Ready);
        assert_eq!(after(State::Ready, Duration::HOUR), State::Withdrawn);
        assert_eq!(after(State::Handed, Duration::seconds(119)), State::Handed);
        assert_eq!(after(State::Handed, Duration::minutes(2)), State::Unknown);
        assert_eq!(after(State::Running, Duration::DAY), State::Running);
    }

    #[test]
    fn names_are_read_back() {
        for state in State::ALL {
            assert_eq!(state.name().parse(), Ok(state));
        }
        assert!("begun".parse::<State>().is_err());
    }
}
