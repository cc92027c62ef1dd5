//! The server kit: whether the key ring would come back if this server were gone.

use super::Finding;
use super::database::Seen;
use crate::actions::kits;
use crate::clock::Clock;
use crate::domain::civil::Zone;
use crate::domain::kit::Stand;

const CHECK: &str = "server kit";

pub(super) async fn check(seen: &Seen) -> Finding {
    if seen.queue.is_none() {
        return Finding::unseen(CHECK, "the database's tables");
    }
    match kits::read(&seen.db, None, Clock::of_host().now()).await {
        Ok(kit) => judge(&kit.stand),
        Err(_) => Finding::unseen(CHECK, "the database"),
    }
}

fn judge(stand: &Stand) -> Finding {
    let make = "as the user that runs muster serve: muster kit";
    let prove = "take its sheet, and type the words in: muster kit prove";
    let day = |at| Zone::utc().date(at);
    match stand {
        Stand::Missing | Stand::Unsaid | Stand::NothingToKeep => {
            Finding::bad(CHECK, "there is none: if this server is gone, so is the key ring", make)
        }
        Stand::Lacking(what) => Finding::bad(CHECK, format!("it lacks {}", what.join(", ")), make),
        Stand::Unplaced => {
            let mend = "say so on the page Recovery, so that somebody else finds it";
            Finding::bad(CHECK, "nobody said where its sheet lies", mend)
        }
        Stand::Overdue(due) => {
            Finding::bad(CHECK, format!("its proof was due on {}", day(*due)), prove)
        }
        Stand::Due(due) => {
            Finding::warn(CHECK, format!("its proof is due since {}", day(*due)), prove)
        }
        Stand::Good(due) => Finding::ok(CHECK, format!("to be proved by {}", day(*due))),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::cli::doctor::Health;

    #[test]
    fn a_kit_that_is_missing_or_long_unproved_is_bad_and_one_whose_proof_is_due_to_be_looked_at() {
        let due = datetime!(2026-11-14 12:00 UTC);
        for (stand, health) in [
            (Stand::Missing, Health::Bad),
            (Stand::Lacking(vec!["the key ring that is in use".to_owned()]), Health::Bad),
            (Stand::Unplaced, Health::Bad),
            (Stand::Overdue(due), Health::Bad),
            (Stand::Due(due), Health::Warn),
            (Stand::Good(due), Health::Ok),
        ] {
            assert_eq!(judge(&stand).health, health, "{stand:?}");
        }
    }
}
