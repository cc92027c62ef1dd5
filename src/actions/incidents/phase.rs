//! Moving an incident through its phases.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::{FIRST_PUBLIC_LEVEL, clock};
use crate::actions::{
    ActionError, ActionResult, DEADLINE, limits, paging, post_mortems, publishing, tasks, tellings,
    timeline,
};
use crate::db::Db;
use crate::domain::civil;
use crate::domain::id::{IncidentId, PersonId};
use crate::domain::incident::{Change, Incident, Phase, Refusal, left_to_check, restored_at};
use crate::domain::limit::REOPEN;
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::store;

/// With this begins the key of each item of a checklist.
const CHECKLISTS: &str = "checklist.";

/// A press that moves the phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Somebody is at work on it.
    Recovering,
    /// All is restored.
    Stable,
    /// It is over.
    Close,
    /// It goes on again.
    Reopen,
    /// There was nothing; those paged hear to stand down.
    FalseAlarm,
}

/// Moves the phase; a second press for the same changes nothing.
///
/// # Errors
/// Refused by the rule, in words.
pub async fn step(
    db: &Db,
    id: IncidentId,
    step: Step,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Incident> {
    db.transaction(DEADLINE, async |conn| {
        let (mut incident, plan) = super::lock(conn, id).await?;
        let held = incident.is_held(now);
        if stands(&incident, step) {
            return Ok(incident);
        }
        if step == Step::Reopen {
            limits::take(conn, REOPEN, by.0.as_bytes(), now).await?;
        }
        let restored = restored_at(&store::affected::of(conn, id).await?).is_some();
        let open_items = left_to_check(&plan, &store::ticks::of(conn, id).await?);
        let was_sound = incident.phase == Phase::Stable || !incident.is_open();
        let gap = decide(&mut incident, (step, by), (restored, open_items), now);
        let gap = gap.map_err(ActionError::refused)?;
        let anew = match was_sound && incident.phase == Phase::Recovering {
            true => check_anew(conn, &incident).await?,
            false => "",
        };
        store::incidents::update(conn, &incident).await?;
        if held && !incident.is_open() {
            paging::withdraw(conn, &incident, now).await?;
            publishing::withdraw(conn, &incident).await?;
        }
        let report = follow(conn, &incident, &plan, (step, by), now).await?;
        paging::active(conn, &incident, by, now).await?;
        let zone = plan.document.zone();
        let report = report.map(|due| format!(" The post-mortem is due {}.", zone.moment(due)));
        let words = words(step, gap) + anew + &report.unwrap_or_default();
        let body = Body::words(words).with("phase", incident.phase.name());
        timeline::say(conn, &incident, Kind::Phase, Actor::Person(by), body, now).await?;
        Ok(incident)
    })
    .await
}

/// Whether a press came second: what it asks for is so.
fn stands(incident: &Incident, step: Step) -> bool {
    match step {
        Step::Recovering => incident.phase == Phase::Recovering,
        Step::Stable => incident.phase == Phase::Stable,
        Step::Close => incident.phase == Phase::Closed,
        Step::FalseAlarm => incident.phase == Phase::FalseAlarm,
        Step::Reopen => incident.is_open(),
    }
}

fn decide(
    incident: &mut Incident,
    (step, by): (Step, PersonId),
    (restored, open_items): (bool, usize),
    now: OffsetDateTime,
) -> Result<Duration, Refusal> {
    match step {
        Step::Recovering => incident.recover(now)?,
        Step::Stable => incident.settle(restored, now)?,
        Step::Close => incident.close(open_items, now)?,
        Step::FalseAlarm => incident.dismiss(now)?,
        Step::Reopen => return incident.reopen(by, now),
    }
    Ok(Duration::ZERO)
}

/// What follows from the press; answers when the report is due, where one is.
async fn follow(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    (step, by): (Step, PersonId),
    now: OffsetDateTime,
) -> ActionResult<Option<OffsetDateTime>> {
    match step {
        Step::Recovering | Step::Stable => {
            tellings::set(conn, incident, plan, Change::Phase, now).await?;
        }
        Step::Close | Step::FalseAlarm => {
            let off_by = (step == Step::FalseAlarm).then_some(by);
            paging::stop(conn, incident, off_by, now).await?;
            clock::end_all(conn, incident, now).await?;
        }
        Step::Reopen => {
            store::affected::resume(conn, incident.id).await?;
            clock::set_all(conn, incident, plan, Change::Began, now).await?;
            tasks::resume(conn, incident, now).await?;
            post_mortems::goes_on(conn, incident, now).await?;
            paging::begin_anew(conn, incident, plan, by, now).await?;
            if incident.level >= FIRST_PUBLIC_LEVEL {
                publishing::plan_first_words(conn, incident, plan, now).await?;
            }
        }
    }
    publishing::phase_changed(conn, incident, now).await?;
    match step {
        Step::Close => post_mortems::ended(conn, incident, plan, now).await,
        _ => Ok(None),
    }
}

/// It goes on, so what was checked before holds no longer; answers the words for that.
pub(super) async fn check_anew(
    conn: &mut PgConnection,
    incident: &Incident,
) -> ActionResult<&'static str> {
    match store::ticks::clear(conn, incident.id, CHECKLISTS).await? {
        true => Ok(" What was checked before closing is to be checked again."),
        false => Ok(""),
    }
}

fn words(step: Step, gap: Duration) -> String {
    match step {
        Step::Recovering => "Recovering.".to_owned(),
        Step::Stable => "Stable: all is restored and is being watched.".to_owned(),
        Step::Close => "Closed.".to_owned(),
        Step::FalseAlarm => "False alarm. Those paged are told to stand down.".to_owned(),
        Step::Reopen => {
            let gap = civil::span(gap);
            format!("Reopened. The clocks go on from impact start; it was closed for {gap}.")
        }
    }
}
