//! What an agent does by itself, and when: made of the plan, signed by Muster, kept by the agent, so
//! that backups and proofs go on while Muster is away.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::asked::Asked;
use crate::domain::civil::{Cron, Zone};
use crate::domain::plan::document::Plan;
use crate::domain::recovery::{Kind, Listed};

/// Stands before the bytes that are signed.
pub const PREFIX: &[u8] = b"muster schedule 1\n";
/// What failed is tried again after so long.
pub const RETRY_AFTER: Duration = Duration::minutes(15);
/// What begins so long after its time is late, and says so.
pub const LATE_AFTER: Duration = Duration::HOUR;
/// Agents begin within so long of the time, each at another moment.
const SPREAD: u64 = 120;

/// Times, as five cron fields each, in the plan's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The zone that they are read in.
    pub zone: String,
    /// When everything is copied.
    pub full: String,
    /// When what changed is copied.
    pub incremental: String,
    /// When the newest recovery point is restored, to prove it.
    pub proof: String,
    /// When a logical dump is made. A Muster that says nothing of them can't read what is said of one either: then
    /// none is made by itself.
    #[serde(default)]
    pub dump: Option<String>,
    /// A real incident is open: nothing is proved that it may touch, so that nothing stands in its way.
    #[serde(default)]
    pub incident: bool,
    /// Proofs of other sites' databases are taken as theirs. A Muster that says nothing of it would take them for the
    /// speaker's own: then none is made by itself.
    #[serde(default)]
    pub elsewhere: bool,
    /// What the plan asks of the databases that are restored; nothing in a schedule of an older Muster.
    #[serde(default)]
    pub databases: Vec<Asked>,
}

/// What is done by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Everything is copied.
    Full,
    /// What changed is copied.
    Incremental,
    /// The newest recovery point is proved.
    Proof,
    /// What is old enough is removed.
    Expiry,
    /// A logical dump is made.
    Dump,
}

/// A deed that is under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Doing {
    /// Which.
    pub deed: Deed,
    /// In which repository; nothing where there is but one.
    #[serde(default)]
    pub repository: Option<String>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// What it is at.
    pub at: String,
    /// How far its copy is, of 100.
    pub percent: Option<u8>,
    /// Bytes that were copied.
    #[serde(default)]
    pub copied: u64,
    /// By how many seconds it began too late; none where it was on time.
    pub late_s: Option<i64>,
}

/// When a deed was last tried, and whether it went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// When it ended.
    pub at: OffsetDateTime,
    /// Whether it went well.
    pub well: bool,
}

impl Default for Schedule {
    /// Full at 02:00, what changed every six hours, a dump at 03:00, a proof at 04:00.
    fn default() -> Schedule {
        Schedule {
            zone: "UTC".to_owned(),
            full: "0 2 * * *".to_owned(),
            incremental: "0 */6 * * *".to_owned(),
            proof: "0 4 * * *".to_owned(),
            dump: Some("0 3 * * *".to_owned()),
            incident: false,
            elsewhere: true,
            databases: Vec::new(),
        }
    }
}

impl Schedule {
    /// The plan's: what its schedules `full-backup`, `incremental-backup` and `dump` say, and its first one of
    /// kind `proof`; where it says nothing, the default.
    #[must_use]
    pub fn of(plan: &Plan, incident: bool) -> Schedule {
        let usual = Schedule::default();
        let keyed = |key: &str| plan.schedule.iter().find(|one| one.key == key);
        let proof = plan.schedule.iter().find(|one| one.kind == "proof");
        let cron = |one: Option<&crate::domain::plan::document::Schedule>| {
            one.map(|one| one.cron.clone()).filter(|cron| cron.parse::<Cron>().is_ok())
        };
        Schedule {
            zone: plan.document.zone.clone(),
            full: cron(keyed("full-backup")).unwrap_or(usual.full),
            incremental: cron(keyed("incremental-backup")).unwrap_or(usual.incremental),
            proof: cron(proof).unwrap_or(usual.proof),
            dump: cron(keyed("dump")).or(usual.dump),
            incident,
            elsewhere: true,
            databases: Asked::by(plan),
        }
    }

    /// Whether an open incident may touch a database: so may each of which the plan does not know.
    #[must_use]
    pub fn hurts(&self, name: &str) -> bool {
        let own = self.databases.iter().find(|asked| asked.is_called(name));
        self.incident && !own.is_some_and(|own| own.spared)
    }

