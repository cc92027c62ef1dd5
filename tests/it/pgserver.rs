//! Muster's own Postgres, and what is left of it when Muster, Postgres or both are killed.

mod crashes;
mod place;
mod refusals;
pub(crate) mod scene;
mod scratch;
