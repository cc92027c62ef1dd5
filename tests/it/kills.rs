//! The process is killed, as by `kill -9`, at every named point between two steps with an effect.
//! What was acknowledged stands; pressed again, what was not stands once; and what is doubled is
//! only a page whose sender died between sending and noting it, with both attempts on record.

#![expect(
    clippy::disallowed_methods,
    reason = "a process of its own is told its part by a variable"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt;

use muster::actions::answers::{self, Answer};
use muster::actions::incidents::{self, Declaration, Merging};
use muster::actions::mail_source::MailSource;
use muster::actions::paging::Links;
use muster::actions::ticks::{self, Press};
use muster::clock::Clock;
use muster::db::Db;
use muster::domain::id::{DeliveryId, EntryId, IncidentId, PersonId};
use muster::domain::incident::{Kind, Place};
use muster::fail::{self, Action};
use muster::notify::Mailer;
use muster::pulse::Pulse;
use muster::queue;
use muster::secrets::KeyRing;
use muster::worker::{Toolbox, turn};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

mod agents;

use crate::support::app::{START, TestApp};
use crate::support::process::OtherProcess;
use crate::support::smtp::Mail;

const PART: &str = "MUSTER_TEST_PART";

/// What the other process is to do, and where it is to die.
#[derive(Serialize, Deserialize)]
struct Part {
    point: String,
    deed: Deed,
    now: OffsetDateTime,
    database: String,
    ring: String,
    sink: String,
}

#[derive(Serialize, Deserialize)]
enum Deed {
    Declare { id: IncidentId, by: PersonId },
    Page,
    Answer { delivery: DeliveryId },
    Tick { incident: IncidentId, by: PersonId, id: EntryId },
    Merge { incident: IncidentId, into: IncidentId, by: PersonId, id: EntryId },
    Part { incident: IncidentId, by: PersonId, id: EntryId },
    Agent(agents::Heard),
}

#[tokio::test]
async fn killed_at_any_point_nothing_acknowledged_is_lost_and_only_a_page_may_be_doubled() {
    for point in fail::POINTS {
        match point.split_once('.').unwrap().0 {
            "declare" => killed_declaring(point).await,
            "page" => killed_paging(point).await,
            "answer" => killed_answering(point).await,
            "tick" => killed_ticking(point).await,
            "merge" => killed_merging(point).await,
            "unmerge" => killed_parting(point).await,
            "digest" => killed_folding(point).await,
            "look" | "proof" | "order" => agents::killed_hearing(point).await,
            other => panic!("no test kills a process at the points of {other}"),
        }
    }
    println!("killed at {} points", fail::POINTS.len());
}

async fn killed_declaring(point: &str) {
    let (app, _) = TestApp::on_plan().await;
    let by = app.person("ada-lovelace").await;
    let id = IncidentId::new(app.clock.now());
    die(&app, point, Deed::Declare { id, by }).await;

    let acknowledged = i64::from(point == "declare.committed");
    assert_eq!(count(&app, "incidents").await, acknowledged, "{point}");
    let press = Declaration { id, kind: Kind::Real, level: 3, by };
    incidents::declare(&app.db, press, app.clock.now()).await.unwrap();

    assert_eq!(count(&app, "incidents").await, 1, "{point}");
    assert_eq!(count(&app, "entries where kind = 'declared'").await, 1, "{point}");
    app.clock.advance(Duration::seconds(10));
    let mails = app.mails().await;
    assert_eq!((mails.len(), doubled(&mails)), (9, 0), "{point}: each page once");
    app.end().await;
}

/// Pages are made at minute 5, when the chain goes on; one alone is sent at minute 0.
async fn killed_paging(point: &str) {
    let (app, _) = TestApp::on_plan().await;
    app.declare(Kind::Real, 1).await;
    let mut wanted = vec!["jonas.brandt@example.org"];
    if matches!(point, "page.message" | "page.deliveries") {
        app.mails().await;
        app.clock.advance(Duration::minutes(5));
        wanted.insert(0, "emeka.obi@example.org");
    }
    die(&app, point, Deed::Page).await;

    app.clock.advance(queue::LEASE);
    let mails = app.mails().await;

    let to: BTreeSet<_> = mails.iter().flat_map(|mail| mail.to.iter().cloned()).collect();
    assert_eq!(to.iter().collect::<Vec<_>>(), wanted, "{point}");
    let twice = usize::from(point == "page.after_send");
    assert_eq!(doubled(&mails), twice, "{point}: {mails:#?}");
    assert_each_on_record(&app, &mails, point).await;
    let open = "deliveries where state not in ('sent', 'withdrawn')";
    assert_eq!(count(&app, open).await, 0, "{point}");
    app.end().await;
}

