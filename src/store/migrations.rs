//! Brings a database's tables up to this release.

use sqlx::PgPool;
use sqlx::migrate::{MigrateError, Migrator};

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
