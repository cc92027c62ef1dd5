//! A site that proves a database of another one.

use muster::domain::id::{EvidenceId, SiteId};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::full::moment;
use crate::support::app::TestApp;

/// It has proved the database from one repository, and can't from another; gives its identity.
pub(super) async fn add(app: &TestApp, of: SiteId, database: &str) -> SiteId {
    let now = app.clock.now();
    let site = SiteId::new(now);
    let one = |repository: &str, more: serde_json::Value| {
        let mut one = json!({ "site": of, "of": "Database host of the laboratories in Berlin, third cellar",
            "kit": "/var/lib/muster-agent/elsewhere/berlin", "database": database, "repository": repository });
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        one
    };
    let elsewhere = [
        one("disk", json!({ "proved_at": moment(now - Duration::HOUR), "holds": true })),
        one(
            "bucket-in-another-country",
            json!({ "wrong": "the repository our-backups/db1 at s3.example.org was made with \
            another key than /var/lib/muster-agent/elsewhere/berlin/repositories/bucket/key" }),
        ),
        json!({ "kit": "/var/lib/muster-agent/elsewhere/vienna", "database": "", "repository": "",
                "wrong": "/var/lib/muster-agent/elsewhere/vienna holds no opened site kit" }),
    ];
    let facts = json!({ "version": "0.1.0", "host": "db3.hamburg", "user": "postgres", "clusters": [], "disks": [],
                        "elsewhere": elsewhere });
    let sql = format!(
        "insert into sites (id, name, created_at, agent_key, joined_at, seen_at, facts, facts_at)
         values ('{site}', 'Second data centre, Hamburg', '{now}', decode(repeat('00', 32), 'hex'), '{now}', '{now}',
                 '{facts}', '{now}')"
    );
    app.tamper(&sql).await;
    proof(app, (of, database), site, now).await;
    site
}

async fn proof(app: &TestApp, (of, database): (SiteId, &str), site: SiteId, now: OffsetDateTime) {
    let id = EvidenceId::new(now).0;
    let proof = json!({ "format": 1, "id": id, "incident": null, "drill": false, "site": site.to_string(), "of": of,
        "database": database, "system_identifier": "7", "repository": "disk", "label": "20261114-020001F",
        "asked": { "timeline": 1, "lsn": "42/7F000028", "time": null }, "reached": null,
        "engines": { "muster": "0.1.0", "pgbackrest": "2.45", "postgres": "15.18" }, "requester": "postgres",
        "approvals": [], "began": moment(now - Duration::HOUR), "steps": [], "bytes": 50_600_000_000_u64,
        "recovery_time_s": 1904.2, "checks": [], "data_loss": null, "holds": true, "previous_head": null });
    let sql = format!(
        "insert into proofs (id, site, name, held, began_at, evidence, heard_at)
         values ('{id}', '{of}', '{database}', true, '{now}', '{proof}', '{now}')"
    );
    app.tamper(&sql).await;
}
