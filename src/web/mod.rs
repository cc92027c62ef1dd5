//! The door for browsers: understand the request, call one action, answer with a page.

pub mod assets;
pub mod guard;
pub mod headers;
pub mod pages;
pub mod parts;
pub mod server;
