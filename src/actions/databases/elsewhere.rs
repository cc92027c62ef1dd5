//! Proofs of a database on other sites, as the agents there tell of them.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use crate::actions::sites::listening_since;
use crate::actions::{ActionResult, DEADLINE};
use crate::db::Db;
use crate::domain::agent::facts;
use crate::domain::agent::presence::Presence;
use crate::domain::id::SiteId;
use crate::domain::recovery::Evidence;
use crate::domain::recovery::evidence::Subject;
use crate::store;

/// One a day, with room for one that takes long.
const OLD_AFTER: Duration = Duration::hours(30);

/// How it stands with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// The agent there is not heard of since then.
    Silent(OffsetDateTime),
    /// It could not be proved there, and why.
    Unable(String),
    /// None was made there yet.
    Waiting,
    /// The one of that time does not hold.
    Failed(OffsetDateTime),
    /// Verified at that time, which is too long ago.
    Old(OffsetDateTime),
    /// Verified at that time.
    Verified(OffsetDateTime),
}

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

    /// How it stands with them. What it told of as evidence counts before what it says besides.
    #[must_use]
    pub fn stand(&self, proofs: &[Evidence], now: OffsetDateTime) -> Stand {
        let told = |subject| proofs.iter().find(|it| self.made(it) && it.subject == subject);
        let point = told(Subject::Point).map(|proof| (proof.began, proof.holds));
        let dump = told(Subject::Dump).filter(|proof| !proof.holds).map(|proof| proof.began);
        match (self.presence, &self.said.wrong, dump) {
            (Presence::Silent(since), ..) => Stand::Silent(since),
            (_, Some(why), _) => Stand::Unable(why.clone()),
            (.., Some(at)) => Stand::Failed(at),
            (.., None) => match point.max(self.said.proved_at.zip(self.said.holds)) {
                None => Stand::Waiting,
                Some((at, false)) => Stand::Failed(at),
                Some((at, true)) if now - at >= OLD_AFTER => Stand::Old(at),
                Some((at, true)) => Stand::Verified(at),
            },
        }
    }

    /// What is not proved where it should be, by name.
    fn name(&self) -> String {
        let Elsewhere { site_name, said, .. } = self;
        match said.site {
            Some(_) => format!("{} of {} on {site_name}", said.database, said.of),
            None => format!("what the kit in {} holds, on {site_name}", said.kit),
        }
    }
}

/// What other sites should prove and do not; whoever is silent is told of as that.
///
/// # Errors
/// When the database does not answer.
pub async fn unproved(db: &Db, now: OffsetDateTime) -> ActionResult<Vec<String>> {
    let all = db.transaction(DEADLINE, async |conn| all(conn, now).await).await?;
    let bad = |one: &Elsewhere| {
        matches!(one.stand(&[], now), Stand::Unable(_) | Stand::Failed(_) | Stand::Old(_))
    };
    Ok(all.iter().filter(|one| bad(one)).map(Elsewhere::name).collect())
}

/// What other sites say of their proofs of it.
pub(super) async fn of(
    conn: &mut PgConnection,
    (of, name): (SiteId, &str),
    now: OffsetDateTime,
) -> ActionResult<Vec<Elsewhere>> {
    let mut all = all(conn, now).await?;
    all.retain(|one| one.said.site == Some(of) && one.said.database == name);
    Ok(all)
}

async fn all(conn: &mut PgConnection, now: OffsetDateTime) -> ActionResult<Vec<Elsewhere>> {
    let since = listening_since(conn, now).await?;
    let mut all = Vec::new();
    for site in store::sites::all(conn).await? {
        let presence = Presence::of(site.seen_at, since, now);
        let (site_name, said) = (site.name, site.found.map(|(facts, _)| facts.elsewhere));
        all.extend(said.into_iter().flatten().map(|said| Elsewhere {
            site: site.id,
            site_name: site_name.clone(),
            presence,
            said,
        }));
    }
    Ok(all)
}
