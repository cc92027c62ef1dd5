//! The roster: reading it, and the deeds on it.

mod absence;
mod edit;
mod guard;
mod methods;
mod verification;

pub use absence::{put_back, take_off};
pub use edit::{Addition, Edit, add, edit};
pub(super) use guard::require_held;
pub use methods::{Addressed, add_method, order_methods, remove_method, restore_method};
pub use verification::{called, mail_verification, verifiable, verify};

use std::collections::BTreeMap;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{ActionError, ActionResult, DEADLINE, sessions};
use crate::db::Db;
use crate::domain::grant::Grant;
use crate::domain::id::{MethodId, PersonId};
use crate::store;
use crate::store::accounts::Account;
use crate::store::duties::Duty;
use crate::store::people::{Method, Person};

/// A person with what stands about them.
#[derive(Debug, Clone)]
pub struct Card {
    /// The person.
    pub person: Person,
    /// Their methods, best first.
    pub methods: Vec<Method>,
    /// Their account, if they have one.
    pub account: Option<Account>,
    /// Their standing grant of the right to approve.
    pub grant: Option<Grant>,
}

/// A person, and what only their own page says.
#[derive(Debug, Clone)]
pub struct Whole {
    /// What stands about them.
    pub card: Card,
    /// What they hold in open incidents.
    pub duties: Vec<Duty>,
    /// How often they are signed in.
    pub sessions: i64,
    /// Everybody's name, for who verified what.
    pub names: BTreeMap<PersonId, String>,
    /// Until when an invitation of theirs works.
    pub invited_until: Option<OffsetDateTime>,
    /// A method that was just taken away and could be put back.
    pub removed: Option<Method>,
}

/// How well a person can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// By nothing at all.
    Nobody,
    /// Sends to every method fail.
    Failing,
    /// By what was given and nobody has tried.
    Given,
    /// By something that is known to work.
    Verified,
}

impl Card {
    /// Whether the person is called on: on the roster, and without a disabled account.
    #[must_use]
    pub fn is_on_call(&self) -> bool {
        let shut = self.account.as_ref().is_some_and(|account| account.disabled_at.is_some());
        self.person.disabled_at.is_none() && !shut
    }

    /// How well the person can be reached.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let works = |method: &Method| match (method.failing_since, method.verified_at) {
            (Some(_), _) => Reach::Failing,
            (None, None) => Reach::Given,
            (None, Some(_)) => Reach::Verified,
        };
        self.methods.iter().map(works).max().unwrap_or(Reach::Nobody)
    }
}

/// Everybody on the roster and who left it, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn roster(db: &Db) -> ActionResult<Vec<Card>> {
    db.transaction(DEADLINE, async |conn| read(conn).await).await
}

/// Who is invited and has not come yet, and until when they may.
///
/// # Errors
/// When the database does not answer.
pub async fn invited(
    db: &Db,
    now: OffsetDateTime,
) -> ActionResult<BTreeMap<PersonId, OffsetDateTime>> {
    db.transaction(DEADLINE, async |conn| {
        Ok(store::links::invitations(conn, now).await?.into_iter().collect())
    })
    .await
}

/// One person's name.
///
/// # Errors
/// When there is no such person.
pub async fn name(db: &Db, id: PersonId) -> ActionResult<String> {
    db.transaction(DEADLINE, async |conn| {
        let found = store::people::find(conn, id).await?;
        Ok(found.ok_or(ActionError::NotFound("person"))?.name)
    })
    .await
}

/// One person, whole; `removed` is a method of theirs that was just taken away.
///
/// # Errors
/// When there is no such person.
pub async fn whole(
    db: &Db,
    id: PersonId,
    removed: Option<MethodId>,
    now: OffsetDateTime,
) -> ActionResult<Whole> {
    db.transaction(DEADLINE, async |conn| {
        let cards = read(conn).await?;
        let names = cards.iter().map(|c| (c.person.id, c.person.name.clone())).collect();
        let card = cards.into_iter().find(|card| card.person.id == id);
        let card = card.ok_or(ActionError::NotFound("person"))?;
        let removed = match removed {
            Some(removed) => store::methods::find(conn, removed).await?,
            None => None,
        };
        let removed = removed.filter(|m| m.person == id && m.removed_at.is_some());
        let duties = store::duties::of_person(conn, id).await?;
        let (seen, begun) = (now - sessions::IDLE, now - sessions::ABSOLUTE);
        let sessions = store::sessions::count(conn, id, seen, begun).await?;
        let invited = store::links::invitations(conn, now).await?;
        let invited_until = invited.into_iter().find(|(who, _)| *who == id).map(|(_, at)| at);
        Ok(Whole { card, duties, sessions, names, invited_until, removed })
    })
    .await
}

async fn read(conn: &mut PgConnection) -> ActionResult<Vec<Card>> {
    let mut methods: BTreeMap<PersonId, Vec<Method>> = BTreeMap::new();
    for method in store::people::methods(conn).await? {
        methods.entry(method.person).or_default().push(method);
    }
    let accounts = store::accounts::all(conn).await?;
    let mut accounts: BTreeMap<_, _> = accounts.into_iter().map(|a| (a.person, a)).collect();
    let grants = store::grants::all(conn).await?;
    let mut grants: BTreeMap<_, _> = grants.into_iter().map(|g| (g.person, g)).collect();
    let people = store::people::all(conn).await?;
    let card = |person: Person| Card {
        methods: methods.remove(&person.id).unwrap_or_default(),
        account: accounts.remove(&person.id),
        grant: grants.remove(&person.id),
        person,
    };
    Ok(people.into_iter().map(card).collect())
}
