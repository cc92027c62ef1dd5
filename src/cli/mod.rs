//! The command line: what can be typed, and what each command starts.

mod args;

pub use args::{Args, Command, NewUser, Plan, User};
