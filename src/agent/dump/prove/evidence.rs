//! The evidence of a dump's proof, as it is kept.

use time::OffsetDateTime;

use super::super::Store;
use super::Seen;
use crate::agent::journal::Journal;
use crate::agent::{joined, notes};
use crate::domain::id::EvidenceId;
use crate::domain::recovery::evidence::{Engines, FORMAT, Subject, Target};
use crate::domain::recovery::{Dump, Evidence, Lsn, Manifest};

pub(super) async fn of(
    store: &Store<'_>,
    dump: &Dump,
    (began, seen): (OffsetDateTime, Seen),
    journal: Journal<'_>,
) -> Evidence {
    let Store { protected, restic, .. } = store;
    let held = seen.held.as_ref();
    let lsn = held.map_or(Lsn(0), |it| it.lsn);
    let asked = Target { timeline: None, lsn, time: Some(dump.at) };
    Evidence {
        format: FORMAT,
        id: EvidenceId::new(began).0,
        subject: Subject::Dump,
        incident: None,
        drill: false,
        site: joined::site(protected.host.home()).map(|site| site.to_string()),
        of: protected.host.of(),
        database: protected.name().to_owned(),
        system_identifier: held.map(|it| it.system_identifier.clone()).unwrap_or_default(),
        repository: protected.repository_name.to_owned(),
        label: dump.label.clone(),
        reached: seen.done.map(|_| asked.clone()),
        asked,
        engines: Engines {
            muster: env!("CARGO_PKG_VERSION").to_owned(),
            pgbackrest: "not used".to_owned(),
            postgres: held.map(|it| it.server.clone()).unwrap_or_default(),
            restic: restic.version().await.ok(),
        },
        requester: protected.host.requester(),
        approvals: Vec::new(),
        began,
        holds: journal.holds() && seen.done.is_some(),
        steps: journal.steps,
        checks: journal.checks,
        bytes: held.map(Manifest::size).unwrap_or_default(),
        recovery_time_s: seen.done,
        data_loss: None,
        previous_head: notes::last_digest(protected.host.home(), notes::PROOFS),
    }
}
