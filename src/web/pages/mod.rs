//! One file a page: its handlers, its template's struct, its wording.

pub mod front;
pub mod health;
pub mod invitation;
pub mod people;
pub mod plan;
pub mod revisions;
pub mod runbook;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod status;
pub mod style;
