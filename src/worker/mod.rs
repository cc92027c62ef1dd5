//! Loops that run beside the doors.

pub mod status_page;
