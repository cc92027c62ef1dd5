//! Does what is due: fires clocks and runs queued jobs, until it is told to stop.

pub mod heartbeat;
mod prune;
mod run;
mod send_delivery;
mod settler;
pub mod status_page;
mod turn;

pub use prune::prune;
pub use run::run;
pub use turn::turn;

use crate::actions::mail_source::MailSource;
use crate::actions::paging::Links;
use crate::clock::Clock;
use crate::db::Db;
use crate::pulse::Pulse;

/// What the worker works with; cheap to clone.
#[derive(Debug, Clone)]
pub struct Toolbox {
    /// The database.
    pub db: Db,
    /// The one clock.
    pub clock: Clock,
    /// Links in mails.
    pub links: Links,
    /// Where mail goes out.
    pub mail: MailSource,
    /// Beats with every turn that the database took part in.
    pub pulse: Pulse,
    /// Beats with every turn in which work could be done.
    pub worked: Pulse,
}
