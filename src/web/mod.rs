//! The door for browsers: understands a request, calls one action, answers.

pub mod guard;
pub mod headers;
pub mod server;
