//! Joins a site, and is heard there.

use std::path::Path;
use std::time::Duration;

use tracing::error;

use crate::agent::Place;
use crate::agent::joined::{self, Identity, Rhythm};
use crate::domain::agent::code::JoinCode;

/// Joins with a code.
pub(super) async fn join(code: &str, state: &Path) -> anyhow::Result<bool> {
    let code =
        if code == "-" { std::io::read_to_string(std::io::stdin())? } else { code.to_owned() };
    let code: JoinCode = code.parse()?;
    let identity = joined::join(&code, state).await?;
    println!(
        "Joined {} as the agent of the site “{}”. Its key lies in {}.\nNow keep it running: muster agent run",
        identity.server,
        identity.joined.name,
        state.display()
    );
    Ok(true)
}

/// Works for the site that was joined, until it is told to stop.
pub(super) async fn run(
    place: &Place,
    every: Duration,
    stop: impl Future<Output = std::io::Result<()>>,
) -> anyhow::Result<bool> {
    let identity = Identity::load(&place.state)?;
    let Identity { server, joined, .. } = &identity;
    println!("The agent of the site “{}” works for {server}. It stops on Ctrl-C.", joined.name);
    let rhythm = Rhythm { watch: every, ..Rhythm::default() };
    let stop = async {
        if let Err(error) = stop.await {
            error!(%error, "it can't be told to stop, so it stops now");
        }
    };
    joined::run(&identity, rhythm, place, stop).await?;
    Ok(true)
}
