//! The agent of a site: joined by a code, heard by Muster, and asked by it.
//!
//! It keeps who it is in its state folder, and asks Muster itself: nothing on its host need be reached.

mod board;
mod done;
mod drafts;
mod elsewhere;
mod facts;
mod identity;
mod leave;
mod line;
mod link;
mod onward;
mod orders;
mod restores;
mod run;
mod schedule;
mod tell;
mod work;

pub use drafts::{answer, drafts};
pub use facts::look;
pub use identity::{Identity, IdentityError};
pub use leave::leave;
pub use link::{AgentError, Link};
pub use run::{Rhythm, run};

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::kit;
use crate::domain::agent::code::{JoinCode, fingerprint};
use crate::domain::agent::schedule::Schedule;
use crate::domain::agent::wire::{self, Join, Joined};
use crate::domain::id::SiteId;
use crate::secrets::AgentKey;

/// The schedule that a host keeps; none where its Muster has sent none yet.
///
/// # Errors
/// Where it has joined none.
pub(super) fn kept_schedule(state: &Path) -> Result<Option<Schedule>, IdentityError> {
    let who = Identity::load(state)?;
    Ok(schedule::load(&who, state).map(|kept| kept.schedule))
}

/// The site that an agent works for from this folder; none where it never joined.
pub(super) fn site(state: &Path) -> Option<SiteId> {
    Identity::load(state).ok().map(|who| who.joined.site)
}

/// What people call that site; none where it never joined.
pub(super) fn name(state: &Path) -> Option<String> {
    Identity::load(state).ok().map(|who| who.joined.name)
}

/// Which Muster an agent works for, as it was kept, and the key by which that one's orders are known. No secret
/// of the agent's is in it.
pub(super) fn shown(state: &Path) -> Option<(String, String)> {
    let who = Identity::load(state).ok()?;
    let text = std::fs::read_to_string(state.join(identity::JOINED)).ok()?;
    Some((text, who.joined.order_key))
}

/// Which site of which Muster a kit's host works for, as it stands in the folder that the kit was opened into.
pub(super) fn of_kit(folder: &Path) -> Option<Joined> {
    let text = std::fs::read_to_string(folder.join(kit::MUSTER)).ok()?;
    Identity::shown_in(&text)
}

/// Joins with a code: makes a key, shows its public half, and keeps who Muster is.
///
/// # Errors
/// Why not; then nothing was kept, and an agent that had joined before goes on as it was.
pub async fn join(code: &JoinCode, state: &Path) -> Result<Identity, AgentError> {
    let link = Link::to(&code.server, code.certificate)?;
    identity::prepare(state)?;
    let key = AgentKey::random().map_err(IdentityError::from)?;
    let join = Join {
        secret: URL_SAFE_NO_PAD.encode(code.secret),
        key: URL_SAFE_NO_PAD.encode(key.public()),
    };
    let joined: Joined = link.ask(wire::JOIN, &join).await?;
    let order_key = URL_SAFE_NO_PAD.decode(&joined.order_key).unwrap_or_default();
    if fingerprint(&order_key) != code.orders {
        return Err(AgentError::OtherKey);
    }
    let JoinCode { server, certificate, .. } = code.clone();
    let identity = Identity { server, certificate, joined, key };
    identity.save(state)?;
    Ok(identity)
}
