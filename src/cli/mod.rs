//! The command line: what can be typed, and what each command starts.

mod args;
pub mod plan;
pub mod verify;

pub use args::{Args, Command, NewUser, Plan, User};
