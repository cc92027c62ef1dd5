//! Who may sign in, and what they may do. The caller makes and checks the seals.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{StoreResult, corrupt};
use crate::domain::id::PersonId;
use crate::domain::rights::Rights;

/// An account, as its row has it: believed only once its seal was checked.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whose.
    pub person: PersonId,
    /// The address to sign in with.
    pub email: String,
    /// None until a password was chosen.
    pub password_hash: Option<String>,
    /// What it may do.
    pub rights: Rights,
    /// Binds the above to the key ring.
    pub seal: Vec<u8>,
    /// Counts changes of rights.
    pub version: i32,
    /// Since when it can't be used.
    pub disabled_at: Option<OffsetDateTime>,
    /// When somebody last signed in with it.
    pub last_sign_in_at: Option<OffsetDateTime>,
}

/// Whether anybody owns this installation yet.
pub async fn owner_exists(conn: &mut PgConnection) -> StoreResult<bool> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from accounts
                          where 'own' = any(rights) and disabled_at is null) as "found!""#,
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// The account of an address, whatever its capitals.
pub async fn find_by_email(conn: &mut PgConnection, email: &str) -> StoreResult<Option<Account>> {
    let row = sqlx::query_as!(
        Row,
        "select person, email, password_hash, rights, seal, version, disabled_at, last_sign_in_at
         from accounts where lower(email) = lower($1)",
        email,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::account).transpose()
}

/// A person's account.
pub async fn find(conn: &mut PgConnection, person: PersonId) -> StoreResult<Option<Account>> {
    let row = sqlx::query_as!(
        Row,
        "select person, email, password_hash, rights, seal, version, disabled_at, last_sign_in_at
         from accounts where person = $1",
        person.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::account).transpose()
}

/// Every account.
pub async fn all(conn: &mut PgConnection) -> StoreResult<Vec<Account>> {
    let rows = sqlx::query_as!(
        Row,
        "select person, email, password_hash, rights, seal, version, disabled_at, last_sign_in_at
         from accounts order by person",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::account).collect()
}

/// Holds every account still until the transaction ends: who may own is decided one at a time.
pub async fn lock_all(conn: &mut PgConnection) -> StoreResult<()> {
    sqlx::query!("lock table accounts in share row exclusive mode").execute(conn).await?;
    Ok(())
}

/// Adds an account, or replaces the person's.
pub async fn upsert(
    conn: &mut PgConnection,
    account: &Account,
    now: OffsetDateTime,
) -> StoreResult<()> {
    sqlx::query!(
        "insert into accounts
             (person, email, password_hash, rights, seal, version, disabled_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (person) do update set email = $2, password_hash = $3, rights = $4,
             seal = $5, version = $6, disabled_at = $7",
        account.person.0,
        account.email,
        account.password_hash,
        &account.rights.names(),
        account.seal,
        account.version,
        account.disabled_at,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

struct Row {
    person: uuid::Uuid,
    email: String,
    password_hash: Option<String>,
    rights: Vec<String>,
    seal: Vec<u8>,
    version: i32,
    disabled_at: Option<OffsetDateTime>,
    last_sign_in_at: Option<OffsetDateTime>,
}

impl Row {
    fn account(self) -> StoreResult<Account> {
        let rights = Rights::from_names(&self.rights)
            .map_err(|error| corrupt("accounts", self.person, error))?;
        Ok(Account {
            person: PersonId(self.person),
            email: self.email,
            password_hash: self.password_hash,
            rights,
            seal: self.seal,
            version: self.version,
            disabled_at: self.disabled_at,
            last_sign_in_at: self.last_sign_in_at,
        })
    }
}

/// Notes when the person last signed in.
pub async fn note_sign_in(
    conn: &mut PgConnection,
    person: PersonId,
    now: OffsetDateTime,
) -> StoreResult<()> {
    let done =
        sqlx::query!("update accounts set last_sign_in_at = $2 where person = $1", person.0, now)
            .execute(conn)
            .await?;
    super::one("accounts", &done)
}
