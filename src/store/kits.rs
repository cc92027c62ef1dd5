//! Server kits, and where the sheets of all kits lie.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::StoreResult;
use crate::domain::id::{PersonId, SheetId, SiteId};
use crate::domain::kit::{Made, Place};

/// A server kit, and the ring that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerKit {
    /// The kit.
    pub made: Made,
    /// The ring's fingerprint.
    pub ring_fingerprint: String,
}

/// Where a sheet lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Of which site's kit; none: the server's.
    pub site: Option<SiteId>,
    /// The kit's number.
    pub number: String,
    /// Where, and who says so.
    pub place: Place,
}

/// Notes that one was made.
pub async fn insert_server(conn: &mut PgConnection, kit: &ServerKit) -> StoreResult<()> {
    sqlx::query!(
        "insert into server_kits (number, ring_fingerprint, copies, made_at) values ($1, $2, $3, $4)",
        kit.made.number,
        kit.ring_fingerprint,
        &kit.made.copies,
        kit.made.at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The server kit that was made last.
pub async fn newest_server(conn: &mut PgConnection) -> StoreResult<Option<ServerKit>> {
    let row = sqlx::query!(
        "select number, ring_fingerprint, copies, made_at, proved_at
         from server_kits order by made_at desc, number limit 1",
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| ServerKit {
        made: Made {
            number: row.number,
            at: row.made_at,
            proved: row.proved_at,
            copies: row.copies,
        },
        ring_fingerprint: row.ring_fingerprint,
    }))
}

/// Somebody has opened it. False: there is none of that number.
pub async fn prove_server(
    conn: &mut PgConnection,
    number: &str,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!("update server_kits set proved_at = $2 where number = $1", number, now)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Somebody says where a sheet lies. False: this very word was kept already.
pub async fn place_sheet(
    conn: &mut PgConnection,
    id: SheetId,
    (site, number, place): (Option<SiteId>, &str, &str),
    by: PersonId,
    now: OffsetDateTime,
) -> StoreResult<bool> {
    let done = sqlx::query!(
        "insert into kit_sheets (id, site, number, place, said_by, said_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing",
        id.0,
        site.map(|site| site.0),
        number,
        place,
        by.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Where each sheet lies, as was said last.
pub async fn sheets(conn: &mut PgConnection) -> StoreResult<Vec<Sheet>> {
    let rows = sqlx::query!(
        "select distinct on (site, number) site, number, place, said_at, people.name
         from kit_sheets join people on people.id = said_by
         order by site, number, said_at desc, kit_sheets.id desc",
    )
    .fetch_all(conn)
    .await?;
    let sheets = rows.into_iter().map(|row| Sheet {
        site: row.site.map(SiteId),
        number: row.number,
        place: Place { words: row.place, said_by: row.name, said_at: row.said_at },
    });
    Ok(sheets.collect())
}
