//! Declaring on the whole plan, with a database of its own.

use muster::actions::ActionError;
use muster::actions::entries::{self, Written};
use muster::actions::incidents::{Declaration, DeclaredOutcome, declare, undo};
use muster::db::Db;
use muster::domain::id::{EntryId, IncidentId, PersonId};
use muster::domain::incident::{Kind, Phase};
use muster::domain::plan;
use muster::store;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::support::cluster::Cluster;

const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

async fn scene(name: &str) -> (Db, PersonId) {
    let cluster = Cluster::shared().await;
    cluster.create_database(name).await;
    let db = Db::away();
    db.reached(cluster.options(name), 4);
    store::migrations::apply(db.pool().unwrap()).await.unwrap();
    let mut conn = db.pool().unwrap().acquire().await.unwrap();
    let (id, text) = (PersonId::new(NOW), include_str!("../../plans/labitory.toml"));
    let person = store::people::Person {
        id,
        key: "ada".to_owned(),
        name: "Ada".to_owned(),
        title: String::new(),
        zone: String::new(),
        disabled_at: None,
        version: 1,
    };
    store::people::insert(&mut conn, &person, NOW).await.unwrap();
    let document = plan::document_bytes(&plan::parse(text).unwrap().0.plan);
    let revision = store::plans::NewRevision {
        number: 1,
        document: &document,
        digest: &[0; 32],
        format: 1,
        author: None,
        approved_by: "",
        note: "",
        changes: 0,
    };
    store::plans::insert(&mut conn, &revision, NOW).await.unwrap();
    (db, id)
}

async fn entries_of(db: &Db, id: IncidentId) -> usize {
    let mut conn = db.pool().unwrap().acquire().await.unwrap();
    let stream = store::incidents::find(&mut conn, id).await.unwrap().unwrap().stream();
    store::streams::after(&mut conn, stream, 0, 100).await.unwrap().len()
}

#[tokio::test]
async fn a_second_press_is_the_same_incident_and_other_content_is_refused() {
    let (db, by) = scene("declaring_twice").await;
    let press = Declaration { id: IncidentId::new(NOW), kind: Kind::Real, level: 3, by };

    assert!(matches!(declare(&db, press, NOW).await.unwrap(), DeclaredOutcome::New(_)));
    assert!(matches!(declare(&db, press, NOW).await.unwrap(), DeclaredOutcome::Already(_)));
    let other = Declaration { level: 4, ..press };
    assert!(matches!(declare(&db, other, NOW).await, Err(ActionError::Refused(_))));
    assert_eq!(entries_of(&db, press.id).await, 1);
}

#[tokio::test]
async fn a_declaration_undone_in_time_is_a_false_alarm_with_no_clock_left() {
    let (db, by) = scene("declaring_undone").await;
    let press = Declaration { id: IncidentId::new(NOW), kind: Kind::Real, level: 3, by };
    declare(&db, press, NOW).await.unwrap();

    let incident = undo(&db, press.id, by, NOW + Duration::seconds(9)).await.unwrap();
    assert_eq!(incident.phase, Phase::FalseAlarm);
    let mut conn = db.pool().unwrap().acquire().await.unwrap();
    assert_eq!(store::clocks::open(&mut conn, press.id).await.unwrap(), []);
    assert_eq!(entries_of(&db, press.id).await, 2);
}

#[tokio::test]
async fn a_note_sent_twice_stands_once() {
    let (db, by) = scene("declaring_notes").await;
    let press = Declaration { id: IncidentId::new(NOW), kind: Kind::Drill, level: 1, by };
    declare(&db, press, NOW).await.unwrap();
    let text = "disk is full".to_owned();
    let written = Written { id: EntryId::new(NOW), text, occurred_at: None };

    let first = entries::note(&db, press.id, written.clone(), by, NOW).await.unwrap();
    assert_eq!(entries::note(&db, press.id, written.clone(), by, NOW).await.unwrap(), first);
    let other = Written { text: "other words".to_owned(), ..written };
    let refused = entries::note(&db, press.id, other, by, NOW).await;
    assert!(matches!(refused, Err(ActionError::Invalid(_))));
    assert_eq!(entries_of(&db, press.id).await, 2);
}
