//! Paging one person for a role, because somebody named them.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::ActionResult;
use super::make::{Call, Roster, Whom, add, make};
use crate::domain::escalation::NOBODY_ASKED;
use crate::domain::id::PersonId;
use crate::domain::incident::Incident;
use crate::domain::message;
use crate::store;

/// Pages a person for a role, at once or when the hold is over. A role that the level doesn't page
/// has a chain from now on. Nobody is asked in turn after them, until they say that they can't.
pub(in crate::actions) async fn name(
    conn: &mut PgConnection,
    incident: &Incident,
    role: &str,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let send_at = incident.held_until.filter(|until| now < *until).unwrap_or(now);
    store::chains::insert(conn, incident.id, (role, NOBODY_ASKED), send_at).await?;
    store::chains::name(conn, incident.id, role, person).await?;
    let roster = Roster::read(conn).await?;
    let mut whom = Whom::new();
    add(&mut whom, person, role, Call::First);
    make(conn, incident, &roster, (message::Kind::Page, "named"), &whom, send_at, now).await
}
