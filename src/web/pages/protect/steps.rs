//! How far a draft has come: each step with how it stands, read from what its agent says.

use time::Duration;

use super::within::{Within, is_backup};
use crate::actions::drafts::Whole;
use crate::domain::agent::draft::State as Stands;
use crate::domain::agent::presence::Presence;
use crate::domain::finding::Health;
use crate::web::frame::Frame;
use crate::web::parts::state::State as Badge;
use crate::web::parts::steps::{Step, Steps};

/// An agent that has not seen its new settings by then does not work.
const SEEN_WITHIN: Duration = Duration::minutes(2);

/// All of them; the first that is not done is the current one.
pub(super) fn of(whole: &Whole, frame: &Frame) -> Steps {
    let standing = whole.standing();
    let anywhere = standing.map(|one| Within { seen: &one.seen, repository: None });
    let stand = |step: fn(&Within<'_>, &Frame) -> Stand| {
        anywhere.as_ref().map_or(Stand::Later, |it| step(it, frame))
    };
    let stands = [
        ("The host’s owner allows it", allowed(whole, standing.is_some(), frame)),
        ("Its agent takes it up", taken_up(whole, standing.is_some(), frame)),
        ("Postgres hands its log on", stand(|it, _| handed_on(it))),
        ("Its place in the repository is made", stand(|it, _| it.placed())),
        ("First backup", stand(|it, frame| it.backed_up(frame))),
        ("First proof: restored, opened, read whole", stand(|it, frame| it.proved(frame))),
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
fn handed_on(it: &Within<'_>) -> Stand {
    let seen = it.seen;
    let check = format!("{}: archiving", seen.name);
    let bad = seen.findings.iter().find(|it| it.check == check && it.health == Health::Bad);
    match bad {
        None if it.is_copying() || !seen.points.is_empty() => Stand::Done("it does".to_owned()),
        Some(_) if it.doing(is_backup).is_some() => {
            Stand::Now("as soon as there is a place for it".to_owned())
        }
        Some(bad) => Stand::Wrong(bad.words.clone()),
        None => Stand::Now("is looked at".to_owned()),
    }
}
