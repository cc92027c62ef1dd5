//! The certificate while serve runs: taken anew when its files change, and spoken of when it nears
//! its end.

use std::time::Duration;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::config::TlsFiles;
use crate::tls::{Kept, Look, Standing, TlsError};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// The certificate of the settings.
///
/// # Errors
/// What keeps it from being served with, and how to mend that.
pub(super) fn open(files: &TlsFiles) -> anyhow::Result<Kept> {
    Kept::open(files.certificate.clone(), files.key.clone())
        .map_err(|error| anyhow::anyhow!("{error}; {}", error.mend()))
        .context("serve can't speak https")
}

/// Looks at the files until `stop`.
pub(super) async fn keep(kept: Option<Kept>, stop: CancellationToken) {
    let Some(kept) = kept else { return };
    let clock = Clock::of_host(); // a database need not have been reached
    let (mut faults, mut standing) = (Faults::default(), Standing::Good);
    loop {
        let now = kept.validity().standing(clock.now());
        if now != standing {
            standing = now;
            say(now, &kept);
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let files = kept.clone();
        match tokio::task::spawn_blocking(move || files.look()).await {
            Ok(Look::Refused(error)) => faults.note(&error),
            Ok(Look::Same) | Err(_) => faults = Faults::default(),
            Ok(Look::Taken) => {
                faults = Faults::default();
                let until = kept.validity().until;
                info!(certificate.until = %until, "a renewed certificate is in use");
            }
        }
    }
}

fn say(standing: Standing, kept: &Kept) {
    let until = kept.validity().until;
    match standing {
        Standing::Good => {}
        Standing::Soon | Standing::Now => {
            warn!(certificate.until = %until, "the certificate ends soon: is it being renewed?");
        }
        Standing::Expired => {
            error!(certificate.until = %until, "the certificate has ended: browsers warn people off");
        }
        Standing::NotYet => {
            error!(
                "the certificate is not good yet, or this machine's clock is wrong: browsers warn people off"
            );
        }
    }
}

/// What was wrong with the files at the last look. Two files are not changed at one moment, so a
/// fault counts when it is met a second time, and is told once.
#[derive(Debug, Default)]
struct Faults {
    last: Option<String>,
    told: bool,
}

impl Faults {
    fn note(&mut self, error: &TlsError) {
        let words = error.to_string();
        if self.is_news(words.clone()) {
            let mend = error.mend();
            error!(mend, "the certificate in use stays, for {words}");
        }
    }

    fn is_news(&mut self, words: String) -> bool {
        if self.last.as_ref() != Some(&words) {
            *self = Faults { last: Some(words), told: false };
            return false;
        }
        !std::mem::replace(&mut self.told, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_once_and_not_while_files_are_being_changed() {
        let mut faults = Faults::default();
        let told: Vec<_> =
            ["a", "b", "b", "b", "a", "a"].map(|words| faults.is_news(words.to_owned())).into();
        assert_eq!(told, [false, false, true, false, false, true]);
    }
}
