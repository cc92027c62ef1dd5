//! Who is signed in: beginning a session, believing it, ending it.

mod failures;
mod sign_in;
mod visitor;

pub use sign_in::start;
pub use visitor::{Visitor, mark};

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::accounts::Standing;
use super::{ActionError, ActionResult, DEADLINE, accounts, limits, timeline};
use crate::db::Db;
use crate::domain::id::PersonId;
use crate::domain::limit::STEP_UP;
use crate::domain::rights::{Right, Rights};
use crate::domain::timeline::{Actor, Body, Kind};
use crate::secrets::{KeyRing, Passwords, Token};
use crate::store;
use crate::store::sessions::Session;

/// A session that nobody used for so long is over.
pub const IDLE: Duration = Duration::days(30);
/// No session lasts longer.
pub const ABSOLUTE: Duration = Duration::days(90);
/// How long a typed password counts for what asks for it again.
pub const FRESH: Duration = Duration::minutes(10);
/// How much later the deed itself may look: as long as a request may be under way.
const UNDER_WAY: Duration = Duration::seconds(30);
const SEEN_EVERY: Duration = Duration::minutes(1);

/// Who presses, as the session tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// Their key in the plan.
    pub key: String,
    /// Their whole name.
    pub name: String,
    /// Their zone; the plan's where empty.
    pub zone: String,
    /// What they may do now; without `approve` while its grant is suspended.
    pub rights: Rights,
    /// Hash of the session's token.
    pub session: [u8; 32],
    /// When the password was last typed in this session.
    pub stepped_up_at: OffsetDateTime,
}

impl SignedIn {
    /// Whether the password was typed within the last ten minutes.
    #[must_use]
    pub fn is_fresh(&self, now: OffsetDateTime) -> bool {
        (now - self.stepped_up_at).abs() <= FRESH // a clock that was set back prolongs nothing
    }

    /// Refuses all but owners whose password was fresh when they pressed.
    ///
    /// # Errors
    /// [`ActionError::NotAllowed`] without the right, [`ActionError::NotFresh`] without the password.
    pub(super) fn require_owner(&self, now: OffsetDateTime) -> ActionResult<()> {
        self.require_ownership()?;
        self.require_fresh(now)
    }

    /// Refuses all but owners.
    ///
    /// # Errors
    /// [`ActionError::NotAllowed`].
    pub(super) fn require_ownership(&self) -> ActionResult<()> {
        if self.rights.allow(Right::Own) {
            return Ok(());
        }
        Err(ActionError::NotAllowed("Only owners may do this; ask one of them.".to_owned()))
    }

    /// Refuses who has not typed their password lately.
    ///
    /// # Errors
    /// [`ActionError::NotFresh`].
    pub(super) fn require_fresh(&self, now: OffsetDateTime) -> ActionResult<()> {
        if self.is_fresh(now - UNDER_WAY) { Ok(()) } else { Err(ActionError::NotFresh) }
    }
}

/// Who is signed in by this token; none where the session is over, or its account can't be used.
///
/// # Errors
/// When the database does not answer.
pub async fn find(
    db: &Db,
    ring: &KeyRing,
    token: &Token,
    now: OffsetDateTime,
) -> ActionResult<Option<SignedIn>> {
    let hash = token.hash();
    db.transaction(DEADLINE, async |conn| find_by_hash(conn, ring, &hash, now).await).await
}

/// The same by the token's hash, as a live page asks again and again.
///
/// # Errors
/// When the database does not answer.
pub async fn find_by_hash(
    conn: &mut PgConnection,
    ring: &KeyRing,
    hash: &[u8; 32],
    now: OffsetDateTime,
) -> ActionResult<Option<SignedIn>> {
    let Some(session) = store::sessions::find(conn, hash).await? else { return Ok(None) };
    if is_over(conn, &session, now).await? {
        store::sessions::end(conn, hash).await?;
        return Ok(None);
    }
    let Some(standing) = accounts::find(conn, session.person).await? else { return Ok(None) };
    if !standing.is_sealed(ring) {
        store::sessions::end_all(conn, session.person, None).await?;
        accounts::tell_broken_seal(conn, session.person, now).await?;
        return Ok(None);
    }
    if (now - session.seen_at).abs() >= SEEN_EVERY {
        store::sessions::touch(conn, hash, now).await?;
    }
    whose(conn, &standing, &session, *hash).await
}

