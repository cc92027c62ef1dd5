//! `muster agent lead`.

use anyhow::Context as _;

use crate::agent::Protected;
use crate::agent::lead::take;

pub(super) async fn run(protected: &Protected<'_>) -> anyhow::Result<bool> {
    let (name, before) = (protected.name(), protected.lead);
    take(protected).await.context("nothing was changed")?;
    println!(
        "{name} archives to {} from its next segment on, before to {before}.",
        protected.repository_name
    );
    println!(
        "What waits is tried again by Postgres within a minute. muster agent run copies the log to the others."
    );
    Ok(true)
}
