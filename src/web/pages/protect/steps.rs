//! How far a draft has come: each step with how it stands, read from what its agent says.

use time::Duration;

use crate::actions::databases::Standing;
use crate::actions::drafts::Whole;
use crate::domain::agent::draft::State as Stands;
use crate::domain::agent::presence::Presence;
use crate::domain::agent::schedule::{Deed, Doing};
use crate::domain::agent::watched::Watched;
use crate::domain::finding::Health;
use crate::web::frame::Frame;
use crate::web::parts::state::State as Badge;
use crate::web::parts::steps::{Step, Steps};

/// An agent that has not seen its new settings by then does not work.
const SEEN_WITHIN: Duration = Duration::minutes(2);

/// All of them; the first that is not done is the current one.
pub(super) fn of(whole: &Whole, frame: &Frame) -> Steps {
    let standing = whole.standing();
    let seen = standing.map(|one| &one.seen);
    let stands = [
        ("The host’s owner allows it", allowed(whole, standing.is_some(), frame)),
        ("Its agent takes it up", taken_up(whole, standing.is_some(), frame)),
        ("Postgres hands its log on", seen.map_or(Stand::Later, handed_on)),
        ("Its place in the repository is made", seen.map_or(Stand::Later, placed)),
        ("First backup", standing.map_or(Stand::Later, |one| backed_up(one, frame))),
        (
            "First proof: restored, opened, read whole",
            seen.map_or(Stand::Later, |it| proved(it, frame)),
        ),
    ];
    listed(stands)
}

/// These; the first that is not done is the current one.
pub(super) fn listed<const N: usize>(stands: [(&str, Stand); N]) -> Steps {
    let current = stands.iter().position(|(_, stand)| !matches!(stand, Stand::Done(_)));
    let steps = stands.into_iter().enumerate().map(|(at, (what, stand))| {
        let current = current == Some(at);
        let step = Step::new(what).stands(stand.badge(current));
        if current { step.current() } else { step }
    });
    Steps(steps.collect())
}

/// How one stands.
pub(super) enum Stand {
    Done(String),
    Now(String),
    Wrong(String),
    Over(&'static str),
    Later,
}

impl Stand {
    /// The same of one among several databases.
    pub(super) fn of(self, name: &str) -> Stand {
        let named = |words: String| format!("{name}: {words}");
        match self {
            Stand::Done(words) => Stand::Done(named(words)),
            Stand::Now(words) => Stand::Now(named(words)),
            Stand::Wrong(words) => Stand::Wrong(named(words)),
            other => other,
        }
    }

