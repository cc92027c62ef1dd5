//! The typed plan. Everything outside refers to its things by stable key (`dba`, level 3).

mod aftermath;
mod audience;
mod backup;
mod control;
mod level;
mod objective;
mod outside;
mod person;
mod runbook;
mod whole;

pub use aftermath::{FollowUp, PostMortem, ReportSection};
pub use audience::{Audience, Channel, Every, Notify, Template};
pub use backup::{Check, Database, Repository};
pub use control::Document;
pub use level::{Escalate, Level, Mark, Role};
pub use objective::{Amount, Component, Function, Objective, Tier};
pub use outside::{Appendix, Provider};
pub use person::{Contact, Person, PlanFile};
pub use runbook::{Checklist, Runbook, Schedule, Step};
pub use whole::{FORMAT, Plan};
