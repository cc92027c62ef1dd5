//! All integration tests, in one binary.

#![cfg(test)] // says so to clippy, which then lets helpers unwrap

#[path = "../support/mod.rs"]
mod support;

mod account_deeds;
mod accounts;
mod architecture;
mod chain;
mod cluster;
mod config;
mod guard;
mod notify;
mod people;
mod pgserver;
mod server;
