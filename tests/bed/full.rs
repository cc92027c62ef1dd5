//! An installation with all that a page may have to show: many people, long names, incidents in
//! every phase, and what comes after them.

use std::fmt::Write;

use muster::actions::entries::Written;
use muster::actions::incidents::{self, Step};
use muster::actions::post_mortems::{self, Item};
use muster::actions::tasks::{self, Charge};
use muster::actions::{plans, stars};
use muster::domain::id::{EntryId, HoldId, IncidentId, OrderId, PersonId, SiteId};
use muster::domain::incident::Kind;
use muster::domain::post_mortem::Priority;
use muster::web::router;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::support::app::LABITORY;
use super::{Bed, copies, elsewhere};

type Done = Result<Value, String>;

const LONG: &str = "The reservation of laboratory equipment, including attachments to laboratory \
                    protocols and https://attachments.example.org/a/path/without/any/place/to/break \
                    in it, answers slowly or not at all.";
const GUESTS: usize = 30;
const DATABASE: &str = "labitory_media_and_attachments";

impl Bed {
    /// `routes`: what can be got; `full`: fills a fresh installation, and says what is where.
    pub(super) async fn obey_full(&self, word: &str) -> Done {
        match word {
            "routes" => Ok(self.routes()),
            _ => self.full().await,
        }
    }

    fn routes(&self) -> Value {
        let table = router::routes(&self.app.state);
        let got = table.table().iter().filter(|(method, ..)| method == "GET");
        json!({ "routes": got.map(|(_, path, _)| *path).collect::<Vec<_>>() })
    }

    async fn full(&self) -> Done {
        let mut owner = self.seed_owner().await?;
        self.import_plan(LABITORY).await?;
        let crowded = with_guests(LABITORY);
        plans::import(&self.app.db, &crowded, None, None, self.app.clock.now())
            .await
            .map_err(text)?;
        for key in ["hana-sato", "jonas-brandt", "guest-1"] {
            self.obey_incident(&["account", key, "view,respond"]).await?;
        }
        let ada = self.app.person("ada-lovelace").await;
        let closed = self.closed(ada).await?;
        let item = self.item(closed, ada).await?;
        let false_alarm = self.begun(Kind::Real, 2).await;
        self.step(false_alarm, Step::FalseAlarm, ada).await?;
        let stable = self.begun(Kind::Real, 1).await;
        self.restored(stable, ada).await?;
        let drill = self.begun(Kind::Drill, 3).await;
        let real = self.real(ada).await?;
        self.links(&mut owner).await?;
        let (site, vacant) = self.sites().await;
        let proves = elsewhere::add(&self.app, site, DATABASE).await;
        copies::add(&self.app, (site, DATABASE), real).await;
        let held = self.app.declare(Kind::Real, 4).await;
        let there = json!({
            "owner": owner, "closed": closed.to_string(), "falseAlarm": false_alarm.to_string(),
            "stable": stable.to_string(), "drill": drill.to_string(), "real": real.to_string(),
            "held": held.to_string(), "item": item.to_string(), "me": ada.to_string(),
            "site": site.to_string(), "vacant": vacant.to_string(),
            "proves": proves.to_string(),
            "guest": self.app.person("guest-1").await.to_string(),
            "hana": self.app.person("hana-sato").await.to_string(),
        });
        Ok(there)
    }

