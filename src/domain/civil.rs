//! Civil time: how instants read to people in their zones, and what they type means.
//!
//! All else in Muster is UTC; only here do zones, daylight saving and wording of time live.

mod calendar;
mod cron;
mod day;
mod typed;
mod wording;
mod zone;

pub use cron::{Cron, NotCron};
pub use day::{Day, NotADay};
pub use typed::NotATime;
pub use wording::{about, ago, running, span, utc_clock};
pub use zone::{UnknownZone, Zone};
