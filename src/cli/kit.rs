//! `muster kit`: makes the server kit, which holds the key ring; and what both kinds of kits share.

pub(super) mod opened;
mod paper;
pub mod server;
pub(super) mod typed;

pub(super) use paper::Paper;
