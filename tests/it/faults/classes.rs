//! What each class of refusals of Postgres comes to: one behaviour each.

use muster::actions::{ActionError, DEADLINE};
use muster::db::{DbError, Faulty};
use sqlx::AssertSqlSafe;

use super::scene::Scene;

/// As docs/OPERATIONS.md has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    /// Calm page, the connection is dropped, the breaker counts it.
    Fault,
    /// Calm page that asks to press again; the connection stays.
    Again,
    /// Our own mistake: written to the log, the connection stays.
    Ours,
}

use Behaviour::{Again, Fault, Ours};

const CODES: [(&str, Behaviour); 27] = [
    ("08000", Fault), // connection exception
    ("08006", Fault), // connection failure
    ("22001", Ours),  // string too long
    ("22P05", Ours),  // untranslatable character
    ("23502", Ours),  // not null
    ("23503", Ours),  // foreign key
    ("23505", Ours),  // unique
    ("25006", Fault), // read-only transaction
    ("25P02", Ours),  // transaction aborted
    ("25P03", Fault), // idle in transaction too long
    ("28000", Fault), // authorization
    ("28P01", Fault), // password
    ("3D000", Fault), // no such database
    ("40001", Again), // serialization failure
    ("40P01", Again), // deadlock
    ("42501", Ours),  // no privilege
    ("42601", Ours),  // syntax
    ("42P01", Ours),  // no such table
    ("53100", Fault), // disk full
    ("53200", Fault), // out of memory
    ("53300", Fault), // too many connections
    ("55P03", Again), // lock not available
    ("57014", Fault), // cancelled, or statement time-out
    ("57P01", Fault), // shut down by an admin
    ("57P03", Fault), // starting up
    ("58030", Fault), // input/output error
    ("XX001", Fault), // data corrupted
];

#[tokio::test]
async fn every_class_of_refusals_has_one_behaviour() {
    let scene = Scene::new().await;
    for (code, wanted) in CODES {
        let sql = format!("do $$ begin raise exception using errcode = '{code}'; end $$");
        let raise = async |conn: &mut sqlx::PgConnection| {
            sqlx::query(AssertSqlSafe(sql.clone())).execute(conn).await.map_err(DbError::from)?;
            Ok::<(), ActionError>(())
        };
        let error = scene.app.db.transaction(DEADLINE, raise).await.unwrap_err();

        let ActionError::Store(muster::store::StoreError::Db(refused)) = &error else {
            panic!("{code}: {error:?}")
        };
        let found = match (refused.is_fault(), refused.may_pass()) {
            (true, _) => Fault,
            (false, true) => Again,
            (false, false) => Ours,
        };
        assert_eq!(found, wanted, "{code}");
        scene.heals().await; // what counts as a fault opens the breaker after three
    }
    scene.app.end().await;
}