    fn badge(self, current: bool) -> Badge {
        match self {
            Stand::Done(words) => Badge::good(words),
            Stand::Now(words) if current => Badge::waiting(words),
            Stand::Wrong(words) => Badge::bad(words),
            Stand::Over(words) => Badge::waiting(words),
            Stand::Now(_) | Stand::Later => Badge::waiting("later"),
        }
    }
}

/// Whether it was; what `stands` in `agent.toml` was, whatever was said.
pub(super) fn allowed(whole: &Whole, stands: bool, frame: &Frame) -> Stand {
    let since = frame.zone.when(whole.kept.since, frame.now);
    match whole.kept.state {
        Stands::Allowed => Stand::Done(format!("allowed {since}")),
        _ if stands => Stand::Done("it stands in agent.toml".to_owned()),
        Stands::Open => Stand::Now("waits for the host".to_owned()),
        Stands::Refused => Stand::Wrong(format!("refused on the host {since}")),
        Stands::Withdrawn => Stand::Over("taken back"),
        Stands::Replaced => Stand::Over("a later draft took its place"),
        Stands::Lapsed => Stand::Over("lapsed: nobody allowed it within 7 days"),
    }
}

pub(super) fn taken_up(whole: &Whole, taken_up: bool, frame: &Frame) -> Stand {
    if taken_up {
        return Stand::Done("it looks after it".to_owned());
    }
    if whole.kept.state != Stands::Allowed {
        return Stand::Later;
    }
    let late = frame.now - whole.kept.since > SEEN_WITHIN;
    match (whole.site.presence, late) {
        (Presence::Silent(_), _) | (_, true) => Stand::Wrong(
            "it has not said so: see on the host whether it runs (systemctl status muster-agent)"
                .to_owned(),
        ),
        _ => Stand::Now("within seconds".to_owned()),
    }
}

/// Nothing can be archived before there is a place for it, so until then only its settings count.
fn handed_on(seen: &Watched) -> Stand {
    let check = format!("{}: archiving", seen.name);
    let bad = seen.findings.iter().find(|it| it.check == check && it.health == Health::Bad);
    match bad {
        None if is_copying(seen) || !seen.points.is_empty() => Stand::Done("it does".to_owned()),
        Some(_) if doing(seen, is_backup).is_some() => {
            Stand::Now("as soon as there is a place for it".to_owned())
        }
        Some(bad) => Stand::Wrong(bad.words.clone()),
        None => Stand::Now("is looked at".to_owned()),
    }
}

fn placed(seen: &Watched) -> Stand {
    if is_copying(seen) || !seen.points.is_empty() {
        return Stand::Done("made".to_owned());
    }
    doing(seen, is_backup).map_or(Stand::Later, |at| Stand::Now(at.to_owned()))
}

fn backed_up(one: &Standing, frame: &Frame) -> Stand {
    let seen = &one.seen;
    if let Some(first) = seen.points.first() {
        return Stand::Done(format!("made {}", frame.zone.when(first.stopped, frame.now)));
    }
    if let Some(doing) = seen.doing.as_ref().filter(|it| is_backup(it.deed)) {
        return under_way(doing);
    }
    if let Some(idle) = idle(frame) {
        return idle;
    }
    failed(seen, Deed::Full).unwrap_or_else(|| Stand::Now("begins by itself".to_owned()))
}

/// What it is at, and how far.
pub(super) fn under_way(doing: &Doing) -> Stand {
    let percent = doing.percent.map(|percent| format!("{percent} %: "));
    Stand::Now(format!("{}{}", percent.unwrap_or_default(), doing.at))
}

/// Nothing is done by itself without a plan.
pub(super) fn idle(frame: &Frame) -> Option<Stand> {
    let words = "no plan is in force, so nothing is done by itself: bring one in, or press Back up now on its page";
    frame.around.revision.is_none().then(|| Stand::Wrong(words.to_owned()))
}

fn proved(seen: &Watched, frame: &Frame) -> Stand {
    if let Some(point) = seen.newest_verified() {
        let at = point.proved_at.unwrap_or(point.stopped);
        return Stand::Done(format!("verified {}", frame.zone.when(at, frame.now)));
    }
    if seen.points.iter().any(|point| point.verified == Some(false)) {
        return Stand::Wrong("it did not hold; its recovery points say why".to_owned());
    }
    let at_it = doing(seen, |deed| deed == Deed::Proof).map(|at| Stand::Now(at.to_owned()));
    let failed = failed(seen, Deed::Proof);
    at_it.or(failed).unwrap_or_else(|| Stand::Now("begins by itself".to_owned()))
}

fn failed(seen: &Watched, deed: Deed) -> Option<Stand> {
    let check = format!("{}: {}", seen.name, deed.name());
    let failed = seen.findings.iter().find(|it| it.check == check && it.health == Health::Bad)?;
    Some(Stand::Wrong(failed.words.clone()))
}

fn doing(seen: &Watched, which: impl Fn(Deed) -> bool) -> Option<&str> {
    seen.doing.as_ref().filter(|doing| which(doing.deed)).map(|doing| doing.at.as_str())
}

pub(super) fn is_backup(deed: Deed) -> bool {
    matches!(deed, Deed::Full | Deed::Incremental)
}

fn is_copying(seen: &Watched) -> bool {
    seen.doing.as_ref().is_some_and(|doing| is_backup(doing.deed) && doing.percent.is_some())
}
