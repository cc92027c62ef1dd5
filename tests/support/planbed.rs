//! A database of one test, with tables and an installation stream.

use muster::db::Db;
use muster::domain::id::StreamId;
use muster::store;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use time::OffsetDateTime;
use time::macros::datetime;

use super::cluster::Cluster;

/// When these tests play.
pub const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

/// A database of its own.
pub struct PlanBed {
    pub db: Db,
    pub installation: StreamId,
    options: PgConnectOptions,
}

impl PlanBed {
    /// Makes the database.
    pub async fn new(name: &str) -> PlanBed {
        let cluster = Cluster::shared().await;
        cluster.create_database(name).await;
        let (db, options) = (Db::away(), cluster.options(name));
        db.reached(options.clone(), 4);
        store::migrations::apply(db.pool().unwrap()).await.unwrap();
        let installation = StreamId::new(NOW);
        let mut conn = PgConnection::connect_with(&options).await.unwrap();
        store::streams::create(&mut conn, installation, "installation").await.unwrap();
        PlanBed { db, installation, options }
    }

    /// A connection with every power.
    pub async fn conn(&self) -> PgConnection {
        PgConnection::connect_with(&self.options).await.unwrap()
    }

    /// Does something to the database behind Muster's back.
    pub async fn sql(&self, sql: &str) {
        let mut conn = self.conn().await;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
    }
}
