//! `GET /healthz` and `/readyz`: alive, and ready; for those who watch Muster from outside.

use axum::extract::State;
use axum::http::StatusCode;

use crate::db::Db;

/// Alive: the process answers.
pub(in crate::web) async fn alive() -> &'static str {
    "alive\n"
}

/// Ready: private pages can be served; else why not.
pub(in crate::web) async fn ready(State(db): State<Db>) -> (StatusCode, &'static str) {
    if db.is_well() {
        (StatusCode::OK, "ready\n")
    } else if db.is_reached() {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database does not answer\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database is being started or reached\n")
    }
}
