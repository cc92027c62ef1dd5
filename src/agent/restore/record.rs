//! What is left of a restore beside: evidence in the form of a proof's, in a folder of its own, for it verified nothing.

use time::OffsetDateTime;

use super::super::journal::Journal;
use super::super::points::Overview;
use super::super::{Protected, Result, joined, notes};
use super::copies::Copy;
use crate::domain::id::EvidenceId;
use crate::domain::recovery::evidence::{DataLoss, FORMAT, Subject, Target};
use crate::domain::recovery::{Beyond, Evidence};
use crate::recovery::{Reached, Scratch};

/// The agent's folder for them.
const FOLDER: &str = "restores";

/// Keeps it, signed where the agent has joined a site; `ended` is when the copy answered.
pub(super) async fn keep(
    protected: &Protected<'_>,
    (overview, copy): (&Overview, &Copy),
    (scratch, reached, ended): (&Scratch, &Reached, OffsetDateTime),
    journal: Journal<'_>,
) -> Result<Evidence> {
    let began = journal.steps.first().map_or(copy.began, |step| step.start);
    let control = scratch.control();
    let host = protected.host;
    let evidence = Evidence {
        format: FORMAT,
        id: EvidenceId::new(began).0,
        subject: Subject::Restore,
        incident: host.errand.as_ref().and_then(|errand| errand.incident).map(|id| id.0),
        drill: host.errand.as_ref().is_some_and(|errand| errand.drill),
        site: joined::site(host.home()).map(|site| site.to_string()),
        of: host.of(),
        database: protected.name().to_owned(),
        system_identifier: control.map(|it| it.system_identifier.clone()).unwrap_or_default(),
        repository: copy.repository.clone(),
        label: copy.label.clone(),
        asked: Target { timeline: Some(copy.timeline), lsn: copy.until, time: copy.last_commit },
        reached: Some(Target { timeline: reached.timeline, lsn: reached.lsn, time: reached.time }),
        engines: protected.engines(overview.live.as_ref().map(|live| live.version.clone())).await,
        requester: host.requester(),
        approvals: Vec::new(),
        began,
        holds: journal.holds(),
        steps: journal.steps,
        checks: journal.checks,
        bytes: copy.size,
        recovery_time_s: Some((ended - began).as_seconds_f64()),
        data_loss: loss(copy),
        previous_head: notes::last_digest(host.home(), FOLDER),
    };
    notes::keep_evidence(host, FOLDER, &evidence)?;
    Ok(evidence)
}

/// What would be lost if the copy took the place of the cluster that lives.
fn loss(copy: &Copy) -> Option<DataLoss> {
    let Beyond { first, last, .. } = copy.beyond;
    let (from, to) = (copy.last_commit.or(first)?, last?);
    Some(DataLoss { from, to, s: (to - from).whole_seconds() })
}
