//! What was answered with success, and what may be done next.

use std::collections::BTreeSet;
use std::sync::Mutex;

use uuid::Uuid;

/// Steps of runbooks that the plan has; each is ticked once.
const STEPS: [(&str, u8); 2] = [("declare", 4), ("point-in-time-recovery", 7)];

/// One press. Its id is made before it is sent, and stays the same however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    Declare { incident: Uuid, level: usize },
    Note { incident: Uuid, id: Uuid },
    Tick { incident: Uuid, id: Uuid, runbook: &'static str, step: u8 },
    Answer { delivery: Uuid, link: String },
}

#[derive(Default)]
struct Kept {
    done: Vec<Deed>,
    declared: Vec<Uuid>,
    steps: Vec<(Uuid, &'static str, u8)>,
    mails: BTreeSet<Uuid>,
}

/// The memory of all clients together.
#[derive(Default)]
pub(super) struct Ledger(Mutex<Kept>);

impl Ledger {
    /// Notes a deed that was answered with success.
    pub(super) fn note(&self, deed: Deed) {
        let mut kept = self.0.lock().unwrap();
        if let Deed::Declare { incident, .. } = deed {
            kept.declared.push(incident);
            let steps = STEPS.iter().flat_map(|(book, count)| (1..=*count).map(|n| (*book, n)));
            kept.steps.extend(steps.map(|(book, step)| (incident, book, step)));
        }
        kept.done.push(deed);
    }

    pub(super) fn done(&self) -> Vec<Deed> {
        self.0.lock().unwrap().done.clone()
    }

    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap().done.len()
    }

    /// An incident that is there, by a number that chance chose.
    pub(super) fn incident(&self, chosen: usize) -> Option<Uuid> {
        let kept = self.0.lock().unwrap();
        let count = kept.declared.len();
        (count > 0).then(|| kept.declared[chosen % count])
    }

    /// A step that nobody ticks yet.
    pub(super) fn step(&self, chosen: usize) -> Option<(Uuid, &'static str, u8)> {
        let mut kept = self.0.lock().unwrap();
        let count = kept.steps.len();
        (count > 0).then(|| kept.steps.swap_remove(chosen % count))
    }

    /// Whether this mail is answered by nobody yet; it is from now on.
    pub(super) fn takes(&self, delivery: Uuid) -> bool {
        self.0.lock().unwrap().mails.insert(delivery)
    }
}