async fn killed_answering(point: &str) {
    let (app, _) = TestApp::on_plan().await;
    app.declare(Kind::Real, 1).await;
    assert_eq!(app.mails().await.len(), 1);
    let newest = "select id from deliveries order by id desc limit 1";
    let delivery = sqlx::query_scalar(newest).fetch_one(app.db.pool().unwrap()).await.unwrap();
    let delivery = DeliveryId(delivery);
    die(&app, point, Deed::Answer { delivery }).await;

    let acknowledged = i64::from(point == "answer.committed");
    let answered = "responders where answer = 'have'";
    assert_eq!(count(&app, answered).await, acknowledged, "{point}");
    answers::answer(&app.db, delivery, Answer::Have, app.clock.now()).await.unwrap();

    assert_eq!(count(&app, answered).await, 1, "{point}");
    assert_eq!(count(&app, "duties where until is null").await, 1, "{point}");
    assert_eq!(count(&app, "entries where kind = 'answer'").await, 1, "{point}");
    app.clock.advance(Duration::minutes(10));
    assert_eq!(app.mails().await.len(), 0, "{point}: the chain has ended");
    app.end().await;
}

async fn killed_ticking(point: &str) {
    let (app, _) = TestApp::on_plan().await;
    let (incident, by) = (app.declare(Kind::Real, 1).await, app.person("ada-lovelace").await);
    app.mails().await;
    let id = EntryId::new(app.clock.now());
    die(&app, point, Deed::Tick { incident, by, id }).await;

    let acknowledged = i64::from(point == "tick.committed");
    assert_eq!(count(&app, "ticks").await, acknowledged, "{point}");
    assert_eq!(count(&app, "entries where kind = 'tick'").await, acknowledged, "{point}");
    tick(&app.db, incident, (by, id), app.clock.now()).await;

    assert_eq!(count(&app, "ticks").await, 1, "{point}");
    assert_eq!(count(&app, "entries where kind = 'tick'").await, 1, "{point}");
    app.end().await;
}

async fn killed_merging(point: &str) {
    let (app, _) = TestApp::on_plan().await;
    let (incident, into, by) = twice(&app).await;
    let id = EntryId::new(app.clock.now());
    die(&app, point, Deed::Merge { incident, into, by, id }).await;

    let acknowledged = i64::from(point == "merge.committed");
    assert_eq!(count(&app, "merges").await, acknowledged, "{point}");
    assert_eq!(count(&app, "entries where kind = 'merged'").await, 2 * acknowledged, "{point}");
    merge(&app.db, (incident, into), (by, id), app.clock.now()).await;

    assert_eq!(count(&app, "incidents where merged_into is not null").await, 1, "{point}");
    assert_eq!(count(&app, "entries where kind = 'merged'").await, 2, "{point}");
    app.mails().await;
    app.end().await;
}

async fn killed_parting(point: &str) {
    let (app, _) = TestApp::on_plan().await;
    let (incident, into, by) = twice(&app).await;
    let id = EntryId::new(app.clock.now());
    merge(&app.db, (incident, into), (by, id), app.clock.now()).await;
    die(&app, point, Deed::Part { incident, by, id }).await;

    let acknowledged = i64::from(point == "unmerge.committed");
    assert_eq!(count(&app, "merges where undone_at is not null").await, acknowledged, "{point}");
    incidents::unmerge(&app.db, incident, id, by, app.clock.now()).await.unwrap();

    assert_eq!(count(&app, "incidents where ended_at is null").await, 2, "{point}");
    assert_eq!(count(&app, "entries where kind = 'merged'").await, 4, "{point}");
    app.mails().await;
    app.end().await;
}

/// One outage that was declared twice.
async fn twice(app: &TestApp) -> (IncidentId, IncidentId, PersonId) {
    let by = app.person("ada-lovelace").await;
    let (first, second) = (app.declare(Kind::Real, 2).await, app.declare(Kind::Real, 1).await);
    app.mails().await;
    (first, second, by)
}

async fn merge(
    db: &Db,
    (incident, into): (IncidentId, IncidentId),
    (by, id): (PersonId, EntryId),
    now: OffsetDateTime,
) {
    let merging = Merging { id, into, seen: (1, 1) };
    incidents::merge(db, incident, &merging, by, now).await.unwrap();
}

