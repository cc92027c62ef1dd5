//! The evidence of one proof, as it is kept.

use time::OffsetDateTime;

use super::super::journal::Journal;
use super::super::points::Overview;
use super::super::{joined, notes};
use super::{Examination, Seen, compare};
use crate::domain::id::EvidenceId;
use crate::domain::recovery::evidence::{DataLoss, FORMAT, Subject, Target};
use crate::domain::recovery::{Evidence, Exposure};
use crate::recovery::Reached;

pub(super) async fn of(
    proof: &Examination<'_>,
    began: OffsetDateTime,
    seen: Seen,
    mut journal: Journal<'_>,
) -> Evidence {
    let Examination { protected, overview, entry, .. } = proof;
    let noted = proof.noted.and_then(|noted| noted.server.as_ref());
    let of_live = overview.live.as_ref().map(|live| live.system_identifier.clone());
    let of_live = of_live.or(noted.map(|server| server.system_identifier.clone()));
    compare::identity(&mut journal, of_live.as_deref(), seen.control.as_ref());
    let version = overview.live.as_ref().map(|live| live.version.clone());
    let version = version.or(noted.map(|server| server.version.clone()));
    let of_copy = seen.control.map(|control| control.system_identifier);
    Evidence {
        format: FORMAT,
        id: EvidenceId::new(began).0,
        subject: Subject::Point,
        incident: None,
        drill: false,
        site: joined::site(protected.host.home()).map(|site| site.to_string()),
        of: protected.host.of(),
        database: protected.name().to_owned(),
        system_identifier: of_copy.or(of_live).unwrap_or_default(),
        repository: protected.repository_name.to_owned(),
        label: entry.point.label.clone(),
        asked: Target {
            timeline: Some(entry.chain.timeline),
            lsn: seen.until.unwrap_or(entry.point.stop),
            time: entry.until,
        },
        reached: seen.reached.map(reached),
        engines: protected.engines(version).await,
        requester: protected.host.requester(),
        approvals: Vec::new(),
        began,
        holds: journal.holds(),
        steps: journal.steps,
        checks: journal.checks,
        bytes: entry.point.size,
        recovery_time_s: seen.recovered,
        data_loss: data_loss(overview),
        previous_head: notes::last_digest(protected.host.home(), notes::PROOFS),
    }
}

fn reached(reached: Reached) -> Target {
    Target { timeline: reached.timeline, lsn: reached.lsn, time: reached.time }
}

fn data_loss(overview: &Overview) -> Option<DataLoss> {
    let Exposure::Since { oldest, .. } = overview.exposure else { return None };
    Some(DataLoss { from: oldest, to: overview.at, s: (overview.at - oldest).whole_seconds() })
}
