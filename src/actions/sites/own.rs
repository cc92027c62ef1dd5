//! Muster's own database: protected by an agent that serve keeps beside itself, at an owner's press.

use std::sync::Arc;

use time::OffsetDateTime;
use tokio::sync::{mpsc, watch};

use super::{add, make_code};
use crate::actions::sessions::SignedIn;
use crate::actions::{ActionError, ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::agent::code::JoinCode;
use crate::domain::agent::pin::Pin;
use crate::domain::id::SiteId;
use crate::secrets::KeyRing;
use crate::store;

/// What its site is called.
pub const NAME: &str = "Muster itself";

/// How the agent beside serve stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stands {
    /// There is none yet.
    Wanting,
    /// It was asked for, or is at work.
    AtWork,
    /// It ended, and why; it is started again, or can be asked for again where it never joined.
    Failed(String),
}

/// The way from a press to the agent beside serve; there is none where others run the database.
#[derive(Debug, Clone)]
pub struct OwnAgent {
    server: Arc<str>,
    codes: mpsc::Sender<JoinCode>,
    stands: watch::Receiver<Stands>,
}

/// The other end, at which the agent is kept.
#[derive(Debug)]
pub struct Ear {
    /// Codes by which it joins.
    pub codes: mpsc::Receiver<JoinCode>,
    /// How it stands.
    pub stands: watch::Sender<Stands>,
}

impl OwnAgent {
    /// Both ends; `server` is this Muster's address as its own machine reaches it.
    #[must_use]
    pub fn at(server: &str) -> (OwnAgent, Ear) {
        let (codes, coming) = mpsc::channel(1);
        let (tell, stands) = watch::channel(Stands::Wanting);
        (OwnAgent { server: server.into(), codes, stands }, Ear { codes: coming, stands: tell })
    }

    /// How it stands.
    #[must_use]
    pub fn stands(&self) -> Stands {
        self.stands.borrow().clone()
    }
}

/// Has serve keep an agent for Muster's own database, which knows Muster's certificate by this where that is its own.
///
/// # Errors
/// Refused to all but owners, where others run the database, and where such an agent is at work.
pub async fn protect_own(
    db: &Db,
    ring: &KeyRing,
    by: &SignedIn,
    (own, certificate): (Option<&OwnAgent>, Option<Pin>),
    now: OffsetDateTime,
) -> ActionResult<()> {
    by.require_owner(now)?;
    let own = own.ok_or_else(|| {
        let words =
            "this Muster’s database is one that others run: let an agent join on its own host";
        ActionError::refused(words)
    })?;
    let known = site(db).await?;
    if known.is_some() && own.stands() == Stands::AtWork {
        return Err(ActionError::refused("an agent for Muster’s own database is at work already"));
    }
    let id = match known {
        Some(site) => site, // whoever joins there takes the place of the one before
        None => {
            let id = SiteId::new(now);
            add(db, by, (id, NAME), now).await?;
            id
        }
    };
    let (code, _) = make_code(db, ring, (by, id), (&own.server, certificate), now).await?;
    let busy = |_| ActionError::refused("an agent for it is being started just now");
    own.codes.try_send(code).map_err(busy)
}

/// Its site, where there is one.
async fn site(db: &Db) -> ActionResult<Option<SiteId>> {
    let all =
        db.transaction(DEADLINE, async |conn| Ok::<_, ActionError>(store::sites::all(conn).await?));
    Ok(all.await?.into_iter().find(|site| site.name == NAME).map(|site| site.id))
}
