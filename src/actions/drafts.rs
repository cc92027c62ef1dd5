//! Drafts: what an owner would have the owner of a host allow. Muster makes and keeps them; only the host's own
//! command puts one into `agent.toml`.

use time::OffsetDateTime;

use super::databases::{self, Standing};
use super::sessions::SignedIn;
use super::sites::{self, Seen, sign, wake};
use super::{ActionError, ActionResult, DEADLINE, Wrong, quarantine, timeline};
use crate::db::Db;
use crate::domain::agent::draft::{
    Answer, Database, Draft, Offer, Offered, PREFIX, Question, Repository, State,
};
use crate::domain::agent::facts::{Cluster, Facts};
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
    /// The database, once its agent protects it.
    pub standing: Option<Standing>,
}

/// Why a cluster can't be drafted for, in words for a list of them; nothing where it can.
#[must_use]
pub fn hindrance(facts: &Facts, cluster: &Cluster) -> Option<String> {
    if let Some(name) = &cluster.protected_as {
        return Some(format!("protected already, as {name}"));
    }
    if facts.refused.is_some() {
        return Some("the host’s agent.toml is not followed: its page says why".to_owned());
    }
    if cluster.owner != facts.user {
        let (owner, user) = (&cluster.owner, &facts.user);
        return Some(format!(
            "it belongs to {owner}, and this agent runs as {user}: it takes an agent of its own"
        ));
    }
    if !cluster.running {
        return Some("it does not run: start it, then look again".to_owned());
    }
    let known = Database::of(cluster, "main", "postgres", false);
    let fits =
        known.is_some_and(|database| Draft { database, repository: None }.faults().is_empty());
    let says = "its data folder or its socket has a path that agent.toml can’t hold";
    (!fits).then(|| says.to_owned())
}

/// Makes a draft. The same form sent twice makes one; an older one of the same cluster or name is offered no more.
///
/// # Errors
/// Words that are wrong, each with its field; refused to all but owners, and where nothing is known of the host.
pub async fn make(
    db: &Db,
    by: &SignedIn,
    (site, id): (SiteId, DraftId),
    wanted: &Wanted,
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
        let draft = drafted(facts, wanted).map_err(ActionError::Invalid)?;
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
        let (name, host) = (&draft.database.name, &found.name);
        let words = format!("Drafted to protect {name} on {host}, for its owner to allow");
        timeline::tell(conn, Kind::Installation, by, words, now).await
    })
    .await
}

fn is_same(one: &Draft, other: &Draft) -> bool {
    let (one, other) = (&one.database, &other.database);
    one.data_dir == other.data_dir || one.name == other.name
}

/// What was chosen and typed, against what is known of the host.
fn drafted(facts: &Facts, wanted: &Wanted) -> Result<Draft, Vec<Wrong>> {
    let wrong = |field, words: &str| Wrong { field, words: words.to_owned() };
    let cluster = facts.clusters.iter().find(|one| one.data_dir == wanted.data_dir);
    let gone =
        || vec![wrong("cluster", "its agent does not see this cluster any more; choose again")];
    let cluster = cluster.ok_or_else(gone)?;
    if let Some(why) = hindrance(facts, cluster) {
        return Err(vec![wrong("cluster", &format!("This can’t be protected now: {why}."))]);
    }
    let database = Database::of(cluster, &wanted.name, &wanted.user, wanted.service);
    let draft =
        Draft { database: database.ok_or_else(gone)?, repository: wanted.repository.clone() };
    let mut found: Vec<Wrong> =
        draft.faults().into_iter().map(|(field, words)| wrong(field, words)).collect();
    if facts.protects.iter().flatten().any(|name| *name == wanted.name) {
        let words = format!("the host’s agent.toml names a “{}” already", wanted.name);
        found.push(wrong("name", &words));
    }
    match (&wanted.repository, facts.repositories.is_empty()) {
        (None, true) => found.push(wrong("where", "Say where its backups go.")),
        (Some(_), false) => {
            let words =
                "the host’s agent.toml names where backups go already; look at the page anew";
            found.push(wrong("where", words));
        }
        _ => {}
    }
    if found.is_empty() { Ok(draft) } else { Err(found) }
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
        let words = format!("Took back the draft to protect {}", draft.draft.database.name);
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
        let name = &draft.draft.database.name;
        let words = match state {
            State::Allowed => format!("Its owner allowed on the host to protect {name}"),
            _ => format!("Its owner refused on the host to protect {name}"),
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
    let name = kept.draft.database.name.as_str();
    let standing = match databases::read(db, plan, (site, name), now).await {
        Ok(whole) => Some(whole.standing),
        Err(ActionError::NotFound(_)) => None,
        Err(error) => return Err(error),
    };
    Ok(Whole { site: sites::read(db, site, now).await?, standing, kept })
}
