//! What every change of the roster asks first: who presses, and whether levels still reach people.

use std::collections::BTreeSet;

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, ActionResult, overtaken, timeline};
use crate::domain::id::{MethodId, PersonId};
use crate::domain::plan::{Unheld, unheld};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;
use crate::store::people::{Method, Person};

/// People change their own card; owners who just typed their password, everybody's.
pub(super) fn require(by: &SignedIn, person: PersonId, now: OffsetDateTime) -> ActionResult<()> {
    if by.person == person { Ok(()) } else { by.require_owner(now) }
}

/// Holds the roster still, and finds the person.
pub(super) async fn take(conn: &mut PgConnection, person: PersonId) -> ActionResult<Person> {
    store::people::lock_all(conn).await?;
    store::people::find(conn, person).await?.ok_or(ActionError::NotFound("person"))
}

/// A method of the person, standing or taken away.
pub(super) async fn method_of(
    conn: &mut PgConnection,
    person: PersonId,
    id: MethodId,
) -> ActionResult<Method> {
    let found = store::methods::find(conn, id).await?.filter(|method| method.person == person);
    found.ok_or(ActionError::NotFound("way to reach them"))
}

/// What the plan in force would call in vain, as the roster stands now.
pub(super) async fn gaps(conn: &mut PgConnection) -> ActionResult<Vec<Unheld>> {
    let Some(revision) = store::plans::current(conn).await? else { return Ok(Vec::new()) };
    let methods = store::people::methods(conn).await?;
    let with_method: BTreeSet<PersonId> = methods.into_iter().map(|method| method.person).collect();
    let called = store::people::on_call(conn).await?.into_iter();
    let reached = called.filter(|person| with_method.contains(&person.id));
    let reached: BTreeSet<String> = reached.map(|person| person.key).collect();
    Ok(unheld(&revision.plan, |key| reached.contains(key)))
}

/// Refuses a plan in which a level or audience reaches nobody, as the roster stands: whom its text
/// names may have left.
pub(in crate::actions) async fn require_held(conn: &mut PgConnection) -> ActionResult<()> {
    match gaps(conn).await?.into_iter().next() {
        None => Ok(()),
        Some(gap) => Err(ActionError::refused(format!("{}, as the roster stands", gap.says))),
    }
}

/// Refuses a change after which a level or audience reaches nobody that reached somebody before.
pub(super) async fn keep_held(conn: &mut PgConnection, before: &[Unheld]) -> ActionResult<()> {
    let after = gaps(conn).await?;
    match after.into_iter().find(|gap| !before.contains(gap)) {
        None => Ok(()),
        Some(gap) => Err(ActionError::refused(format!(
            "nothing was changed. After this, {}. Name another holder in the plan, or add a way to \
             reach one, and then do this",
            gap.says
        ))),
    }
}

/// Says in the installation's stream what changed.
pub(super) async fn tell(
    conn: &mut PgConnection,
    by: &SignedIn,
    person: PersonId,
    words: String,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let body = Body::words(words).with("person", person);
    timeline::log(conn, Kind::People, Actor::Person(by.person), body, now).await?;
    Ok(())
}

/// Keeps what was changed of a person, and says it with the version that they have now: by that
/// a second writer is told of it.
pub(super) async fn keep(
    conn: &mut PgConnection,
    by: &SignedIn,
    new: &Person,
    words: String,
    now: OffsetDateTime,
) -> ActionResult<()> {
    store::people::update(conn, new).await?;
    let body = Body::words(words).with("person", new.id).with("version", new.version + 1);
    timeline::log(conn, Kind::People, Actor::Person(by.person), body, now).await?;
    Ok(())
}

/// Refuses a form about a person that was drawn before somebody else's change.
pub(super) async fn overtaken(
    conn: &mut PgConnection,
    by: &SignedIn,
    who: &Person,
    now: OffsetDateTime,
) -> ActionResult<ActionError> {
    let facts = [("person", who.id.to_string()), ("version", who.version.to_string())];
    overtaken::refusal(conn, Kind::People, &facts, by, now).await
}
