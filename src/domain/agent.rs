//! What an agent and Muster say to each other, and what silence means.

pub mod ahead;
pub mod archiving;
pub mod asked;
pub mod code;
pub mod draft;
pub mod facts;
pub mod leave;
pub mod order;
pub mod pin;
pub mod presence;
pub mod rules;
pub mod schedule;
pub mod signed;
pub mod watched;
pub mod wire;
