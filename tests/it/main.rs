//! The integration tests, in one binary because linking many costs more than running them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy's own exception covers test functions, not what they call"
)]

#[path = "../support/mod.rs"]
mod support;

mod cluster;
mod pgserver;
