//! An incident on the example plan, a mail sink, and a worker that is turned by hand.

use muster::actions::mail_source::MailSource;
use muster::actions::{ActionError, DEADLINE, paging};
use muster::clock::Clock;
use muster::db::Db;
use muster::domain::id::{DeliveryId, IncidentId, MethodId, PersonId};
use muster::domain::incident::{Incident, Kind, Phase};
use muster::domain::plan;
use muster::domain::plan::document::PlanFile;
use muster::notify::Mailer;
use muster::secrets::KeyRing;
use muster::store;
use muster::worker::{Toolbox, turn};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::support::cluster::Cluster;
use crate::support::smtp::Sink;

const START: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

pub(super) struct Scene {
    pub(super) toolbox: Toolbox,
    pub(super) sink: Sink,
    file: PlanFile,
    incident: Incident,
}

impl Scene {
    /// An incident is declared; its pages leave at minute 0, which is 10 s away.
    pub(super) async fn declared(database: &str, level: u8) -> Scene {
        let cluster = Cluster::shared().await;
        cluster.create_database(database).await;
        let db = Db::away();
        db.reached(cluster.options(database), 8);
        store::migrations::apply(db.pool().unwrap()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::create(&folder.path().join("ring"), START).unwrap();
        let sink = Sink::start().await;
        let mailer = Mailer::from_url(&sink.url(), "muster@example.org", None).unwrap();
        let toolbox = Toolbox {
            db,
            clock: Clock::standing_at(START - Duration::seconds(10)),
            links: paging::Links::new(ring.clone(), "https://muster.example.org"),
            mail: MailSource::of_page(ring, None).given(mailer),
        };
        let text = include_str!("../../../plans/labitory.toml");
        let (file, _) = plan::parse(text).unwrap();
        let incident = begin(&toolbox, &file, level).await;
        Scene { toolbox, sink, file, incident }
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.toolbox.clock.now()
    }

    pub(super) fn advance_to(&self, minute: i64) {
        self.toolbox.clock.advance(START + Duration::minutes(minute) - self.now());
    }

    /// Turns the worker until nothing is left to do; who was mailed meanwhile, in order.
    pub(super) async fn mailed(&self) -> Vec<String> {
        while turn(&self.toolbox).await.unwrap() > 0 {}
        let mut to: Vec<_> = self.sink.take_mails().into_iter().flat_map(|mail| mail.to).collect();
        to.sort();
        to
    }

    pub(super) async fn withdraw(&self) {
        let now = self.now();
        let deed =
            async |conn: &mut sqlx::PgConnection| paging::withdraw(conn, &self.incident, now).await;
        self.toolbox.db.transaction(DEADLINE, deed).await.unwrap();
    }

    pub(super) fn holders(&self, role: &str) -> [String; 2] {
        let keys = &self.file.plan.role(role).unwrap().holders;
        let found: Vec<_> = keys.iter().take(2).map(|key| self.mail(key)).collect();
        found.try_into().unwrap()
    }

    pub(super) fn expected_of_level_1(&self) -> [(i64, Vec<String>); 5] {
        let [first, second] = self.holders("on-call-engineer");
        let both = sorted(vec![first.clone(), second.clone()]);
        let owner = self.mail(&self.file.plan.document.owner);
        let mut everybody = sorted(vec![first.clone(), second, owner]);
        everybody.dedup();
        [(0, vec![first]), (5, both.clone()), (10, both), (15, everybody), (30, vec![])]
    }

    pub(super) async fn delivery_to(&self, address: &str) -> DeliveryId {
        let newest = "select id from deliveries where address = $1 order by send_at desc limit 1";
        let pool = self.toolbox.db.pool().unwrap();
        let id: uuid::Uuid =
            sqlx::query_scalar(newest).bind(address).fetch_one(pool).await.unwrap();
        DeliveryId(id)
    }

    fn mail(&self, key: &str) -> String {
        let person = self.file.people.iter().find(|person| person.key == key).unwrap();
        let mail = person.contact.iter().find(|contact| contact.channel == "mail").unwrap();
        mail.address.clone()
    }
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

async fn begin(toolbox: &Toolbox, file: &PlanFile, level: u8) -> Incident {
    let now = toolbox.clock.now();
    let deed = async |conn: &mut sqlx::PgConnection| {
        for person in &file.people {
            let row = store::people::Person {
                id: PersonId::new(now),
                key: person.key.clone(),
                name: person.name.clone(),
                title: String::new(),
                zone: String::new(),
                disabled_at: None,
            };
            store::people::insert(conn, &row, now).await?;
            for contact in &person.contact {
                let method = store::people::Method {
                    id: MethodId::new(now),
                    person: row.id,
                    channel: contact.channel.clone(),
                    address: contact.address.clone(),
                    rank: i16::from(contact.rank),
                    verified_at: None,
                    failing_since: None,
                };
                store::people::insert_method(conn, &method, now).await?;
            }
        }
        let revision = store::plans::NewRevision {
            number: 1,
            document: &plan::document_bytes(&file.plan),
            digest: &[0; 32],
            format: 1,
            author: None,
            approved_by: "",
            note: "",
        };
        store::plans::insert(conn, &revision, now).await?;
        let by = store::people::find_by_key(conn, &file.plan.document.owner).await?.unwrap().id;
        let incident = incident(by, level, now);
        store::incidents::insert(conn, &incident).await?;
        store::streams::create(conn, incident.stream(), "incident").await?;
        let roles = &file.plan.level(level).unwrap().pages;
        paging::begin(conn, &incident, &file.plan, roles, START, now).await?;
        Ok::<_, ActionError>(incident)
    };
    toolbox.db.transaction(DEADLINE, deed).await.unwrap()
}

fn incident(by: PersonId, level: u8, now: OffsetDateTime) -> Incident {
    Incident {
        id: IncidentId::new(now),
        kind: Kind::Real,
        level,
        phase: Phase::Declared,
        revision: 1,
        title: "Booking database refuses writes".to_owned(),
        public_title: String::new(),
        impact_start: now,
        impact_confirmed: false,
        detected_at: None,
        declared_at: now,
        declared_by: by,
        answered_at: None,
        recovered_at: None,
        phase_since: now,
        ended_at: None,
        reopened_at: None,
        commander: None,
        commander_since: None,
        held_until: Some(START),
        raised_from: None,
        version: 1,
    }
}
