//! One file a page: its handlers, its template's struct, its wording.

pub mod status;
pub mod style;