    /// When each deed on a database is next due, by what there is of it; what was due and not done is
    /// due in the past. The first backup is due at once, and so is the first proof.
    #[must_use]
    pub fn due(
        &self,
        name: &str,
        points: &[Listed],
        tried: impl Fn(Deed) -> Option<Tried>,
        now: OffsetDateTime,
    ) -> Vec<(Deed, OffsetDateTime)> {
        let last_full = points.iter().filter(|it| it.kind == Kind::Full).map(|it| it.stopped).max();
        let last_any = points.iter().map(|point| point.stopped).max();
        let last_proof = points.iter().filter_map(|point| point.proved_at).max();
        let full = Some((Deed::Full, self.next(&self.full, last_full, now)));
        let incremental =
            last_any.map(|_| (Deed::Incremental, self.next(&self.incremental, last_any, now)));
        let proof = last_any.filter(|_| !self.hurts(name));
        let proof = proof.map(|_| (Deed::Proof, self.next(&self.proof, last_proof, now)));
        let due = [full, incremental, proof].into_iter().flatten();
        due.filter_map(|(deed, at)| {
            let at = at?;
            Some((deed, self.settled(name, (deed, at), tried(deed), now)?))
        })
        .collect()
    }

    /// When another host's database is next to be proved, by when it last was and when that was last tried: never while
    /// an open incident may touch it.
    #[must_use]
    pub fn due_proof(
        &self,
        name: &str,
        last: Option<OffsetDateTime>,
        tried: Option<Tried>,
        now: OffsetDateTime,
    ) -> Option<OffsetDateTime> {
        let may = self.elsewhere && !self.hurts(name);
        let at = self.next(&self.proof, last, now).filter(|_| may)?;
        self.settled(name, (Deed::Proof, at), tried, now)
    }

    /// When a dump is next due: the first one at the first time after the first backup, which tells of `since`.
    #[must_use]
    pub fn next_dump(&self, last: Option<OffsetDateTime>) -> Option<OffsetDateTime> {
        let last = last?;
        self.next(self.dump.as_deref()?, Some(last), last)
    }

    /// The same, by when one was last tried.
    #[must_use]
    pub fn due_dump(
        &self,
        name: &str,
        last: Option<OffsetDateTime>,
        tried: Option<Tried>,
        now: OffsetDateTime,
    ) -> Option<(Deed, OffsetDateTime)> {
        let at = self.next_dump(last.map(|last| last.min(now)))?;
        Some((Deed::Dump, self.settled(name, (Deed::Dump, at), tried, now)?))
    }

    /// What was due then, by when it was last tried.
    fn settled(
        &self,
        name: &str,
        (deed, at): (Deed, OffsetDateTime),
        tried: Option<Tried>,
        now: OffsetDateTime,
    ) -> Option<OffsetDateTime> {
        let spread = if at <= now { 0 } else { spread(name) };
        let at = match tried {
            Some(Tried { at: last, well: false }) => at.max(last + RETRY_AFTER),
            Some(Tried { at: last, well: true }) if at <= last + RETRY_AFTER => {
                self.next(self.cron(deed), Some(last), now)?
            }
            _ => at,
        };
        Some(at + Duration::seconds(spread))
    }

    fn cron(&self, deed: Deed) -> &str {
        match deed {
            Deed::Full | Deed::Expiry => &self.full, // by which others become old enough
            Deed::Incremental => &self.incremental,
            Deed::Proof => &self.proof,
            Deed::Dump => self.dump.as_deref().unwrap_or_default(),
        }
    }

    /// The first time after it was last done; now, where it never was.
    fn next(
        &self,
        cron: &str,
        last: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Option<OffsetDateTime> {
        let Some(last) = last else { return Some(now) };
        let zone = Zone::parse(&self.zone).unwrap_or_else(|_| Zone::utc());
        cron.parse::<Cron>().ok()?.next(&zone, last.min(now))
    }
}

/// Databases begin some seconds apart, each always at the same.
fn spread(name: &str) -> i64 {
    let sum = name.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    i64::try_from(sum % SPREAD).unwrap_or_default()
}

impl Deed {
    /// Its name on pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Deed::Full => "full backup",
            Deed::Incremental => "incremental backup",
            Deed::Proof => "proof",
            Deed::Expiry => "removal of old backups",
            Deed::Dump => "logical dump",
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn point(kind: Kind, stopped: OffsetDateTime, proved_at: Option<OffsetDateTime>) -> Listed {
        let verified = proved_at.map(|_| true);
        Listed { kind, stopped, verified, proved_at, ..Listed::sample() }
    }

