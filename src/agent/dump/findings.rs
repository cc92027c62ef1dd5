//! What is wrong with the dumps of a database, each with the way to mend it.

use time::{Duration, OffsetDateTime};

use crate::agent::{Host, Protected, joined};
use crate::domain::agent::schedule::Schedule;
use crate::domain::civil;
use crate::domain::finding::Finding;
use crate::domain::recovery::Dumps;
use crate::recovery::{Repository, Restic};

const SECOND: &str = "where dumps are wanted, name a second [[repository]] for them: a folder, a bucket, or a container \
                      in Azure's own cloud";
/// A daily dump that is older was missed.
const OLD_AFTER: Duration = Duration::hours(26);
/// What has not begun so long after its time was missed.
const MISSED_AFTER: Duration = Duration::hours(2);

/// Whether dumps can be made at all.
pub(in crate::agent) fn check(host: &Host) -> Vec<Finding> {
    let program = match Restic::find(&host.search) {
        Ok(program) => program,
        Err(error) => return vec![Finding::warn("dumps", "none are made", error.to_string())],
    };
    let databases = host.settings.database.iter().filter_map(|it| host.protected(&it.name).ok());
    let unable = databases.filter_map(|it| {
        let error = super::programs(&it).err()?;
        Some(Finding::warn(it.named("dumps"), "none are made", error.to_string()))
    });
    let found = Finding::ok("dumps", format!("restic is {}", program.display()));
    let beyond = host.repositories().filter_map(|(name, it)| beyond(host, name, &it));
    [found].into_iter().chain(unable).chain(beyond).collect()
}

/// What is to be said of a repository where no dump can lie, which is all well where another takes them.
fn beyond(host: &Host, name: &str, repository: &Repository) -> Option<Finding> {
    let why = Restic::reaches(repository.place()).err()?;
    let check = format!("dumps in {name}");
    Some(match are_taken(host) {
        true => Finding::ok(check, format!("{why}; they lie in the others")),
        false => Finding::warn(check, why.to_string(), SECOND),
    })
}

/// Whether no dump can lie in this repository, and others take them all.
pub(in crate::agent) fn are_elsewhere(protected: &Protected<'_>) -> bool {
    Restic::reaches(protected.repository.place()).is_err() && are_taken(protected.host)
}

/// Whether dumps can lie in any repository.
fn are_taken(host: &Host) -> bool {
    host.repositories().any(|(_, it)| Restic::reaches(it.place()).is_ok())
}

/// What is wrong; `since` is when the first backup was made.
pub(in crate::agent) fn findings(
    protected: &Protected<'_>,
    dumps: &Dumps,
    since: Option<OffsetDateTime>,
) -> Vec<Finding> {
    if let Some(beyond) = beyond(protected.host, protected.repository_name, &protected.repository) {
        return vec![beyond];
    }
    let schedule = joined::kept_schedule(&protected.host.state).ok().flatten();
    let words = Naming { check: protected.named("dumps"), dump: protected.by_hand("dump") };
    let mut found = judge(&words, dumps, (schedule.as_ref(), since), protected.host.clock.now());
    if dumps.last_proved().is_some_and(|dump| dump.verified == Some(false)) {
        let mend = format!("run: {} --dump", protected.by_hand("prove"));
        let check = protected.named("proof of a dump");
        found.push(Finding::bad(check, "the last restore of a dump did not hold", mend));
    }
    found
}

/// How they are called, and made by hand.
struct Naming {
    check: String,
    dump: String,
}

fn judge(
    naming: &Naming,
    dumps: &Dumps,
    (schedule, since): (Option<&Schedule>, Option<OffsetDateTime>),
    now: OffsetDateTime,
) -> Vec<Finding> {
    let Naming { check, dump } = naming;
    let scheduled = schedule.is_some_and(|it| it.dump.is_some());
    let mut found = Vec::new();
    if let Some(why) = dumps.unable.as_ref().filter(|_| scheduled || dumps.count > 0) {
        let words = format!("none is made by itself: {why}");
        found.push(Finding::warn(check.clone(), words, format!("mend that, then: {dump}")));
    }
    let last = dumps.last().map(|dump| dump.at);
    let late = match schedule.and_then(|it| it.next_dump(last.or(since))) {
        Some(due) => now - due > MISSED_AFTER,
        None => !scheduled && last.is_some_and(|at| now - at > OLD_AFTER),
    };
    if late {
        let words = match last {
            Some(at) => {
                format!("the newest one was made {}, so one was missed", civil::ago(at, now))
            }
            None => "the first one was missed: there is none yet".to_owned(),
        };
        found.push(Finding::bad(check.clone(), words, format!("run: {dump}")));
    }
    found
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::recovery::Dump;

    const NOW: OffsetDateTime = datetime!(2026-11-14 12:00 UTC);

    fn dumps(hours_ago: i64) -> Dumps {
        let dump = Dump {
            label: "D".to_owned(),
            at: NOW - Duration::hours(hours_ago),
            bytes: None,
            databases: None,
            verified: None,
            proved_at: None,
        };
        Dumps::of("disk", vec![dump], None)
    }

    fn words(dumps: &Dumps, schedule: Option<&Schedule>) -> Vec<String> {
        let since = Some(NOW - Duration::hours(40));
        let (check, dump) = ("main: dumps".to_owned(), "muster agent dump main".to_owned());
        let found = judge(&Naming { check, dump }, dumps, (schedule, since), NOW);
        found.iter().map(|it| format!("{:?} {} {:?}", it.health, it.words, it.mend)).collect()
    }

    #[test]
    fn a_dump_that_was_missed_is_said_with_what_mends_it() {
        let daily = Schedule::default();
        assert_eq!(words(&dumps(9), Some(&daily)), [""; 0]);
        for schedule in [Some(&daily), None] {
            let said = words(&dumps(40), schedule);
            assert_eq!(said.len(), 1, "{said:?}");
            assert!(
                said[0].contains("one was missed") && said[0].contains("muster agent dump main")
            );
        }
        let said = words(&Dumps::default(), Some(&daily));
        assert!(said[0].contains("there is none yet"), "{said:?}");
        assert_eq!(words(&Dumps::default(), None), [""; 0], "by hand nobody need make any");
        let weekly = Schedule { dump: Some("0 3 * * 0".to_owned()), ..Schedule::default() };
        assert_eq!(words(&dumps(40), Some(&weekly)), [""; 0]);
    }

    #[test]
    fn what_keeps_dumps_from_being_made_is_said_where_they_should_be() {
        let unable = Dumps { unable: Some("restic is not installed".to_owned()), ..dumps(1) };
        let said = words(&unable, Some(&Schedule::default()));
        assert!(said[0].contains("none is made by itself: restic is not installed"), "{said:?}");
        let older = Schedule { dump: None, ..Schedule::default() };
        let none = Dumps { count: 0, newest: Vec::new(), ..unable.clone() };
        assert_eq!(words(&none, Some(&older)), [""; 0]);
    }
}
