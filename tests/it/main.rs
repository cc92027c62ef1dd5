//! The integration tests, in one binary because linking many costs more than running them.

#[path = "../support/mod.rs"]
mod support;

mod cluster;
mod pgserver;
