//! What stands beside a database in an incident: one of each that a page may have to show.

use muster::domain::id::{IncidentId, OrderId, SiteId};
use serde_json::{Value, json};
use time::Duration;

use crate::full::moment;
use crate::support::app::TestApp;

const TABLE: &str = "\"laboratory_bookings\".\"attachments_of_protocols_and_reservations\"";

/// A search, a restore that goes on and one that failed, and two copies, of which one was looked at.
pub(super) async fn add(app: &TestApp, of: (SiteId, &str), incident: IncidentId) {
    let at = |minutes| moment(app.clock.now() - Duration::minutes(minutes));
    let before = json!({ "to": "before", "at": 4_042 });
    let named =
        json!({ "to": "named", "at": "before the upgrade of the booking component to 7.3" });
    let changes = |deleted| json!({ "inserted": 2, "updated": 40, "deleted": deleted });
    let suspect = |xid, deleted, minutes| json!({ "xid": xid, "at": at(minutes), "changes": changes(deleted), "anew": false, "removed": [] });
    let found = json!({ "suspects": { "found": [suspect(3_999, 3, 80), suspect(4_042, 18_204, 17)], "since": at(360), "database": "labitory" } });
    let check = |name: &str, found: &str, good| json!({ "name": name, "expected": "> 0", "found": found, "good": good, "plan": "users" });
    let checks = json!({ "checks": [check("Users are there", "1204", true),
        check("No booking of a laboratory ends before it starts", "12", false)] });
    let differ = |table: &str, live| json!({ "database": "labitory", "table": table, "live": live, "copy": { "counted": 18_204 } });
    let differ = json!({ "differences": { "differ": [differ(TABLE, json!({ "counted": 0 })), differ("\"public\".\"users\"", json!("unknown"))],
        "compared": 212 } });
    let fails = "nothing in the log since 2026-11-13 02:00:00.000000 UTC is before transaction 77; one that was rolled back, or goes on, \
                 changed nothing";
    let orders = [
        (
            "find",
            json!({ "find": { "table": "orders", "since": null } }),
            "succeeded",
            "2 transactions found",
            found,
        ),
        (
            "beside",
            json!({ "beside": { "wanted": before } }),
            "succeeded",
            "copy 1 shows all",
            checks,
        ),
        (
            "compare",
            json!({ "compare": { "copy": 1 } }),
            "succeeded",
            "2 of 212 tables differ",
            differ,
        ),
        (
            "beside",
            json!({ "beside": { "wanted": { "to": "before", "at": 77 } } }),
            "failed",
            fails,
            Value::Null,
        ),
        (
            "beside",
            json!({ "beside": { "wanted": { "to": "latest" } } }),
            "running",
            "",
            Value::Null,
        ),
    ];
    let mut ids = Vec::new();
    for (number, order) in orders.into_iter().enumerate() {
        let id = OrderId::new(app.clock.now());
        insert(app, (id, of, incident), number, order).await;
        ids.push(id.to_string());
    }
    let copy = |number, order: Option<&String>, wanted: &Value, stands: Value, commits| {
        json!({ "number": number, "order": order, "label": "20261114-020001F_20261114-140000I", "wanted": wanted, "requester": "Ada Lovelace",
            "began": at(5), "stands": stands, "last_commit": at(17), "short_s": null, "size": 50_600_000_000_u64,
            "beyond": { "commits": commits, "from": "42/7F000028", "first": at(17), "last": at(2) },
            "read_by": "psql -h /var/lib/muster-agent/restored/labitory_media_and_attachments/1/run -U postgres postgres" })
    };
    let open = json!({ "open": { "at": "42/7F000028", "locked": 2 } });
    let copies =
        [copy(1, Some(&ids[1]), &before, open, 1_204), copy(2, None, &named, json!("asleep"), 0)];
    let underway = json!([{ "order": ids[4], "since": at(4), "at": "restore", "percent": 43, "copied": 21_700_000_000_u64 }]);
    let attached = json!({ "follows": false, "managers": ["Patroni"], "subscriptions": [["bookings_of_the_partner", "labitory"]],
        "standbys": [{ "name": "db2.hamburg", "address": "10.20.30.40", "state": "streaming", "behind": 0, "logical": false }],
        "slots": [{ "name": "warehouse_of_the_laboratories", "database": "labitory", "active": false, "held": 71_000_000_000_u64 }] });
    let more = json!({ "copies": copies, "underway": underway, "attached": attached });
    let (site, name) = of;
    let sql = format!(
        "update databases set seen = seen || '{}' where site = '{site}' and name = '{name}'",
        more.to_string().replace('\'', "''")
    );
    app.tamper(&sql).await;
}

async fn insert(
    app: &TestApp,
    (id, (site, name), incident): (OrderId, (SiteId, &str), IncidentId),
    number: usize,
    (task, details, state, words, answer): (&str, Value, &str, &str, Value),
) {
    let now = app.clock.now() + Duration::microseconds(i64::try_from(number).unwrap());
    let answer = if answer.is_null() { "null".to_owned() } else { format!("'{answer}'") };
    let sql = format!(
        "insert into orders (id, site, name, task, details, incident, asked_by, asked_at, state, since, words, answer)
         select '{id}', '{site}', '{name}', '{task}', '{details}', '{incident}', id, '{now}', '{state}', '{now}', '{words}', {answer}
         from people where key = 'ada-lovelace'"
    );
    app.tamper(&sql).await;
}
