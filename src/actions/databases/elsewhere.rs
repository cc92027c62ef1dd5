//! Proofs of a database on other sites, as the agents there tell of them.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::ActionResult;
use crate::actions::sites::listening_since;
use crate::domain::agent::facts;
use crate::domain::agent::presence::Presence;
use crate::domain::id::SiteId;
use crate::domain::recovery::Evidence;
use crate::store;

/// Proofs of a database on another site, in one repository.
#[derive(Debug, Clone, PartialEq)]
pub struct Elsewhere {
    /// Where it is proved.
    pub site: SiteId,
    /// What that is called.
    pub site_name: String,
    /// Whether the agent there is heard of.
    pub presence: Presence,
    /// What that said of it.
    pub said: facts::Elsewhere,
}

impl Elsewhere {
    /// Whether a proof was made there, from that repository.
    #[must_use]
    pub fn made(&self, proof: &Evidence) -> bool {
        proof.site == Some(self.site.to_string()) && proof.repository == self.said.repository
    }
}

/// What other sites say of their proofs of it.
pub(super) async fn of(
    conn: &mut PgConnection,
    (of, name): (SiteId, &str),
    now: OffsetDateTime,
) -> ActionResult<Vec<Elsewhere>> {
    let since = listening_since(conn, now).await?;
    let mut all = Vec::new();
    for site in store::sites::all(conn).await? {
        let said = site.found.into_iter().flat_map(|(facts, _)| facts.elsewhere);
        let said = said.filter(|said| said.site == Some(of) && said.database == name);
        let presence = Presence::of(site.seen_at, since, now);
        let (site, site_name) = (site.id, site.name);
        all.extend(said.map(|said| Elsewhere {
            site,
            site_name: site_name.clone(),
            presence,
            said,
        }));
    }
    Ok(all)
}
