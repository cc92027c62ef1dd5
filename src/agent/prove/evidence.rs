//! The evidence of one proof, as it is kept.

use time::OffsetDateTime;

use super::super::Protected;
use super::super::journal::Journal;
use super::super::points::Overview;
use super::super::{joined, notes};
use super::{Examination, Seen, compare};
use crate::domain::id::EvidenceId;
use crate::domain::recovery::evidence::{DataLoss, Engines, FORMAT, Subject, Target};
use crate::domain::recovery::{Evidence, Exposure};
use crate::recovery::Reached;
use crate::recovery::engine::Version;

pub(super) async fn of(
    proof: &Examination<'_>,
    overview: &Overview,
    began: OffsetDateTime,
    seen: Seen,
    mut journal: Journal<'_>,
) -> Evidence {
    let Examination { protected, order, entry, .. } = proof;
    let of_live = overview.live.as_ref().map(|live| live.system_identifier.clone());
    compare::identity(&mut journal, of_live.as_deref(), seen.control.as_ref());
    let of_copy = seen.control.map(|control| control.system_identifier);
    Evidence {
        format: FORMAT,
        id: EvidenceId::new(began).0,
        subject: Subject::Point,
        incident: None,
        drill: false,
        site: joined::site(&protected.host.state).map(|site| site.to_string()),
        database: protected.name().to_owned(),
        system_identifier: of_copy.or(of_live).unwrap_or_default(),
        repository: protected.repository_name.to_owned(),
        label: order.label.clone(),
        asked: Target { timeline: Some(order.timeline), lsn: order.until, time: entry.until },
        reached: seen.reached.map(reached),
        engines: engines(protected, overview).await,
        requester: protected.host.user(),
        approvals: Vec::new(),
        began,
        holds: journal.holds(),
        steps: journal.steps,
        checks: journal.checks,
        bytes: entry.point.size,
        recovery_time_s: seen.recovered,
        data_loss: data_loss(overview),
        previous_head: notes::last_digest(&protected.host.state),
    }
}

fn reached(reached: Reached) -> Target {
    Target { timeline: reached.timeline, lsn: reached.lsn, time: reached.time }
}

async fn engines(protected: &Protected<'_>, overview: &Overview) -> Engines {
    let unknown = || "unknown".to_owned();
    let version = Version::of(protected.engine.program()).await;
    Engines {
        muster: env!("CARGO_PKG_VERSION").to_owned(),
        pgbackrest: version.map_or_else(|_| unknown(), |version| version.to_string()),
        postgres: overview.live.as_ref().map_or_else(unknown, |live| live.version.clone()),
        restic: None,
    }
}

fn data_loss(overview: &Overview) -> Option<DataLoss> {
    let Exposure::Since { oldest, .. } = overview.exposure else { return None };
    Some(DataLoss { from: oldest, to: overview.at, s: (overview.at - oldest).whole_seconds() })
}
