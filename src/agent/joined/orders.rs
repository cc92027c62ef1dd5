//! Orders that came: each is kept before anything runs, done once, and reported until Muster has heard.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tracing::{error, warn};

use super::identity::Identity;
use super::restores;
use crate::agent::{Errand, Place, notes};
use crate::clock::Clock;
use crate::domain::agent::order::{Answer, Event, Order, PREFIX, State};
use crate::domain::agent::signed::SignedDocument;
use crate::domain::id::OrderId;
use crate::recovery;

/// The ending of what stands beside an order: up to which event Muster has heard of it.
const TOLD: &str = "told";
/// The ending of an order of which Muster has heard all: it is kept so that it is never done again.
const OVER: &str = "over";

/// One order, with what became of it.
#[derive(Serialize, Deserialize)]
struct Kept {
    order: Order,
    events: Vec<Event>,
}

impl Order {
    /// As whatever is done for it knows of it.
    pub(super) fn errand(&self) -> Errand {
        let (by, incident) = (self.asked_by.clone(), self.incident);
        Errand { order: self.id, by, incident, drill: self.drill }
    }
}

/// Keeps an order that this agent's Muster signed in answer to its question; every other one is refused, and so
/// is one that was kept before.
pub(super) fn accept(
    who: &Identity,
    state: &Path,
    challenge: &str,
    signed: &SignedDocument,
) -> Option<Order> {
    let order = read(who, challenge, signed);
    let is_new = |order: &Order| {
        let file = file(state, order.id);
        !file.exists() && !file.with_extension(OVER).exists()
    };
    let Some(order) = order.filter(is_new) else {
        error!("an order came that is not for this agent now; it is not followed");
        return None;
    };
    let kept = Kept { order, events: Vec::new() };
    match keep(state, &kept) {
        Ok(()) => Some(kept.order),
        Err(error) => {
            error!(
                error = &error as &dyn std::error::Error,
                "an order could not be kept, so it is not followed"
            );
            None
        }
    }
}

fn read(who: &Identity, challenge: &str, signed: &SignedDocument) -> Option<Order> {
    let order: Order = serde_json::from_slice(&who.opened(PREFIX, signed)?).ok()?;
    (order.site == who.joined.site && order.challenge == challenge).then_some(order)
}

/// Notes how one stands from now on.
pub(super) fn note(
    folder: &Path,
    id: OrderId,
    (state, words): (State, String),
    answer: Option<Answer>,
) {
    let Some(mut kept) = load(&file(folder, id)) else { return };
    let seq = kept.events.last().map_or(1, |last| last.seq + 1);
    kept.events.push(Event { seq, state, words, at: Clock::of_host().now(), answer });
    if let Err(error) = keep(folder, &kept) {
        warn!(
            error = &error as &dyn std::error::Error,
            "how an order stands could not be noted; Muster does not hear of it"
        );
    }
}

/// Of those that an earlier process had it is said that they were not begun, what became of them, or that nobody knows.
pub(super) fn end_interrupted(place: &Place) {
    let folder = &place.state;
    for kept in all(folder) {
        let became = match kept.events.last().map(|event| event.state) {
            None => (State::Failed, "the agent ended before it began; ask again".to_owned()),
            Some(state) if state.goes_on() => restores::became(place, &kept.order),
            Some(_) => continue,
        };
        note(folder, kept.order.id, became, None);
    }
}

/// What Muster has not heard of yet, in the order in which it happened.
pub(super) fn untold(folder: &Path) -> Vec<(OrderId, Event)> {
    let news = all(folder).into_iter().flat_map(|kept| {
        let told = told(folder, kept.order.id);
        let news = kept.events.into_iter().filter(move |event| event.seq > told);
        news.map(move |event| (kept.order.id, event))
    });
    news.collect()
}

/// Muster has heard of it; where that can't be noted it hears of it again, and takes it in once.
pub(super) fn tick_off(folder: &Path, id: OrderId, event: &Event) {
    let file = file(folder, id);
    let _ = if event.state.goes_on() {
        std::fs::write(file.with_extension(TOLD), event.seq.to_string())
    } else {
        std::fs::rename(&file, file.with_extension(OVER))
    };
}

