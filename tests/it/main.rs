//! All integration tests, in one binary.

#![cfg(test)] // says so to clippy, which then lets helpers unwrap

#[path = "../support/mod.rs"]
mod support;

mod account_deeds;
mod accounts;
mod answering;
mod architecture;
mod chain;
mod clock_steps;
mod cluster;
mod config;
mod crowd;
mod declare_pages;
mod declaring;
mod digest;
mod doctor;
mod faults;
mod forms;
mod fresh;
mod front;
mod guard;
mod hands;
mod heartbeat;
mod incident;
mod jobs;
mod kills;
mod limits;
mod live;
mod messages;
mod metrics;
mod migrations;
mod notify;
mod packaging;
mod paging;
mod people;
mod pgserver;
mod plan_pages;
mod plan_revisions;
mod plan_things;
mod plan_upload;
mod plans;
mod post_mortems;
mod previous_release;
mod program;
mod public_only;
mod publishing;
mod quarantine;
mod queue;
mod recovery;
mod renewal;
mod routes;
mod server;
mod servers;
mod settings;
mod sites;
mod status;
mod tellings;
mod tls;
mod verify;
