//! Asking who commands: to raise what lasts too long, about work that is late, for the report.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::super::ActionResult;
use super::make::{Call, Paged, Roster, Whom, make};
use crate::domain::incident::Incident;
use crate::domain::message::Kind;
use crate::domain::plan::document::Plan;
use crate::domain::span::Span;
use crate::store::tasks::Task;

/// The incident outlasts its level.
pub(in crate::actions) async fn propose(
    conn: &mut PgConnection,
    incident: &Incident,
    usual: Span,
    next_level: u8,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let call = Call::Outlasted { usual: usual.to_string(), next_level };
    ask(conn, incident, (Kind::Page, "outlasted"), call, now).await
}

/// A task is not done in time.
pub(in crate::actions) async fn task_overdue(
    conn: &mut PgConnection,
    incident: &Incident,
    task: &Task,
    who: &str,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let (what, who) = (task.words.clone(), who.to_owned());
    let call = Call::TaskOverdue { task: task.id, what, who };
    ask(conn, incident, (Kind::Page, "task-overdue"), call, now).await
}

/// The report is due and not published.
pub(in crate::actions) async fn report_due(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    due_at: OffsetDateTime,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let zone = plan.document.zone();
    let call = Call::ReportDue { due: zone.moment(due_at) };
    ask(conn, incident, (Kind::Notice, "post-mortem"), call, now).await
}

/// Asks who commands or commanded, else who declared it.
async fn ask(
    conn: &mut PgConnection,
    incident: &Incident,
    (kind, reason): (Kind, &str),
    call: Call,
    now: OffsetDateTime,
) -> ActionResult<()> {
    let roster = Roster::read(conn).await?;
    let commander = incident.commander.unwrap_or(incident.declared_by);
    let whom = Whom::from([(commander, Paged::new(Vec::new(), call))]);
    make(conn, incident, &roster, (kind, reason), &whom, now, now).await
}