fn told(folder: &Path, id: OrderId) -> i32 {
    let noted = std::fs::read_to_string(file(folder, id).with_extension(TOLD));
    noted.ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn all(folder: &Path) -> Vec<Kept> {
    notes::documents(&folder.join("orders")).filter_map(|file| load(&file)).collect()
}

fn load(file: &Path) -> Option<Kept> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

fn keep(folder: &Path, kept: &Kept) -> Result<(), recovery::Error> {
    recovery::keep(&file(folder, kept.order.id), &serde_json::to_vec(kept).unwrap_or_default())
}

fn file(folder: &Path, id: OrderId) -> PathBuf {
    folder.join("orders").join(format!("{id}.json"))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use uuid::Uuid;

    use super::*;
    use crate::domain::agent::order::Routine;
    use crate::domain::agent::wire::Joined;
    use crate::domain::id::SiteId;
    use crate::secrets::AgentKey;

    const CHALLENGE: &str = "c";

    fn who(muster: &AgentKey) -> Identity {
        let joined = Joined {
            site: SiteId(Uuid::nil()),
            name: "db1".to_owned(),
            order_key: URL_SAFE_NO_PAD.encode(muster.public()),
        };
        let key = AgentKey::random().unwrap();
        Identity { server: "https://m.example".to_owned(), certificate: None, joined, key }
    }

    fn order(id: u128) -> Order {
        Order {
            id: OrderId(Uuid::from_u128(id)),
            site: SiteId(Uuid::nil()),
            database: "main".to_owned(),
            repository: None,
            cluster: None,
            task: Routine::Backup.into(),
            incident: None,
            drill: false,
            asked_by: "Ada".to_owned(),
            challenge: CHALLENGE.to_owned(),
        }
    }

    fn signed(key: &AgentKey, order: &Order) -> SignedDocument {
        let document = serde_json::to_vec(order).unwrap();
        SignedDocument {
            document: URL_SAFE_NO_PAD.encode(&document),
            signature: URL_SAFE_NO_PAD.encode(key.sign(&[PREFIX, &document].concat())),
        }
    }

    #[test]
    fn only_a_new_order_of_its_muster_for_this_question_is_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let (muster, other) = (AgentKey::random().unwrap(), AgentKey::random().unwrap());
        let who = who(&muster);
        let accept = |signed: &SignedDocument| accept(&who, folder.path(), CHALLENGE, signed);

        assert_eq!(accept(&signed(&other, &order(1))), None, "another's key");
        let stale = Order { challenge: "b".to_owned(), ..order(1) };
        assert_eq!(accept(&signed(&muster, &stale)), None, "an earlier question's");
        let elsewhere = Order { site: SiteId(Uuid::from_u128(9)), ..order(1) };
        assert_eq!(accept(&signed(&muster, &elsewhere)), None, "another site's");
        let mut changed = signed(&muster, &order(1));
        changed.document = signed(&muster, &order(2)).document;
        assert_eq!(accept(&changed), None, "changed on the way");

        assert_eq!(accept(&signed(&muster, &order(1))), Some(order(1)));
        assert_eq!(accept(&signed(&muster, &order(1))), None, "each once");
    }

    #[test]
    fn what_happened_is_told_until_it_was_heard_and_an_ended_agent_says_what_it_knows() {
        let folder = tempfile::tempdir().unwrap();
        let muster = AgentKey::random().unwrap();
        for id in [1, 2] {
            let signed = signed(&muster, &order(id));
            accept(&who(&muster), folder.path(), CHALLENGE, &signed).unwrap();
        }
        note(folder.path(), order(1).id, (State::Running, String::new()), None);
        let news = || {
            let mut news = untold(folder.path());
            news.sort_by_key(|(id, event)| (*id, event.seq));
            news.into_iter().map(|(id, event)| (id, event.seq, event.state)).collect::<Vec<_>>()
        };
        assert_eq!(news(), [(order(1).id, 1, State::Running)]);
        let tick_off = |id, seq, state| {
            let (words, at) = (String::new(), Clock::of_host().now());
            tick_off(folder.path(), id, &Event { seq, state, words, at, answer: None });
        };
        tick_off(order(1).id, 1, State::Running);
        assert_eq!(news(), []);

        let place = Place {
            config: folder.path().join("agent.toml"),
            state: folder.path().to_owned(),
            search: "/usr/bin".into(),
        };
        end_interrupted(&place);
        end_interrupted(&place);
        let ended = [(order(1).id, 2, State::Unknown), (order(2).id, 1, State::Failed)];
        assert_eq!(news(), ended, "once");
        tick_off(order(2).id, 1, State::Failed);
        assert_eq!(news(), ended[..1]);
        let again = signed(&muster, &order(2));
        assert_eq!(accept(&who(&muster), folder.path(), CHALLENGE, &again), None, "each once");
    }
}
