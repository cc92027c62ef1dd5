//! What lies before somebody who is about to write for the public.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{ActionResult, DEADLINE, incidents};
use super::Update;
use crate::db::Db;
use crate::domain::civil::Zone;
use crate::domain::id::{EntryId, IncidentId, PersonId};
use crate::domain::incident::{Incident, Phase, Prepared, word_every};
use crate::domain::plan::document::{Mark, Plan};
use crate::domain::rights::Right;
use crate::publish::State;
use crate::store;
use crate::store::public::{PublicIncident, PublicPost};

/// An incident, what the public knows of it, and whether this person may tell it more.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The incident.
    pub incident: Incident,
    /// The plan that it pins.
    pub plan: Plan,
    /// Why this person may not publish; none: they may.
    pub denied: Option<String>,
    /// As the public knows it, where it does.
    pub shown: Option<PublicIncident>,
    /// What was said, newest first.
    pub said: Vec<Said>,
    /// The public components, as the public is told that this incident leaves them.
    pub states: BTreeMap<String, State>,
}

/// Words that went out, and by whom.
#[derive(Debug, Clone)]
pub struct Said {
    /// The words.
    pub post: PublicPost,
    /// Their writer's name.
    pub by: String,
}

/// What a new update begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The plan's words for the level, or the last word of what is about over.
    Prepared,
    /// What was said last.
    Last,
    /// The words of a post that were wrong.
    Corrected(Uuid),
}

/// Reads all that lies there.
///
/// # Errors
/// Not found where there is no such incident.
pub async fn desk(db: &Db, id: IncidentId, by: PersonId) -> ActionResult<Desk> {
    db.transaction(DEADLINE, async |conn| {
        store::snapshot::take(conn).await?;
        let (incident, plan) = incidents::read(conn, id).await?;
        read(conn, incident, plan, by).await
    })
    .await
}

/// What lies there for one person.
pub(super) async fn read(
    conn: &mut PgConnection,
    incident: Incident,
    plan: Plan,
    by: PersonId,
) -> ActionResult<Desk> {
    let shown = store::public::find(conn, incident.id).await?;
    let people = store::people::all(conn).await?;
    let name = |author: Option<Uuid>| {
        let writer = people.iter().find(|person| Some(person.id.0) == author);
        writer.map_or_else(|| "Muster".to_owned(), |person| person.name.clone())
    };
    let posts = store::public::posts(conn, &[incident.id.0]).await?;
    let said = posts.into_iter().map(|post| Said { by: name(post.author), post }).collect();
    let own = store::public::states(conn, incident.id).await?;
    let public = plan.component.iter().filter(|component| component.public);
    let state = |key: &String| own.get(key).and_then(|name| State::named(name));
    let states = public.map(|c| (c.key.clone(), state(&c.key).unwrap_or(State::Working)));
    Ok(Desk {
        denied: denied(conn, &incident, &plan, by).await?,
        shown,
        said,
        states: states.collect(),
        incident,
        plan,
    })
}

/// Who commands, or holds the duty marked `words`, publishes; to all others this says so.
pub(super) async fn denied(
    conn: &mut PgConnection,
    incident: &Incident,
    plan: &Plan,
    by: PersonId,
) -> ActionResult<Option<String>> {
    let account = store::accounts::find(conn, by).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    if account.is_some_and(|account| account.rights.allow(Right::Command)) {
        return Ok(None);
    }
    let role = plan.marked(Mark::Words);
    if let Some(role) = role
        && store::public::has_duty(conn, incident.id, &role.key, by).await?
    {
        return Ok(None);
    }
    let or = role.map(|role| format!(" or the role {}", role.name)).unwrap_or_default();
    Ok(Some(format!("publishing needs the right “command”{or}; ask the commander for it")))
}

impl Desk {
    /// Whether the incident is about to end, or has.
    #[must_use]
    pub fn is_last(&self) -> bool {
        !self.incident.is_open() || self.incident.phase == Phase::Stable
    }

    /// An update to begin with.
    #[must_use]
    pub fn begin(&self, start: Start, now: OffsetDateTime) -> Update {
        let prepared = Prepared::new(&self.incident, &self.plan, now);
        let title = match (self.incident.public_title.trim(), &self.shown) {
            ("", Some(shown)) => shown.title.clone(),
            _ => prepared.title().to_owned(),
        };
        let prepared = prepared.titled(title.as_str());
        let said = |id: Uuid| self.said.iter().find(|said| said.post.id == id);
        let corrected = match start {
            Start::Corrected(id) => said(id),
            Start::Prepared | Start::Last => None,
        };
        let words = match (start, self.said.first()) {
            (Start::Corrected(_), _) => corrected.map(|said| said.post.words.clone()),
            (Start::Last, Some(last)) => Some(last.post.words.clone()),
            _ if self.is_last() => Some(prepared.last_word()),
            _ => prepared.template().map(|template| prepared.fill(&template.body)),
        };
        Update {
            id: EntryId::new(now).0,
            after: self.said.first().map(|said| said.post.id),
            corrects: corrected.map(|said| said.post.id),
            title,
            words: words.unwrap_or_default(),
            states: self.states.clone(),
            seen: if self.incident.is_open() { self.states.clone() } else { BTreeMap::new() },
            next_by: self.every().filter(|_| !self.is_last()).map(|every| now + every),
        }
    }

    /// How often the plan wants a word for the public at this level.
    #[must_use]
    pub fn every(&self) -> Option<time::Duration> {
        word_every(&self.plan, self.incident.level)
    }

    /// The zone in which the public reads times.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.plan.document.zone()
    }
}
