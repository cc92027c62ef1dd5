//! Paging people: chains, their steps, and what is sent for them.

mod alarm;
mod begin;
mod cancel;
mod commander;
mod digest;
mod end;
mod fold;
mod link;
mod make;
mod name;
mod sending;
mod settle;
mod steps;

pub(super) use alarm::alarm;
pub use begin::{Begun, begin, begin_anew, withdraw};
pub(super) use cancel::cancel;
pub(super) use commander::{propose, report_due, task_overdue};
pub(super) use digest::cancel_digest;
pub use digest::take_digest;
pub use end::{active, stop};
pub(super) use end::{ask_again, await_silence};
pub use fold::fold;
pub use link::Links;
pub(super) use make::asked_in_need;
pub(super) use name::name;
pub use sending::{Letter, take};
pub use settle::{Came, Verdict, note};
pub(super) use steps::{go_on, step, wait};
