//! Reading the roster.

use std::collections::BTreeMap;

use super::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::grant::Grant;
use crate::domain::id::PersonId;
use crate::store;
use crate::store::accounts::Account;
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

/// Everybody on the roster, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn roster(db: &Db) -> ActionResult<Vec<Card>> {
    db.transaction(DEADLINE, async |conn| {
        let mut methods: BTreeMap<PersonId, Vec<Method>> = BTreeMap::new();
        for method in store::people::methods(conn).await? {
            methods.entry(method.person).or_default().push(method);
        }
        let accounts = store::accounts::all(conn).await?;
        let mut accounts: BTreeMap<_, _> = accounts.into_iter().map(|a| (a.person, a)).collect();
        let mut cards = Vec::new();
        for person in store::people::all(conn).await? {
            let methods = methods.remove(&person.id).unwrap_or_default();
            let account = accounts.remove(&person.id);
            let grant = store::grants::standing(conn, person.id).await?;
            cards.push(Card { person, methods, account, grant });
        }
        Ok(cards)
    })
    .await
}

/// One person of the roster.
///
/// # Errors
/// When there is no such person.
pub async fn card(db: &Db, id: PersonId) -> ActionResult<Card> {
    let found = roster(db).await?.into_iter().find(|card| card.person.id == id);
    found.ok_or(ActionError::NotFound("person"))
}
