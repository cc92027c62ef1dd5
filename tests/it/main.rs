//! All integration tests, in one binary.

#[cfg(test)] // says so to clippy, which then lets helpers unwrap
mod config;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod server;
