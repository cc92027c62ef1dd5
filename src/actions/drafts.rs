//! Drafts: what an owner would have the owner of a host allow. Muster makes and keeps them; only the host's own
//! command puts one into `agent.toml`.

mod judge;

use time::OffsetDateTime;

pub use self::judge::{hindrance, may_grow};
use super::databases::{self, Standing};
use super::sessions::SignedIn;
use super::sites::{self, Seen, sign, wake};
use super::{ActionError, ActionResult, DEADLINE, Wrong, quarantine, timeline};
use crate::db::Db;
use crate::domain::agent::draft::{
    Answer, Draft, Offer, Offered, PREFIX, Question, Repository, State,
};
use crate::domain::agent::facts::Facts;
use crate::domain::agent::signed::SignedDocument;
use crate::domain::id::{DraftId, SiteId};
use crate::domain::plan::document::Plan;
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::KeyRing;
use crate::store;
use crate::store::drafts::Kept;

/// Drafts of a site that are looked at: more than are ever open at once.
const MOST: i64 = 50;

/// What was chosen and typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The cluster's data folder.
    pub data_dir: String,
    /// What Muster is to call it.
    pub name: String,
    /// The database role to work as.
    pub user: String,
    /// Whether Muster may start and stop it by its service.
    pub service: bool,
    /// The repository to add; none: the ones that `agent.toml` names.
    pub repository: Option<Repository>,
}

/// A draft, with what became of it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The draft.
    pub kept: Kept,
    /// Its site.
    pub site: Seen,
    /// The database, once its agent protects it; where a repository alone is added, each that it protects.
    pub standings: Vec<Standing>,
}

/// Makes a draft to protect a database. The same form sent twice makes one; an older one of the same cluster or name
/// is offered no more.
///
/// # Errors
/// Words that are wrong, each with its field; refused to all but owners, and where nothing is known of the host.
pub async fn make(
    db: &Db,
    by: &SignedIn,
    whose: (SiteId, DraftId),
    wanted: &Wanted,
    now: OffsetDateTime,
) -> ActionResult<()> {
    keep(db, by, whose, |facts| judge::protecting(facts, wanted), now).await
}

/// Makes a draft of a repository alone, called as `wanted` is or with a number behind; none where no kind of place was
/// chosen. For the rest as [`make`].
///
/// # Errors
/// As [`make`], and where the host has no repository yet.
pub async fn add_repository(
    db: &Db,
    by: &SignedIn,
    whose: (SiteId, DraftId),
    wanted: Option<&Repository>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    keep(db, by, whose, |facts| judge::adding(facts, wanted), now).await
}

async fn keep(
    db: &Db,
    by: &SignedIn,
    (site, id): (SiteId, DraftId),
    drafted: impl Fn(&Facts) -> Result<Draft, Vec<Wrong>>,
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    db.transaction(DEADLINE, async |conn| {
        let found = store::sites::lock(conn, site).await?.ok_or(ActionError::NotFound("site"))?;
        if store::drafts::lock(conn, site, id).await?.is_some() {
            return Ok(()); // the same form
        }
        let nothing = || {
            ActionError::refused("nothing is known of this host yet: its agent has not reported")
        };
        let (facts, _) = found.found.as_ref().ok_or_else(nothing)?;
        let draft = drafted(facts).map_err(ActionError::Invalid)?;
        for old in store::drafts::of(conn, site, MOST).await? {
            if old.state == State::Open && is_same(&old.draft, &draft) {
                store::drafts::set_state(conn, old.id, State::Replaced, now).await?;
            }
        }
        if !store::drafts::insert(conn, (site, id), &draft, by.person, now).await? {
            return Err(ActionError::refused(
                "another draft has this form’s id; open the page anew",
            ));
        }
        let (purpose, host) = (draft.purpose(), &found.name);
        let words = format!("Drafted {purpose} on {host}, for its owner to allow");
        timeline::tell(conn, Kind::Installation, by, words, now).await
    })
    .await
}

fn is_same(one: &Draft, other: &Draft) -> bool {
    match (&one.database, &other.database) {
        (Some(one), Some(other)) => one.data_dir == other.data_dir || one.name == other.name,
        (None, None) => {
            one.repository.as_ref().map(|it| &it.name)
                == other.repository.as_ref().map(|it| &it.name)
        }
        _ => false,
    }
}

