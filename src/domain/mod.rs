//! The rules: facts and `now` go in, a decision comes out.

pub mod agent;
pub mod civil;
pub mod clocks;
pub mod counted;
pub mod cut;
pub mod escalation;
pub mod finding;
pub mod grant;
pub mod id;
pub mod incident;
pub mod kit;
pub mod limit;
pub mod message;
pub mod password;
pub mod plan;
pub mod post_mortem;
pub mod readiness;
pub mod recovery;
pub mod redacted;
pub mod rights;
pub mod roster;
pub mod shell;
pub mod span;
pub mod timeline;
pub mod turn;
pub mod typed;