    /// One whose agent fell silent and had much to tell, and one that no agent has joined.
    async fn sites(&self) -> (SiteId, SiteId) {
        let now = self.app.clock.now();
        let (site, vacant) = (SiteId::new(now), SiteId::new(now));
        let cluster = json!({ "data_dir": format!("/{}", "a-long-folder/".repeat(12)), "port": 5432,
                              "version": "15", "owner": "postgres" });
        let disk = json!({ "path": "/", "free": 41_000_000_000_u64, "size": 250_000_000_000_u64 });
        let facts = json!({
            "version": "0.1.0", "host": "db1.berlin.laboratories.example.org", "user": "postgres",
            "engines": [{ "name": "pgBackRest", "version": "2.45" }, { "name": "restic", "version": null }],
            "clusters": [cluster, cluster], "disks": [disk],
        });
        let sql = format!(
            "insert into sites (id, name, created_at, agent_key, joined_at, seen_at, facts, facts_at,
                                clock_ahead_ms)
             values ('{site}', 'Database host of the laboratories in Berlin, third cellar', '{now}',
                     decode(repeat('00', 32), 'hex'), '{now}', '{now}', '{facts}', '{now}', 3600000),
                    ('{vacant}', 'db2', '{now}', null, null, null, null, null, null)"
        );
        self.app.tamper(&sql).await;
        self.database(site, now).await;
        self.asked(site, now).await;
        self.drafted(site, now).await;
        (site, vacant)
    }

    /// A draft that waits for the host's owner; it has the site's own id.
    async fn drafted(&self, site: SiteId, now: OffsetDateTime) {
        let draft = json!({
            "database": { "name": "laboratories", "data_dir": format!("/{}main", "a-long-folder/".repeat(12)),
                          "port": 5433, "socket": "/var/run/postgresql", "user": "postgres" },
            "repository": { "name": "bucket", "path": "/hosts/database-host-of-the-laboratories",
                            "bucket": { "endpoint": "s3.eu-central-1.example.org", "name": "our-backups",
                                        "region": "eu-central-1" } },
        });
        let sql = format!(
            "insert into drafts (id, site, draft, made_by, made_at, since)
             select '{site}', '{site}', '{draft}', id, '{now}', '{now}' from people where key = 'ada-lovelace'"
        );
        self.app.tamper(&sql).await;
    }

    /// One of which much is known: points, gaps, proofs, and what runs.
    async fn database(&self, site: SiteId, now: OffsetDateTime) {
        let at = |minutes| moment(now - Duration::minutes(minutes));
        let point = |days: i64, verified: Option<bool>, broken: bool| {
            json!({ "label": format!("20261114-0200{days:02}F"), "kind": "full", "stopped": at(days * 1440),
                    "size": 50_600_000_000_u64, "stored": 9_100_000_000_u64, "timeline": 1, "opens": true,
                    "unbroken_until": "00000001000000420000007F", "last_commit": at(0), "damaged": false,
                    "gap": broken.then(|| json!({ "first": "000000010000004200000080", "missing": 12, "behind": 4 })),
                    "verified": verified, "proved_at": verified.map(|_| at(days * 1440 - 120)) })
        };
        let points: Vec<_> = (0..20)
            .rev()
            .map(|days| point(days, [None, Some(true), Some(false)][days as usize % 3], days == 5))
            .collect();
        let dump = |days: i64, verified: Option<bool>| {
            json!({ "label": format!("20261114-0200{days:02}D"), "at": at(days * 1440 + 60), "databases": 4,
                    "bytes": 21_700_000_000_u64, "verified": verified, "proved_at": verified.map(|_| at(days * 1440)) })
        };
        let dumps: Vec<_> = (0..10)
            .rev()
            .map(|days| dump(days, [None, Some(true), Some(false)][days as usize % 3]))
            .collect();
        let dumps = json!([{ "repository": "disk", "count": 31, "newest": dumps }]);
        let seen = json!({ "name": DATABASE, "repository": "disk", "at": at(0), "running": true,
            "exposure": { "since": { "oldest": at(17), "exact": true } }, "points": points, "keeps": { "days": 30, "fulls": 7 },
            "doing": { "deed": "full", "since": at(9), "at": "copying", "percent": 43, "copied": 21_700_000_000_u64, "late_s": 7200 },
            "next": { "deed": "proof", "at": at(-60) }, "dumps": dumps,
            "backlog": { "waiting": 412, "held": 6_912_000_000_u64, "free": 41_700_000_000_u64, "ahead": 0,
                         "growth": { "bytes": 2_090_000_000_u64, "over_s": 600 } },
            "findings": [{ "check": "labitory_media_and_attachments: archiving", "health": "bad",
                           "words": "archive_command fails, at 000000010000004200000080 just now, and 12 files wait in pg_wal",
                           "mend": "look into Postgres' log for what pgBackRest said" }] });
        let proof = json!({ "format": 1, "id": site, "incident": null, "drill": false, "site": null,
            "database": DATABASE, "system_identifier": "7", "repository": "disk",
            "label": "20261114-020001F", "asked": { "timeline": 1, "lsn": "42/7F000028", "time": null }, "reached": null,
            "engines": { "muster": "0.1.0", "pgbackrest": "2.45", "postgres": "15.18" }, "requester": "postgres",
            "approvals": [], "began": at(1320), "steps": [], "bytes": 50_600_000_000_u64, "recovery_time_s": 1261.5,
            "checks": [
                { "name": "rows of booking", "expected": "18204", "found": "18204", "good": true },
                { "name": "No booking of a laboratory ends before it starts", "expected": "= 0", "found": "0", "good": true,
                  "plan": "inconsistent" },
                { "name": "The application accepts the database", "expected": "the named action manage-check ends well",
                  "found": "ended with exit code 1: django.db.utils.ProgrammingError: column booking.cancelled_at does not exist",
                  "good": false, "plan": "application", "said": format!("{}\n", "System check identified some issues:").repeat(11) },
                { "name": "Users are there", "expected": "> 0", "found": "not run: there is no role muster_check",
                  "good": true, "plan": "users", "skipped": true },
                { "name": "Last booking", "expected": "any value, kept", "found": "x".repeat(200), "good": true,
                  "plan": "last" }],
            "data_loss": null, "holds": false, "previous_head": null });
        let name = DATABASE;
        let sql = format!(
            "insert into databases (site, name, seen, seen_at, protected_since)
             values ('{site}', '{name}', '{}', '{now}', '{now}');
             insert into exposure (site, name, at, seconds)
             select '{site}', '{name}', date_trunc('minute', timestamptz '{now}') - make_interval(mins => m),
                    case when m between 300 and 360 then null else (m * 37) % 900 end from generate_series(1, 1300) m;
             insert into proofs (id, site, name, held, began_at, evidence, heard_at)
             values ('{site}', '{site}', '{name}', false, '{now}', '{proof}', '{now}')",
            seen.to_string().replace('\'', "''"),
        );
        for statement in sql.split(';') {
            self.app.tamper(statement).await;
        }
    }

    /// What people asked its agent for, one in each state, and a hold.
    async fn asked(&self, site: SiteId, now: OffsetDateTime) {
        let name = DATABASE;
        let states = [
            ("ready", "backup", ""),
            ("running", "prove", ""),
            (
                "failed",
                "full-backup",
                "the bucket our-backups at s3.eu-central-1.example.org: no such bucket; make it",
            ),
            ("succeeded", "prove", "20261114-020003F is verified"),
            (
                "unknown",
                "backup",
                "the agent ended while it was at it; the recovery points say what was made",
            ),
        ];
        for (state, task, words) in states {
            let id = OrderId::new(now);
            let sql = format!(
                "insert into orders (id, site, name, task, asked_by, asked_at, state, since, words)
                 select '{id}', '{site}', '{name}', '{task}', id, '{now}', '{state}', '{now}', '{words}'
                 from people where key = 'ada-lovelace'"
            );
            self.app.tamper(&sql).await;
        }
        let hold = HoldId::new(now);
        let sql = format!(
            "insert into holds (id, site, name, since, placed_by)
             select '{hold}', '{site}', '{name}', '{now}', id from people where key = 'ada-lovelace'"
        );
        self.app.tamper(&sql).await;
    }

    /// Declared, and no longer held.
    async fn begun(&self, kind: Kind, level: u8) -> IncidentId {
        let id = self.app.declare(kind, level).await;
        let long = format!("update incidents set title = '{LONG}' where id = '{id}'");
        self.app.tamper(&long).await;
        self.app.clock.advance(Duration::seconds(11));
        self.work().await.unwrap();
        id
    }

    async fn step(&self, id: IncidentId, step: Step, by: PersonId) -> Result<(), String> {
        let (db, now) = (&self.app.db, self.app.clock.now());
        incidents::step(db, id, step, by, now).await.map(drop).map_err(text)
    }

    /// Everything of it works again, and is watched.
    async fn restored(&self, id: IncidentId, by: PersonId) -> Result<(), String> {
        self.app.clock.advance(Duration::minutes(20));
        self.step(id, Step::Recovering, by).await?;
        incidents::restore(&self.app.db, id, "incident", by, self.app.clock.now())
            .await
            .map_err(text)?;
        self.step(id, Step::Stable, by).await
    }

    async fn closed(&self, by: PersonId) -> Result<IncidentId, String> {
        let id = self.begun(Kind::Real, 3).await;
        let path = id.to_string();
        self.obey_public(&["down", &path, "component.booking"]).await?;
        self.obey_public(&["say", &path, "3", LONG]).await?;
        self.app.clock.advance(Duration::minutes(20));
        self.step(id, Step::Recovering, by).await?;
        let (db, now) = (&self.app.db, self.app.clock.now());
        incidents::restore(db, id, "component.booking", by, now).await.map_err(text)?;
        self.step(id, Step::Stable, by).await?;
        stars::set(db, id, (2, true), by, now).await.map_err(text)?;
        self.app.check_all(id).await;
        self.step(id, Step::Close, by).await?;
        Ok(id)
    }

    async fn item(&self, id: IncidentId, owner: PersonId) -> Result<EntryId, String> {
        let now = self.app.clock.now();
        let item = Item {
            id: EntryId::new(now),
            what: LONG.to_owned(),
            owner: Some(owner),
            due_on: "2026-11-13".parse().ok(),
            priority: Priority::High,
            window: String::new(),
            version: 0,
        };
        let made = item.id;
        post_mortems::add(&self.app.db, id, item, owner, now).await.map_err(text)?;
        Ok(made)
    }

    /// The one in which much goes on.
    async fn real(&self, by: PersonId) -> Result<IncidentId, String> {
        let id = self.begun(Kind::Real, 4).await;
        let path = id.to_string();
        for part in ["component.booking", "component.files", "component.reporting"] {
            self.obey_public(&["down", &path, part]).await?;
        }
        self.obey_public(&["say", &path, "5", LONG]).await?;
        self.obey_incident(&["notes", &path, "30"]).await?;
        self.obey_incident(&["answer", &path, "hana-sato", "have"]).await?;
        let (db, now) = (&self.app.db, self.app.clock.now());
        let person = self.app.person("guest-1").await;
        let charge = Charge { person, minutes: Some(5) };
        let written = Written { id: EntryId::new(now), text: LONG.to_owned(), occurred_at: None };
        tasks::give(db, id, written, charge, by, now).await.map_err(text)?;
        self.app.clock.advance(Duration::minutes(9));
        self.work().await?;
        Ok(id)
    }

    /// Mails with links for somebody who is invited and has an address verified.
    async fn links(&self, owner: &mut Value) -> Result<(), String> {
        let ada = self.app.signed_in("ada@example.org").await;
        let person = self.app.person("tomasz-lindqvist").await;
        let sql = "select id from contact_methods where channel = 'mail' and person = $1";
        let pool = self.app.db.pool().unwrap();
        let mail = sqlx::query_scalar::<_, uuid::Uuid>(sql).bind(person.0).fetch_one(pool).await;
        let mail = mail.map_err(text)?;
        for deed in ["link".to_owned(), format!("methods/{mail}/verification")] {
            let done = ada.post(&format!("/people/{person}/{deed}"), &[]).await;
            if !done.status.is_success() && !done.status.is_redirection() {
                return Err(format!("{deed}: {}", done.body));
            }
        }
        owner["invited"] = json!(person.to_string());
        Ok(())
    }
}

/// The plan with many more people on its roster.
fn with_guests(plan: &str) -> String {
    let mut plan = plan.to_owned();
    for n in 1..=GUESTS {
        let _ = write!(
            plan,
            "\n[[person]]\nkey = \"guest-{n}\"\n\
             name = \"Prof. Dr. Maximiliane-Theodora Featherstonehaugh-Vandenbroucke van der Berghe {n}\"\n\
             title = \"Deputy Head of Laboratory Information Management Systems and Integration\"\n\
             contact = [{{ channel = \"mail\", address = \"guest-{n}.with-a-rather-long-name@laboratories.example.org\", rank = 1 }}]\n"
        );
    }
    plan
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

pub(super) fn moment(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
