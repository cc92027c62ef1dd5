//! The door for who scrapes: Prometheus' text on a listener of its own, never on the one that
//! people use. While the database is silent it says so within a second, and tells the rest.

mod families;
mod text;

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::actions::vitals;
use crate::clock::Clock;
use crate::db::Db;
use crate::notify::Tally;
use crate::publish::Published;
use crate::pulse::Pulse;
use crate::tls::Kept;

/// What is told; the database's part comes once it was reached.
#[derive(Clone)]
pub struct Gauges {
    /// What the public is served.
    pub published: Published,
    /// The certificate that serve shows; none where it speaks plain HTTP.
    pub certificate: Option<Kept>,
    /// What there is after first contact.
    pub inside: Arc<OnceLock<Inside>>,
}

/// What there is after first contact.
#[derive(Clone)]
pub struct Inside {
    /// The web's way to the database.
    pub db: Db,
    /// The worker's.
    pub worker_db: Db,
    /// The one that figures are read by.
    pub watch_db: Db,
    /// The time.
    pub clock: Clock,
    /// The worker's turns.
    pub worker: Pulse,
    /// When the outside watch last heard us; none where there is no watch.
    pub heard: Option<Pulse>,
    /// Mails handed over.
    pub mails: Tally,
}

/// The router of that listener.
pub fn app(gauges: Gauges) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(gauges)
}

async fn scrape(State(gauges): State<Gauges>) -> Response {
    let figures = match gauges.inside.get() {
        Some(inside) => vitals::figures(&inside.watch_db, inside.clock.now()).await.ok(),
        None => None,
    };
    let text = families::write(&gauges, figures.as_ref());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
