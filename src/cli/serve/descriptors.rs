//! File descriptors: as many as the system gives, and some kept back from browsers, so that pages
//! leave while strangers hold every connection that they may have.

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tracing::warn;

/// Kept back for the database's connections, mails on their way, who scrapes, files and the log.
const KEPT: u64 = 128;
/// Connections that there are in any case.
const FEWEST: u64 = 16;

/// How many of the connections that are wanted there is room for.
pub(super) fn connections(wanted: usize) -> usize {
    let limit = raised(KEPT + wanted as u64);
    let fit = usize::try_from(limit.saturating_sub(KEPT).max(FEWEST)).unwrap_or(usize::MAX);
    if fit < wanted {
        warn!(
            descriptors.limit = limit,
            "the limit of file descriptors ({limit}) leaves room for {fit} connections at once, not \
             {wanted}; raise it (LimitNOFILE= in a unit, or ulimit -n)"
        );
    }
    fit.min(wanted)
}

/// The limit, raised to what is wanted as far as this process may.
fn raised(wanted: u64) -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return wanted };
    let higher = wanted.min(hard);
    if higher > soft && setrlimit(Resource::RLIMIT_NOFILE, higher, hard).is_ok() {
        return higher;
    }
    soft
}
