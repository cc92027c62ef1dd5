//! Brings a database's tables up to this release, and says how far they are.

use std::collections::BTreeSet;

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{PgConnection, PgPool};

/// Where sqlx keeps what was applied.
const TABLE: &str = "_sqlx_migrations";

/// How far a database's tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Migrations of this release that are applied.
    pub applied: usize,
    /// Those that are not.
    pub missing: usize,
    /// Applied ones that this release does not know: a newer one was here.
    pub unknown: usize,
}

/// Applies what is missing, under an advisory lock. A newer schema is accepted, so that the
/// previous release can restart beside the next.
///
/// # Errors
/// What the database says to a migration.
pub async fn apply(pool: &PgPool) -> Result<(), MigrateError> {
    let mut migrator: Migrator = sqlx::migrate!();
    migrator.set_ignore_missing(true);
    migrator.run(pool).await
}

/// Looks how far they are, and changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(conn: &mut PgConnection) -> Result<Standing, MigrateError> {
    let known: BTreeSet<i64> = sqlx::migrate!().iter().map(|migration| migration.version).collect();
    let begun = sqlx::query_scalar!(r#"select to_regclass($1) is not null as "begun!""#, TABLE)
        .fetch_one(&mut *conn)
        .await?;
    let listed = if begun { conn.list_applied_migrations(TABLE).await? } else { Vec::new() };
    let there: BTreeSet<i64> = listed.iter().map(|migration| migration.version).collect();
    Ok(Standing {
        applied: known.intersection(&there).count(),
        missing: known.difference(&there).count(),
        unknown: there.difference(&known).count(),
    })
}
