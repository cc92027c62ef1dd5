//! What integration tests and the browser tests' bed share: real peers on loopback.

#![allow(dead_code, reason = "each test binary uses its own part of the support code")]
#![allow(unreachable_pub, reason = "`pub` marks what tests call; there is no outside")]

pub mod app;
pub mod browser;
pub mod certificate;
pub mod cluster;
pub mod disk;
pub mod form;
pub mod host;
pub mod line;
pub mod planbed;
pub mod process;
pub mod program;
pub mod sites;
pub mod smtp;
pub mod store;