/// Takes a draft back that nobody has answered.
///
/// # Errors
/// Not found; refused to all but owners, and where it was answered.
pub async fn withdraw(
    db: &Db,
    by: &SignedIn,
    (site, id): (SiteId, DraftId),
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_ownership()?;
    db.transaction(DEADLINE, async |conn| {
        let found = store::drafts::lock(conn, site, id).await?;
        let draft = found.ok_or(ActionError::NotFound("draft"))?;
        match draft.state {
            State::Open => store::drafts::set_state(conn, id, State::Withdrawn, now).await?,
            State::Allowed => {
                let words =
                    "the host’s owner has allowed it: take its block out of agent.toml there";
                return Err(ActionError::refused(words));
            }
            _ => return Ok(()),
        }
        let words = format!("Took back the draft {}", draft.draft.purpose());
        timeline::tell(conn, Kind::Installation, by, words, now).await
    })
    .await
}

/// The drafts of a site that are open, for the host's own command, signed and good for this question alone.
///
/// # Errors
/// When the database does not answer.
pub async fn offer(
    db: &Db,
    ring: &KeyRing,
    (site, question): (SiteId, Question),
    now: OffsetDateTime,
) -> ActionResult<SignedDocument> {
    let open = db.transaction(DEADLINE, async |conn| {
        if quarantine::is_on(conn).await? {
            return Err(ActionError::refused(quarantine::WORDS));
        }
        let mut all = store::drafts::of(conn, site, MOST).await?;
        all.retain(|one| one.state.by_now(one.made_at, now) == State::Open);
        Ok(all)
    });
    let open = open.await?.into_iter().rev();
    let drafts = open.map(|Kept { id, made_by, draft, .. }| Offered { id, made_by, draft });
    Ok(sign(ring, PREFIX, &Offer { site, question, drafts: drafts.collect() }))
}

/// Takes in what the host's owner answered, once. What stands in `agent.toml` is allowed, whatever became of
/// the draft meanwhile; its agent is asked to look at the host again.
///
/// # Errors
/// Not found.
pub async fn answer(
    db: &Db,
    site: SiteId,
    answer: Answer,
    now: OffsetDateTime,
) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        let host = store::sites::lock(conn, site).await?.ok_or(ActionError::NotFound("site"))?;
        let found = store::drafts::lock(conn, site, answer.draft).await?;
        let draft = found.ok_or(ActionError::NotFound("draft"))?;
        let state = if answer.allowed { State::Allowed } else { State::Refused };
        if draft.state == State::Allowed || draft.state != State::Open && state == State::Refused {
            return Ok(());
        }
        store::drafts::set_state(conn, draft.id, state, now).await?;
        store::sites::ask_facts(conn, site, now).await?;
        wake(conn).await?;
        let purpose = draft.draft.purpose();
        let words = match state {
            State::Allowed => format!("Its owner allowed on the host {purpose}"),
            _ => format!("Its owner refused on the host {purpose}"),
        };
        let actor = Actor::Agent(host.name);
        timeline::log(conn, Kind::Installation, actor, Body::words(words), now).await.map(drop)
    })
    .await
}

/// The drafts of a site, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &Db, site: SiteId) -> ActionResult<Vec<Kept>> {
    db.transaction(DEADLINE, async |conn| Ok(store::drafts::of(conn, site, MOST).await?)).await
}

/// One of them, with what became of it.
///
/// # Errors
/// Not found.
pub async fn read(
    db: &Db,
    plan: Option<&Plan>,
    (site, id): (SiteId, DraftId),
    now: OffsetDateTime,
) -> ActionResult<Whole> {
    let kept = of(db, site).await?.into_iter().find(|one| one.id == id);
    let mut kept = kept.ok_or(ActionError::NotFound("draft"))?;
    kept.state = kept.state.by_now(kept.made_at, now);
    let found = sites::read(db, site, now).await?;
    let protects = found.site.found.as_ref().and_then(|(facts, _)| facts.protects.clone());
    let mut standings = databases::of(db, plan, site, now).await?;
    standings.retain(|one| match (&kept.draft.database, &protects) {
        (Some(database), _) => one.seen.name == database.name,
        (None, Some(names)) => names.contains(&one.seen.name),
        (None, None) => true,
    });
    Ok(Whole { kept, site: found, standings })
}

impl Whole {
    /// The database to protect, once its agent does.
    #[must_use]
    pub fn standing(&self) -> Option<&Standing> {
        self.kept.draft.database.as_ref().and(self.standings.first())
    }
}
