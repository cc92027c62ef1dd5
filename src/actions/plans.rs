//! Deeds on the plan: what a text would change, bringing it in, writing it out.
//!
//! People of a text are applied to the roster as a difference. Nobody and nothing is ever taken
//! off it: a person, a contact method, a title or a zone that the text leaves out stays as it is.

pub mod edit;
mod history;
mod roster;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::sessions::SignedIn;
use super::{ActionError, ActionResult, DEADLINE, people, timeline};
use crate::db::{Db, DbError};
use crate::domain::counted::counted;
use crate::domain::id::PersonId;
use crate::domain::plan::document::{FORMAT, Plan, PlanFile};
use crate::domain::plan::{self, Change, Finding, Severity};
use crate::domain::timeline::{Actor, Body, Digest, Kind};
use crate::store;
use crate::store::StoreError;
use crate::store::plans::{NewRevision, Revision};

pub use history::{Past, export_revision, newest, past, revision};

const QUICKER: &str = "another revision came into force meanwhile; look at the difference again";
/// What bringing a text in would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// What is wrong with the text, or may be.
    pub findings: Vec<Finding>,
    /// What would differ from the plan and the roster as they stand.
    pub changes: Vec<Change>,
    /// Whether nothing would change.
    pub unchanged: bool,
    /// Number that the revision would have.
    pub number: i32,
}

/// A text that was brought in.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// Number of the revision that now holds.
    pub number: i32,
    /// What it changed; empty where it made no revision.
    pub changes: Vec<Change>,
}

/// What a text comes to, next to what stands.
struct Difference {
    current: Option<Revision>,
    standing: roster::Standing,
    people: Vec<plan::document::Person>,
    changes: Vec<Change>,
}

impl Preview {
    /// Whether an error in the text keeps it from being brought in.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        has_errors(&self.findings)
    }
}

impl Difference {
    fn number(&self) -> i32 {
        self.current.as_ref().map_or(0, |revision| revision.number)
    }

    fn unchanged(&self) -> bool {
        self.current.is_some() && self.changes.is_empty()
    }
}

/// Everything that is wrong with a text.
#[must_use]
pub fn check(text: &str) -> Vec<Finding> {
    match plan::parse(text) {
        Ok((_, findings)) | Err(findings) => findings,
    }
}

/// Whether a finding among them keeps a text from being brought in.
#[must_use]
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Says what bringing a text in would change; changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn preview(db: &Db, text: &str) -> ActionResult<Preview> {
    let (file, findings) = match plan::parse(text) {
        Ok(parsed) => parsed,
        Err(findings) => {
            return Ok(Preview { findings, changes: Vec::new(), unchanged: false, number: 0 });
        }
    };
    db.transaction(DEADLINE, async |conn| {
        let difference = compare(conn, &file).await?;
        let (unchanged, number) = (difference.unchanged(), difference.number() + 1);
        Ok(Preview { findings, changes: difference.changes, unchanged, number })
    })
    .await
}

/// Makes a text the next revision and applies its people to the roster, all or nothing. A text
/// that changes nothing makes no revision, so bringing one in twice makes one. Without `by` it is
/// the server's own command line that brings it in.
///
/// # Errors
/// Refused to all but owners who just typed their password.
/// [`ActionError::Refused`] for a text with errors, or when the number is no longer the next one.
pub async fn import(
    db: &Db,
    text: &str,
    by: Option<&SignedIn>,
    expected_number: Option<i32>,
    now: OffsetDateTime,
) -> ActionResult<Imported> {
    by.map_or(Ok(()), |by| by.require_owner(now))?;
    let by = by.map(|by| by.person);
    let (file, _) = plan::parse(text).map_err(|findings| refusal(&findings))?;
    let imported = db
        .transaction(DEADLINE, async |conn| {
            store::people::lock_all(conn).await?;
            let difference = compare(conn, &file).await?;
            bring_in(conn, difference, &file.plan, (by, expected_number), now).await
        })
        .await;
    imported.map_err(quicker)
}

