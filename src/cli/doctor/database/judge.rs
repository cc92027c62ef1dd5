//! What is to be said of a database that answers.

use time::Duration;

use super::Seen;
use crate::cli::contact::ALL_CONNECTIONS;
use crate::cli::doctor::Finding;
use crate::domain::civil;
use crate::store::migrations::Standing;
use crate::store::server::Server;

/// The oldest version that Muster's SQL is tried with.
const OLDEST: i32 = 150_000;
/// Connections that one `muster serve` opens at most.
const WANTED: i32 = ALL_CONNECTIONS.cast_signed();
/// Beyond this the two clocks should be looked at.
const APART: Duration = Duration::seconds(2);
/// Beyond this certificates and other machines' words about time are wrong.
const FAR_APART: Duration = Duration::minutes(5);

/// Everything that is to be said.
pub(in crate::cli::doctor) fn judge(seen: &Seen) -> Vec<Finding> {
    let pooler = Finding::ok("pooler", "each connection is the server's own");
    vec![server(&seen.server), pooler, tables(seen.tables), clock(seen.ahead)]
}

fn server(server: &Server) -> Finding {
    let name = format!("Postgres {}.{}", server.version / 10_000, server.version % 10_000);
    if server.version < OLDEST {
        return Finding::bad("database", format!("{name} is too old"), "use Postgres 15 or later");
    }
    if server.follows || server.read_only {
        let words = format!("{name} takes no writes");
        let mend = "name the primary in DATABASE_URL; where it is the primary, end its recovery, or \
                    set default_transaction_read_only = off";
        return Finding::bad("database", words, mend);
    }
    if server.connections < WANTED {
        let words = format!("{name} has room for {} connections", server.connections);
        let mend = format!("set its max_connections so that each muster serve has {WANTED}");
        return Finding::warn("database", words, mend);
    }
    Finding::ok("database", format!("{name} answers"))
}

/// Said in place of everything else: prepared statements, locks and what is listened for are lost
/// between transactions.
pub(super) fn pooled() -> Finding {
    let words = "a pooler that changes servers between transactions stands before it";
    let mend = "name Postgres itself in DATABASE_URL, or set the pooler's mode to session";
    Finding::bad("pooler", words, mend)
}

fn tables(tables: Standing) -> Finding {
    let Standing { applied, missing, unknown } = tables;
    match (applied, missing, unknown) {
        (0, 1.., 0) => {
            let mend = "muster serve makes them when it first starts";
            Finding::warn("tables", "there are none yet", mend)
        }
        (_, 1.., _) => {
            let words = format!("this release’s migrations that are not applied: {missing}");
            Finding::bad("tables", words, "start muster serve of this release: it applies them")
        }
        (_, 0, 1..) => {
            let words = format!("migrations that only a newer release knows: {unknown}");
            Finding::warn("tables", words, "bring this machine's muster up to the newer release")
        }
        (applied, 0, 0) => Finding::ok("tables", format!("all {applied} migrations are applied")),
    }
}

fn clock(ahead: Duration) -> Finding {
    let apart = ahead.abs();
    if apart <= APART {
        return Finding::ok("clock", "database and this machine agree");
    }
    let which = if ahead.is_positive() { "ahead of" } else { "behind" };
    let words = format!("the database is {} {which} this machine", civil::span(apart));
    let mend = "have both keep time by NTP; Muster goes by the database's";
    match apart > FAR_APART {
        true => Finding::bad("clock", words, mend),
        false => Finding::warn("clock", words, mend),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Health::{self, Bad, Ok, Warn};

    const WELL: Server =
        Server { version: 150_004, follows: false, read_only: false, connections: 97 };

    fn said(finding: &Finding) -> (Health, &str) {
        (finding.health, &finding.words)
    }

    #[test]
    fn a_server_must_be_new_enough_take_writes_and_have_room() {
        assert_eq!(said(&server(&WELL)), (Ok, "Postgres 15.4 answers"));
        let old = Server { version: 140_011, ..WELL };
        assert_eq!(said(&server(&old)), (Bad, "Postgres 14.11 is too old"));
        for server_of in [Server { follows: true, ..WELL }, Server { read_only: true, ..WELL }] {
            assert_eq!(said(&server(&server_of)), (Bad, "Postgres 15.4 takes no writes"));
        }
        let full = Server { connections: 17, ..WELL };
        assert_eq!(said(&server(&full)), (Warn, "Postgres 15.4 has room for 17 connections"));
    }

    #[test]
    fn tables_of_another_release_are_told_apart_from_none() {
        for ((applied, missing, unknown), health, words) in [
            ((0, 9, 0), Warn, "there are none yet"),
            ((8, 1, 0), Bad, "this release’s migrations that are not applied: 1"),
            ((9, 0, 2), Warn, "migrations that only a newer release knows: 2"),
            ((9, 0, 0), Ok, "all 9 migrations are applied"),
        ] {
            let finding = tables(Standing { applied, missing, unknown });
            assert_eq!(said(&finding), (health, words));
        }
    }

    #[test]
    fn clocks_that_are_apart_are_said_with_the_direction() {
        assert_eq!(clock(Duration::seconds(-2)).health, Ok);
        let behind = clock(Duration::seconds(-41));
        assert_eq!(said(&behind), (Warn, "the database is 41 s behind this machine"));
        let ahead = clock(Duration::hours(1));
        assert_eq!(said(&ahead), (Bad, "the database is 1 h ahead of this machine"));
    }
}