/// Nobody has worked for ninety minutes: one mail of what is real, and one of the drill.
async fn killed_folding(point: &str) {
    let (app, _) = TestApp::on_plan().await;
    app.work().await;
    for kind in [Kind::Real, Kind::Real, Kind::Drill] {
        app.declare(kind, 1).await;
    }
    app.clock.advance(Duration::minutes(90));
    die(&app, point, Deed::Page).await;

    app.worker_ends();
    app.clock.advance(queue::LEASE);
    let mails = app.mails().await;

    let drills = mails.iter().filter(|mail| mail.subject.starts_with("DRILL")).count();
    let to: BTreeSet<_> = mails.iter().flat_map(|mail| &mail.to).collect();
    assert_eq!((to.len(), mails.len(), drills), (2, 4, 2), "{point}: {mails:#?}");
    assert_eq!(doubled(&mails), 0, "{point}");
    assert_each_on_record(&app, &mails, point).await;
    let open = "deliveries where state not in ('sent', 'withdrawn')";
    assert_eq!(count(&app, open).await, 0, "{point}");
    let told = "entry_bodies where convert_from(body, 'utf8') like '%Digest to %'";
    assert_eq!(count(&app, told).await, 3, "{point}");
    app.end().await;
}

/// Ticks the first step of a runbook.
async fn tick(db: &Db, incident: IncidentId, (by, id): (PersonId, EntryId), now: OffsetDateTime) {
    let step = Place::Step { runbook: "point-in-time-recovery".to_owned(), number: 1 };
    let press = Press { id, deed: ticks::Deed::Done };
    ticks::press(db, incident, &step, &press, by, now).await.unwrap();
}

/// How many mails came a second time.
fn doubled(mails: &[Mail]) -> usize {
    let ids: BTreeSet<_> = mails.iter().map(|m| m.header("Message-ID")).collect();
    mails.len() - ids.len()
}

/// Each mail that came has an attempt of its own on record, the doubled ones two.
async fn assert_each_on_record(app: &TestApp, mails: &[Mail], point: &str) {
    let mut came: BTreeMap<String, i64> = BTreeMap::new();
    for mail in mails {
        let id = mail.header("Message-ID").unwrap().trim_matches(['<', '>']);
        *came.entry(id.split_once('@').unwrap().0.to_owned()).or_default() += 1;
    }
    for (delivery, times) in came {
        let begun = format!("attempts where moment = 'begun' and delivery = '{delivery}'");
        let begun = count(app, &begun).await;
        assert!(begun >= times, "{point}: {times} mails, {begun} attempts of {delivery}");
    }
}

async fn count(app: &TestApp, what: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("select count(*) from {what}"));
    sqlx::query_scalar(sql).fetch_one(app.db.pool().unwrap()).await.unwrap()
}

/// Another process does the deed, and is killed at the point.
async fn die(app: &TestApp, point: &str, deed: Deed) {
    let part = Part {
        point: point.to_owned(),
        deed,
        now: app.clock.now(),
        database: app.database_url(),
        ring: app.ring_path().display().to_string(),
        sink: app.sink.url(),
    };
    let part = serde_json::to_string(&part).unwrap();
    let mut victim = OtherProcess::start("kills::victim", (PART, part.as_ref()));
    let ended = tokio::task::spawn_blocking(move || (victim.wait(), victim.errors()));
    let (ended, errors) = ended.await.unwrap(); // meanwhile the sink takes its mail
    assert_eq!(ended.signal(), Some(9), "it never came to {point}: {errors}");
}

/// Run by the test above as a process of its own.
#[tokio::test]
#[ignore = "a part of other tests"]
async fn victim() {
    let part: Part = serde_json::from_str(&std::env::var(PART).unwrap()).unwrap();
    let db = Db::away();
    db.reached(part.database.parse().unwrap(), 4);
    let ring = KeyRing::load(part.ring.as_ref()).unwrap();
    let _armed = fail::arm(&part.point, Action::Abort).unwrap();

    match part.deed {
        Deed::Declare { id, by } => {
            let press = Declaration { id, kind: Kind::Real, level: 3, by };
            incidents::declare(&db, press, part.now).await.unwrap();
        }
        Deed::Answer { delivery } => {
            answers::answer(&db, delivery, Answer::Have, part.now).await.unwrap();
        }
        Deed::Merge { incident, into, by, id } => {
            merge(&db, (incident, into), (by, id), part.now).await;
        }
        Deed::Part { incident, by, id } => {
            incidents::unmerge(&db, incident, id, by, part.now).await.unwrap();
        }
        Deed::Tick { incident, by, id } => tick(&db, incident, (by, id), part.now).await,
        Deed::Agent(heard) => heard.take_in(&db, &ring, part.now).await,
        Deed::Page => {
            let clock = Clock::standing_at(START);
            clock.advance(part.now - START);
            let mailer = Mailer::from_url(&part.sink, "muster@example.org", None).unwrap();
            let links = Links::new(ring.clone(), "http://muster.test");
            let mail = MailSource::of_page(ring, None).given(mailer);
            let (pulse, worked) = (Pulse::default(), Pulse::default());
            let toolbox = Toolbox { db, clock, links, mail, pulse, worked };
            while turn(&toolbox).await.unwrap() > 0 {}
        }
    }
}
