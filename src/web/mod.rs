//! The door for browsers, and for agents: understand the request, call one action, answer with a page.

mod agents;
pub mod assets;
pub mod error;
pub mod frame;
mod fresh;
pub mod guard;
pub mod headers;
pub mod hub;
pub mod links;
pub mod pages;
pub mod parts;
pub mod router;
pub mod routes;
pub mod server;
pub mod shared;
pub mod state;
pub mod upload;
