//! An account with its grant, and the seal that binds both to the key ring.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::actions::{ActionError, ActionResult, timeline};
use crate::domain::grant::Grant;
use crate::domain::id::{GrantId, PersonId};
use crate::domain::rights::{Right, Rights};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Label};
use crate::store;
use crate::store::accounts::Account;

/// What stands in the database about who may do what.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The account's row.
    pub account: Account,
    /// The standing grant of the right to approve.
    pub grant: Option<Grant>,
}

impl Standing {
    /// What the account may do now: the right to approve counts only with a grant that stands.
    #[must_use]
    pub fn rights(&self) -> Rights {
        let approves = self.grant.as_ref().is_some_and(|grant| grant.suspended_at.is_none());
        self.account.rights.iter().filter(|right| *right != Right::Approve || approves).collect()
    }

    /// Whether the rows are as this installation wrote them.
    #[must_use]
    pub fn is_sealed(&self, ring: &KeyRing) -> bool {
        let parts = self.sealed_parts();
        ring.check_mac(Label::Seals, &slices(&parts), &self.account.seal)
    }

    /// Refuses a row that was changed outside Muster.
    pub(super) fn believed(&self, ring: &KeyRing) -> ActionResult<()> {
        if self.is_sealed(ring) {
            return Ok(());
        }
        let words = "This account was changed outside Muster; its seal does not hold.";
        Err(ActionError::refused(words))
    }

    fn seal(&mut self, ring: &KeyRing) {
        let parts = self.sealed_parts();
        self.account.seal = ring.mac(Label::Seals, &slices(&parts)).to_vec();
    }

    fn sealed_parts(&self) -> Vec<Vec<u8>> {
        let Account { person, email, password_hash, rights, version, disabled_at, .. } =
            &self.account;
        let mut parts = vec![
            b"account-v1".to_vec(),
            person.0.as_bytes().to_vec(),
            email.as_bytes().to_vec(),
            password_hash.as_deref().unwrap_or_default().as_bytes().to_vec(),
            rights.names().join(",").into_bytes(),
            version.to_be_bytes().to_vec(),
            vec![u8::from(disabled_at.is_some())],
        ];
        if let Some(grant) = &self.grant {
            parts.push(grant.id.0.as_bytes().to_vec());
            parts.push(grant.granted_micros().to_vec());
            parts.push(vec![u8::from(grant.suspended_at.is_some())]);
        }
        parts
    }

    /// Writes the account with a new version and a new seal.
    pub(super) async fn save(
        &mut self,
        conn: &mut PgConnection,
        ring: &KeyRing,
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        self.account.version += 1;
        self.seal(ring);
        Ok(store::accounts::upsert(conn, &self.account, now).await?)
    }

    /// Grants the right to approve anew, or takes it back.
    pub(super) async fn regrant(
        &mut self,
        conn: &mut PgConnection,
        approves: bool,
        by: Option<PersonId>,
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        if let Some(old) = self.grant.take() {
            store::grants::revoke(conn, old.id, now).await?;
        }
        if approves {
            let person = self.account.person;
            let id = GrantId::new(now);
            let grant = Grant { id, person, granted_at: now, suspended_at: None };
            store::grants::insert(conn, &grant, by).await?;
            self.grant = Some(grant);
        }
        Ok(())
    }

    /// Suspends the right to approve until another owner grants it anew.
    pub(super) async fn suspend(
        &mut self,
        conn: &mut PgConnection,
        now: OffsetDateTime,
    ) -> ActionResult<()> {
        if let Some(grant) = self.grant.as_mut().filter(|grant| grant.suspended_at.is_none()) {
            store::grants::suspend(conn, grant.id, now).await?;
            grant.suspended_at = Some(now);
        }
        Ok(())
    }
}

fn slices(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

/// A person's account and grant, as their rows have them.
pub(in crate::actions) async fn find(
    conn: &mut PgConnection,
    person: PersonId,
) -> ActionResult<Option<Standing>> {
    let Some(account) = store::accounts::find(conn, person).await? else { return Ok(None) };
    let grant = store::grants::standing(conn, person).await?;
    Ok(Some(Standing { account, grant }))
}

/// Says, in the log and in the installation's stream, that somebody wrote to the tables by hand.
pub(in crate::actions) async fn tell_broken_seal(
    conn: &mut PgConnection,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    tracing::error!(
        account.person = %person,
        "an account's seal does not hold: its row was changed outside muster; it is refused"
    );
    let words = "An account was changed outside Muster: its seal does not hold. It is refused.";
    let body = Body::words(words).with("person", person);
    timeline::log(conn, Kind::Alarm, Actor::System, body, now).await?;
    Ok(())
}