/// One that lies as far ahead began by a clock that was wrong, and would last for as long as that.
async fn is_over(
    conn: &mut PgConnection,
    session: &Session,
    now: OffsetDateTime,
) -> ActionResult<bool> {
    let apart = |at: OffsetDateTime| (now - at).abs();
    let old = apart(session.seen_at) > IDLE || apart(session.created_at) > ABSOLUTE;
    Ok(old && !store::sessions::has_duty(conn, session.person).await?)
}

async fn whose(
    conn: &mut PgConnection,
    standing: &Standing,
    session: &Session,
    hash: [u8; 32],
) -> ActionResult<Option<SignedIn>> {
    if standing.account.disabled_at.is_some() {
        return Ok(None);
    }
    let person = store::people::find(conn, session.person).await?;
    Ok(person.filter(|person| person.disabled_at.is_none()).map(|person| SignedIn {
        person: person.id,
        key: person.key,
        name: person.name,
        zone: person.zone,
        rights: standing.rights(),
        session: hash,
        stepped_up_at: session.stepped_up_at,
    }))
}

/// Begins a session, inside the transaction of the deed that lets the person in.
pub(super) async fn begin(
    conn: &mut PgConnection,
    person: PersonId,
    now: OffsetDateTime,
) -> ActionResult<Token> {
    let token = Token::random()?;
    store::sessions::insert(conn, &token.hash(), person, now).await?;
    store::accounts::note_sign_in(conn, person, now).await?;
    Ok(token)
}

/// Signs out.
///
/// # Errors
/// When the database does not answer.
pub async fn end(db: &Db, by: &SignedIn, now: OffsetDateTime) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        store::sessions::end(conn, &by.session).await?;
        let body = Body::words(format!("{} signed out.", by.name));
        timeline::log(conn, Kind::SignIn, Actor::Person(by.person), body, now).await?;
        Ok(())
    })
    .await
}

/// Ends every session of the person but the one they press from.
///
/// # Errors
/// When the database does not answer.
pub async fn end_others(db: &Db, by: &SignedIn, now: OffsetDateTime) -> ActionResult<()> {
    db.transaction(DEADLINE, async |conn| {
        store::sessions::end_all(conn, by.person, Some(&by.session)).await?;
        let body = Body::words(format!("{} signed out everywhere else.", by.name));
        timeline::log(conn, Kind::SignIn, Actor::Person(by.person), body, now).await?;
        Ok(())
    })
    .await
}

/// Takes the password again, for what asks for it again. A wrong one counts as a refused sign-in.
///
/// # Errors
/// A wrong password stands beside the field `your_password`.
pub async fn step_up(
    db: &Db,
    ring: &KeyRing,
    passwords: &Passwords,
    by: &SignedIn,
    password: &str,
    now: OffsetDateTime,
) -> ActionResult<SignedIn> {
    let turn = passwords.line_up(true)?.turn().await?;
    let subject = by.person.0;
    let standing = db
        .transaction(DEADLINE, async |conn| {
            limits::take(conn, STEP_UP, subject.as_bytes(), now).await?;
            accounts::find(conn, by.person).await
        })
        .await?;
    let hash = standing.and_then(|standing| standing.account.password_hash);
    let looked = turn.verify(by.person, password, hash.as_deref()).await;
    if matches!(looked, Ok(false)) {
        failures::count(db, ring, Some(by.person), now).await?;
        return Err(ActionError::wrong("your_password", "This is not your password; try again."));
    }
    db.transaction(DEADLINE, async |conn| {
        limits::give_back(conn, STEP_UP, subject.as_bytes(), now).await?;
        match looked {
            Ok(_) => Ok(Ok(store::sessions::step_up(conn, &by.session, now).await?)),
            Err(error) => Ok::<_, ActionError>(Err(error)),
        }
    })
    .await??;
    Ok(SignedIn { stepped_up_at: now, ..by.clone() })
}
