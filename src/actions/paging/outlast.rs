//! Asking the commander to raise what lasts longer than its level usually does.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::ActionResult;
use super::make::{Call, Paged, Roster, Whom, make};
use crate::domain::incident::Incident;
use crate::domain::message::Kind;
use crate::domain::span::Span;

/// Pages who commands, or acts as commander: the incident outlasts its level.
pub(in crate::actions) async fn propose(
    conn: &mut PgConnection,
    incident: &Incident,
    usual: Span,
    next_level: u8,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let roster = Roster::read(conn).await?;
    let commander = incident.commander.unwrap_or(incident.declared_by);
    let call = Call::Outlasted { usual: usual.to_string(), next_level };
    let whom = Whom::from([(commander, Paged { roles: Vec::new(), call })]);
    make(conn, incident, &roster, (Kind::Page, "outlasted"), &whom, now, now).await
}