    fn berlin() -> Schedule {
        Schedule { zone: "Europe/Berlin".to_owned(), ..Schedule::default() }
    }

    fn due(
        points: &[Listed],
        tried: Option<Tried>,
        now: OffsetDateTime,
    ) -> Vec<(Deed, OffsetDateTime)> {
        berlin().due("", points, |_| tried, now) // whose name is empty begins on the second
    }

    #[test]
    fn the_first_backup_and_its_proof_are_due_at_once() {
        let now = datetime!(2026-11-14 12:00 UTC);
        assert_eq!(due(&[], None, now), [(Deed::Full, now)]);
        let main = berlin().due("main", &[], |_| None, now);
        assert_eq!(main, [(Deed::Full, now)], "not some seconds later, for ever");
        let points = [point(Kind::Full, now, None)];
        assert!(due(&points, None, now).contains(&(Deed::Proof, now)));
    }

    #[test]
    fn each_is_due_at_its_time_in_the_plans_zone_and_what_was_missed_stays_due() {
        let now = datetime!(2026-11-14 12:00 UTC);
        let full = point(
            Kind::Full,
            datetime!(2026-11-14 01:20 UTC),
            Some(datetime!(2026-11-14 03:10 UTC)),
        );
        assert_eq!(
            due(std::slice::from_ref(&full), None, datetime!(2026-11-14 04:00 UTC)),
            [
                (Deed::Full, datetime!(2026-11-15 01:00 UTC)),
                (Deed::Incremental, datetime!(2026-11-14 05:00 UTC)),
                (Deed::Proof, datetime!(2026-11-15 03:00 UTC)),
            ]
        );
        let late = due(&[full], None, datetime!(2026-11-16 12:00 UTC));
        assert!(late.contains(&(Deed::Full, datetime!(2026-11-15 01:00 UTC))), "{late:?} {now}");
    }

    #[test]
    fn another_hosts_database_is_proved_daily_where_muster_takes_that_and_no_incident_may_touch_it()
    {
        let now = datetime!(2026-11-14 12:00 UTC);
        let last = Some(datetime!(2026-11-14 03:10 UTC));
        let due = |schedule: Schedule, last| schedule.due_proof("", last, None, now);
        assert_eq!(due(berlin(), None), Some(now));
        assert_eq!(due(berlin(), last), Some(datetime!(2026-11-15 03:00 UTC)));
        assert_eq!(due(Schedule { elsewhere: false, ..berlin() }, None), None);
        assert_eq!(due(Schedule { incident: true, ..berlin() }, None), None);
        let silent = serde_json::to_value(berlin()).unwrap();
        let mut silent = silent.as_object().unwrap().clone();
        silent.remove("elsewhere");
        let older: Schedule = serde_json::from_value(silent.into()).unwrap();
        assert!(!older.elsewhere, "it would take them for the speaker’s own");
    }

    #[test]
    fn on_the_day_that_skips_two_oclock_the_backup_is_made_once_at_three() {
        let before = point(Kind::Full, datetime!(2026-03-28 01:10 UTC), None);
        let at = |points: &[Listed]| due(points, None, datetime!(2026-03-29 12:00 UTC))[0].1;
        assert_eq!(at(std::slice::from_ref(&before)), datetime!(2026-03-29 01:00 UTC));
        let made = point(Kind::Full, datetime!(2026-03-29 01:02 UTC), None);
        assert_eq!(at(&[before, made]), datetime!(2026-03-29 00:00 UTC) + Duration::DAY);
    }

    #[test]
    fn what_failed_is_tried_again_after_a_while_and_what_went_well_is_not_done_twice() {
        let now = datetime!(2026-11-14 12:00 UTC);
        let failed = Some(Tried { at: now, well: false });
        assert_eq!(due(&[], failed, now), [(Deed::Full, now + RETRY_AFTER)]);
        let well = Some(Tried { at: now, well: true });
        assert!(
            due(&[], well, now)[0].1 > now + Duration::HOUR,
            "the look may be older than the deed"
        );
        let lasted = due(&[], well, now + Duration::minutes(9));
        assert!(lasted[0].1 > now + Duration::HOUR, "also where it was never done before");
        let gone = now + Duration::minutes(16);
        assert_eq!(due(&[], well, gone), [(Deed::Full, gone)], "nothing of it is left");
    }

