//! What happens, as it happens: for whoever waits for a long deed.

use crate::domain::recovery::{Check, Step};
use crate::recovery::Progress;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// Something begins.
    Begun(String),
    /// How far a copy is.
    Copied(Progress),
    /// A step of a proof ended.
    Ended(Step),
    /// Something was looked at.
    Checked(Check),
}

/// Takes the news.
pub type Tell<'a> = &'a (dyn Fn(News) + Sync);
