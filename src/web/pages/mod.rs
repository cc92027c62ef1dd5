//! One file a page: its handlers, its template's struct, its wording.

pub mod answer;
pub mod calls;
pub mod declare;
mod entry_view;
pub mod front;
pub mod health;
pub mod incidents;
pub mod invitation;
pub mod live;
pub mod me;
pub mod messages;
pub mod now;
mod of_incident;
pub mod people;
pub mod plan;
pub mod record;
pub mod revisions;
pub mod runbook;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod status;
pub mod style;
pub mod tellings;
pub mod timeline;
pub mod update;
pub mod verification;
