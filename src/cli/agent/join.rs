//! Joins a site, and is heard there.

use std::path::Path;
use std::time::Duration;

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

/// Works for the site that was joined, until it is dropped.
pub(super) async fn run(place: &Place, every: Duration) -> anyhow::Result<bool> {
    let identity = Identity::load(&place.state)?;
    let Identity { server, joined, .. } = &identity;
    println!("The agent of the site “{}” works for {server}. It stops on Ctrl-C.", joined.name);
    let rhythm = Rhythm { watch: every, ..Rhythm::default() };
    joined::run(&identity, rhythm, place).await?;
    Ok(true)
}
