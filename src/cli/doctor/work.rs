//! Whether work gets done: what is due and nobody takes, and what was given up.

use time::Duration;

use super::Finding;
use super::database::Seen;
use crate::domain::civil;

/// A worker looks each second, so what is due for longer than this is taken by nobody.
const PATIENCE: Duration = Duration::seconds(60);

pub(super) fn check(seen: &Seen) -> Vec<Finding> {
    match &seen.queue {
        Some(queue) => vec![waiting(queue.oldest), dead(queue.dead)],
        None => vec![Finding::unseen("work", "the database's tables")],
    }
}

fn waiting(oldest: Option<Duration>) -> Finding {
    match oldest {
        Some(age) if age > PATIENCE => {
            let words =
                format!("what was due {} ago is not done: no worker works", civil::span(age));
            let mend = "start muster serve; where one runs, its log says what keeps it";
            Finding::bad("work", words, mend)
        }
        Some(_) => Finding::ok("work", "what is due is being taken"),
        None => Finding::ok("work", "nothing that is due waits"),
    }
}

fn dead(count: i64) -> Finding {
    match count {
        0 => Finding::ok("dead jobs", "none"),
        count => {
            let words = format!("{count} given up");
            Finding::warn("dead jobs", words, "look at them under Settings, Jobs: retry or cancel")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Health;

    #[test]
    fn work_that_nobody_takes_for_a_minute_is_bad() {
        assert_eq!(waiting(None).health, Health::Ok);
        assert_eq!(waiting(Some(PATIENCE)).health, Health::Ok);
        let late = waiting(Some(Duration::minutes(5)));
        assert_eq!(late.health, Health::Bad);
        assert_eq!(late.words, "what was due 5 min ago is not done: no worker works");
        assert_eq!((dead(0).health, dead(2).health), (Health::Ok, Health::Warn));
    }
}
