//! `muster doctor`: everything that would go wrong, and how to mend it. It changes nothing, starts
//! nothing and sends nothing, so it may be asked at any time, also while `muster serve` runs.

mod database;
mod kit;
mod mail;
mod outside;
mod place;
mod ring;
mod tls;
mod work;

pub use crate::domain::finding::{Finding, Health, Report};

use crate::clock::Clock;
use crate::config::{self, Flags, Settings, Surroundings};

/// Examines the Muster of these settings.
pub async fn examine(flags: &Flags, around: &Surroundings) -> Report {
    match config::read(flags, around) {
        Ok(settings) => with_settings(&settings, around).await,
        Err(problems) => {
            let mend = "mend each one where it stands; docs/SETTINGS.md lists them all";
            let wrong = problems.0.iter();
            Report(wrong.map(|one| Finding::bad("settings", one.to_string(), mend)).collect())
        }
    }
}

async fn with_settings(settings: &Settings, around: &Surroundings) -> Report {
    let mut found = vec![Finding::ok("settings", "every one can be followed")];
    found.extend(place::check(settings));
    let (serve, options) = database::reach(settings, around);
    found.extend(serve);
    let seen = match options {
        Some(options) => database::look(options).await,
        None => Err(None),
    };
    let asked = seen.as_ref().ok().and_then(|seen| seen.ring.as_deref());
    let (keys, ring) = ring::check(&settings.data.keyring, asked);
    found.push(keys);
    let db = match &seen {
        Ok(seen) => {
            found.extend(database::judge(seen));
            found.extend(work::check(seen));
            found.push(kit::check(seen).await);
            Some(&seen.db)
        }
        Err(why) => {
            found.extend(why.clone());
            found.push(Finding::unseen("work", "the database"));
            found.push(Finding::unseen("server kit", "the database"));
            None
        }
    };
    found.push(mail::check(settings, ring, db).await);
    found.push(tls::check(settings, Clock::of_host().now()));
    found.push(outside::public_url(&settings.server.public_url));
    found.push(outside::heartbeat(settings.watching.heartbeat.as_ref()).await);
    if let Ok(seen) = &seen {
        seen.db.close().await;
    }
    Report(found)
}
