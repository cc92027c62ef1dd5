//! What was told of databases: that too much would be lost, and that their log fills its disk.

use sqlx::PgConnection;

use super::super::StoreResult;
use crate::domain::id::SiteId;
use crate::domain::recovery::{Nearness, Told, Vigil};

/// What was told of one.
pub async fn told(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
) -> StoreResult<Option<Told>> {
    let told = sqlx::query_scalar!(
        "select told from databases where site = $1 and name = $2",
        site.0,
        name,
    );
    Ok(told.fetch_optional(conn).await?.map(read_told))
}

/// What was told of one is this now.
pub async fn keep_vigil(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
    vigil: Vigil,
) -> StoreResult<()> {
    let told = match vigil.told {
        Told::Nothing => 0,
        Told::OverTarget => 1,
        Told::OverMaximum => 2,
    };
    sqlx::query!(
        "update databases set over_since = $3, told = $4 where site = $1 and name = $2",
        site.0,
        name,
        vigil.over_since,
        told,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What was told of one's log, which fills its disk.
pub async fn fills(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
) -> StoreResult<Option<Nearness>> {
    let told = sqlx::query_scalar!(
        "select fills_told from databases where site = $1 and name = $2",
        site.0,
        name,
    );
    Ok(told.fetch_optional(conn).await?.map(read_fills))
}

/// What was told of one's log is this now.
pub async fn keep_fills(
    conn: &mut PgConnection,
    (site, name): (SiteId, &str),
    told: Nearness,
) -> StoreResult<()> {
    let told = match told {
        Nearness::Far => 0,
        Nearness::Hours => 1,
        Nearness::Hour => 2,
    };
    sqlx::query!(
        "update databases set fills_told = $3 where site = $1 and name = $2",
        site.0,
        name,
        told,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) fn read_told(told: i16) -> Told {
    match told {
        0 => Told::Nothing,
        1 => Told::OverTarget,
        _ => Told::OverMaximum,
    }
}

pub(super) fn read_fills(told: i16) -> Nearness {
    match told {
        0 => Nearness::Far,
        1 => Nearness::Hours,
        _ => Nearness::Hour,
    }
}