    #[test]
    fn the_first_dump_is_due_at_its_time_after_the_first_backup_and_what_failed_again_after_a_while()
     {
        let began = datetime!(2026-11-14 12:00 UTC);
        let due = |last, tried, now| berlin().due_dump("", last, tried, now).map(|(_, at)| at);
        let night = datetime!(2026-11-15 02:00 UTC);
        assert_eq!(due(None, None, began), None, "nothing is there to be protected");
        assert_eq!(due(Some(began), None, began), Some(night));
        assert_eq!(due(Some(began), None, night + Duration::DAY), Some(night), "it stays due");
        let failed = Tried { at: night, well: false };
        assert_eq!(due(Some(began), Some(failed), night), Some(night + RETRY_AFTER));
        let well = Tried { at: night, well: true };
        assert_eq!(due(Some(began), Some(well), night), Some(night + Duration::DAY));
        let older = Schedule { dump: None, ..berlin() };
        assert_eq!(older.due_dump("", Some(began), None, night), None);
    }

    #[test]
    fn an_open_incident_puts_proofs_off_of_what_it_may_touch_and_no_backup() {
        let now = datetime!(2026-11-14 12:00 UTC);
        let asked = |key: &str, spared| {
            let (key, name) = (key.to_owned(), format!("{key}_prod"));
            Asked { key, name, checks: Vec::new(), left_out: 0, spared }
        };
        let databases = vec![asked("shop", false), asked("apart", true)];
        let held = Schedule { incident: true, databases, ..berlin() };
        let due = |name: &str| {
            let due = held.due(name, &[point(Kind::Full, now, None)], |_| None, now);
            due.iter().map(|(deed, _)| *deed).collect::<Vec<_>>()
        };
        let there = |name: &str| held.due_proof(name, None, None, now);
        assert_eq!((there("shop"), there("apart")), (None, Some(now)), "on another site, too");
        for touched in ["shop", "shop_prod", "in-no-plan"] {
            assert_eq!(due(touched), [Deed::Full, Deed::Incremental], "{touched}");
        }
        for spared in ["apart", "apart_prod"] {
            assert_eq!(due(spared), [Deed::Full, Deed::Incremental, Deed::Proof], "{spared}");
        }
    }

    #[test]
    fn the_plans_own_times_are_taken() {
        let text = include_str!("../../../plans/labitory.toml");
        let mut plan = crate::domain::plan::parse(text).unwrap().0.plan;
        let full = plan.schedule.iter_mut().find(|one| one.key == "full-backup").unwrap();
        full.cron = "30 1 * * *".to_owned();
        let schedule = Schedule::of(&plan, true);
        assert_eq!((schedule.full.as_str(), schedule.incident), ("30 1 * * *", true));
        assert_eq!(schedule.proof, "0 4 * * *");
        assert_eq!(schedule.dump.as_deref(), Some("0 3 * * *"), "of which it says nothing");
        assert_eq!(schedule.databases, Asked::by(&plan));
    }

    #[test]
    fn an_older_schedule_is_read_and_what_a_newer_one_says_besides_is_no_hindrance() {
        let older =
            r#"{"zone":"UTC","full":"0 2 * * *","incremental":"0 * * * *","proof":"0 4 * * *"}"#;
        let read: Schedule = serde_json::from_str(older).unwrap();
        assert!(read.databases.is_empty() && !read.incident);
        let there = read.due_proof("main", None, None, datetime!(2026-11-14 12:00 UTC));
        assert_eq!(there, None, "it would be taken for the speaker's own");
        assert_eq!(read.dump, None, "that Muster could not read what is said of one");
        let newer =
            older.replace('{', r#"{"new":[{"x":1}],"databases":[{"key":"a","name":"b","new":1}],"#);
        let read: Schedule = serde_json::from_str(&newer).unwrap();
        assert_eq!(read.databases[0].name, "b");
        assert!(Schedule { incident: true, ..read }.hurts("b"), "which spares none");
    }
}
