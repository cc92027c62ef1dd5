//! Killed while it takes in what an agent says: the agent, which had no answer, says it again, and it counts once.

use muster::actions::{databases, orders};
use muster::db::Db;
use muster::domain::agent::wire::{Proved, Said, Seen};
use muster::domain::id::SiteId;
use muster::domain::recovery::evidence::PREFIX;
use muster::secrets::KeyRing;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Deed, count, die};
use crate::sites::host::Host;
use crate::support::app::TestApp;

const ORDER: &str = "01930000-0000-7000-8000-00000000b001";

/// What came.
#[derive(Serialize, Deserialize, Clone)]
pub(super) enum Heard {
    Look { site: SiteId, said: Box<Seen> },
    Proof { site: SiteId, said: Proved },
    Order { site: SiteId, said: Said },
}

impl Heard {
    pub(super) async fn take_in(self, db: &Db, ring: &KeyRing, now: OffsetDateTime) {
        match self {
            Heard::Look { site, said } => databases::hear(db, site, *said, now).await,
            Heard::Proof { site, said } => databases::prove(db, ring, (site, said), now).await,
            Heard::Order { site, said } => orders::take_in(db, site, said, now).await,
        }
        .unwrap();
    }
}

fn look(app: &TestApp, host: &Host) -> Seen {
    let at = app.clock.now().format(&Rfc3339).unwrap();
    read(
        json!({"run": host.run(), "sent_at": at, "database": {"name": "main", "repository": "disk", "at": at,
        "running": true, "exposure": "nothing"}}),
    )
}

/// One that did not hold, which wakes somebody and keeps what is old.
fn proof(app: &TestApp, host: &Host) -> Proved {
    let evidence = json!({"format": 1, "id": "01930000-0000-7000-8000-000000000001", "incident": null, "drill": false,
        "site": null, "database": "main", "system_identifier": "1", "repository": "disk", "label": "20261114-020000F",
        "asked": {"timeline": 1, "lsn": "0/3000060", "time": null}, "reached": null,
        "engines": {"muster": "0", "pgbackrest": "2", "postgres": "15"}, "requester": "postgres", "approvals": [],
        "began": app.clock.now().format(&Rfc3339).unwrap(), "steps": [], "checks": [], "bytes": 1,
        "recovery_time_s": 3.2, "data_loss": null, "holds": false, "previous_head": null});
    read(json!({"run": host.run(), "evidence": host.sealed(PREFIX, &evidence)}))
}

fn done(app: &TestApp, host: &Host) -> Said {
    let at = app.clock.now().format(&Rfc3339).unwrap();
    let event = json!({"seq": 1, "state": "succeeded", "words": "20261114-020000F", "at": at});
    read(json!({"run": host.run(), "order": ORDER, "sent_at": at, "event": event}))
}

fn read<T: for<'a> Deserialize<'a>>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

pub(super) async fn killed_hearing(point: &str) {
    let (app, ada) = TestApp::on_plan().await;
    let host = Host::join(&ada, "db1").await;
    let ring = KeyRing::load(&app.ring_path()).unwrap();
    let site = host.site();
    let known = Heard::Look { site, said: Box::new(look(&app, &host)) };
    let (said, traces): (_, &[&str]) = match point.split_once('.').unwrap().0 {
        "look" => (known, &["databases", "exposure"]),
        "proof" => {
            known.take_in(&app.db, &ring, app.clock.now()).await;
            let traces = &["proofs", "holds where proof is not null", "messages"];
            (Heard::Proof { site, said: proof(&app, &host) }, traces)
        }
        _ => {
            known.take_in(&app.db, &ring, app.clock.now()).await;
            let path = host.path("/databases/main/orders");
            ada.post(&path, &[("id", ORDER), ("task", "full-backup")]).await;
            app.tamper("update orders set state = 'handed'").await;
            let traces = &["order_events", "orders where state = 'succeeded'"];
            (Heard::Order { site, said: done(&app, &host) }, traces)
        }
    };
    die(&app, point, Deed::Agent(said.clone())).await;

    let acknowledged = i64::from(point.ends_with(".committed"));
    for trace in traces {
        assert_eq!(count(&app, trace).await, acknowledged, "{point}: {trace}");
    }
    for _ in 0..2 {
        said.clone().take_in(&app.db, &ring, app.clock.now()).await;
    }
    for trace in traces {
        assert_eq!(count(&app, trace).await, 1, "{point}: {trace}");
    }
    let mails = app.mails().await;
    assert_eq!(super::doubled(&mails), 0, "{point}: {mails:#?}");
    app.end().await;
}
