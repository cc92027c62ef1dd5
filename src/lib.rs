//! Muster: incident command for disaster recovery.
//!
//! The floors, from the ground up; a module imports from lower floors alone, and modules on one
//! floor are strangers (`tests/it/architecture.rs` enforces it):
//!
//! - 5 `cli`: starts the doors below.
//! - 4 `web`, `worker`, `metrics`, `agent`: doors; they translate, never decide.
//! - 3 `actions`: one function per deed; owns the transaction.
//! - 2 `store`, `queue`, `notify`, `publish`, `recovery`: one outside thing each.
//! - 1 `clock`, `config`, `telemetry`, `secrets`, `pgserver`, `db`, `fail`, `pulse`, `tls`, `outgoing`.
//! - 0 `domain`: rules, the plan document: no async, SQL, HTTP, logging or clock.

pub mod actions;
pub mod agent;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod domain;
pub mod fail;
pub mod metrics;
pub mod notify;
pub mod outgoing;
pub mod pgserver;
pub mod publish;
pub mod pulse;
pub mod queue;
pub mod recovery;
pub mod secrets;
pub mod store;
pub mod telemetry;
pub mod tls;
pub mod web;
pub mod worker;