/// The text form of the plan in force, with the roster as it stands.
///
/// # Errors
/// [`ActionError::NotFound`] where there is no plan yet.
pub async fn export(conn: &mut PgConnection) -> ActionResult<String> {
    let current = store::plans::current(conn).await?.ok_or(ActionError::NotFound("plan"))?;
    text(conn, current.plan).await
}

async fn text(conn: &mut PgConnection, plan: Plan) -> ActionResult<String> {
    let people = roster::standing(conn).await?.people(&plan.person);
    Ok(plan::export(&PlanFile { plan, people }))
}

async fn compare(conn: &mut PgConnection, file: &PlanFile) -> ActionResult<Difference> {
    let current = store::plans::current(conn).await?;
    Ok(weigh(current, roster::standing(conn).await?, file))
}

/// What a text comes to next to this revision and this roster.
fn weigh(current: Option<Revision>, standing: roster::Standing, file: &PlanFile) -> Difference {
    let named = &file.plan.person;
    let people = standing.with(&file.people).people(named);
    // both sides list people in one order, which says nothing and so is no change
    let new = PlanFile { plan: file.plan.clone(), people: people.clone() };
    let old = current
        .as_ref()
        .map(|revision| PlanFile { plan: revision.plan.clone(), people: standing.people(named) });
    let changes = plan::difference(old.as_ref(), &new);
    Difference { current, standing, people, changes }
}

async fn bring_in(
    conn: &mut PgConnection,
    difference: Difference,
    plan: &Plan,
    (by, expected): (Option<PersonId>, Option<i32>),
    now: OffsetDateTime,
) -> ActionResult<Imported> {
    if difference.unchanged() {
        return Ok(Imported { number: difference.number(), changes: Vec::new() });
    }
    let number = difference.number() + 1;
    if expected.is_some_and(|expected| expected != number) {
        return Err(ActionError::refused(QUICKER));
    }
    let count = difference.changes.len();
    let digest = insert(conn, plan, (number, count), by, now).await?;
    difference.standing.apply(conn, &difference.people, now).await?;
    people::require_held(conn).await?;
    let changes = counted(count, "change");
    let body = Body::words(format!("Plan revision {number} came into force: {changes}"))
        .with("revision", number)
        .with("digest", digest);
    timeline::log(conn, Kind::Plan, by.map_or(Actor::System, Actor::Person), body, now).await?;
    Ok(Imported { number, changes: difference.changes })
}

async fn insert(
    conn: &mut PgConnection,
    plan: &Plan,
    (number, changes): (i32, usize),
    author: Option<PersonId>,
    now: OffsetDateTime,
) -> ActionResult<Digest> {
    let document = plan::document_bytes(plan);
    let digest = Digest::of_bytes(&document);
    let new = NewRevision {
        number,
        document: &document,
        digest: &digest.0,
        format: i32::try_from(FORMAT).unwrap_or(i32::MAX),
        author,
        approved_by: &plan.document.approved_by,
        note: "",
        changes: i32::try_from(changes).unwrap_or(i32::MAX),
    };
    store::plans::insert(conn, &new, now).await?;
    let public = plan.component.iter().filter(|component| component.public);
    let keys: Vec<String> = public.map(|component| component.key.clone()).collect();
    store::public::set_known(conn, &keys, now).await?;
    store::public::changed(conn).await?;
    Ok(digest)
}

fn refusal(findings: &[Finding]) -> ActionError {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let words: Vec<String> = errors.map(ToString::to_string).collect();
    ActionError::Refused(words.join("\n"))
}

/// Two at once: the second is told.
fn quicker(error: ActionError) -> ActionError {
    let constraint = match &error {
        ActionError::Store(StoreError::Db(error)) => DbError::constraint(error),
        _ => None,
    };
    match constraint {
        Some("plan_revisions_pkey" | "people_key_key") => ActionError::refused(QUICKER),
        _ => error,
    }
}

/// The revision in force; none where no plan was brought in yet.
///
/// # Errors
/// When the database does not answer.
pub async fn in_force(db: &Db) -> ActionResult<Option<Revision>> {
    db.transaction(DEADLINE, async |conn| Ok(store::plans::current(conn).await?)).await
}
