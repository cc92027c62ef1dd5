//! What can be pressed, drawn by chance, with the private mark in every private word.

use bytes::Bytes;
use muster::actions::entries::Written;
use muster::actions::incidents::{self, Declaration, Edit, Facts, Step};
use muster::actions::publishing::{self, Start};
use muster::actions::tasks::Charge;
use muster::actions::{ActionResult, clocks, entries, plans, tasks, tellings};
use muster::db::Db;
use muster::domain::id::{EntryId, IncidentId, PersonId};
use muster::domain::incident::{Incident, Kind, Outage};
use muster::domain::rights::Rights;
use muster::publish::State;
use muster::store;
use muster::store::incidents::Search;
use proptest::prelude::{Just, Strategy, any as anything, prop_oneof};
use proptest::sample::select;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::support::app::TestApp;

/// One press; the first number chooses the incident.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Declare(bool, u8),
    Wait(i64),
    Undo(u8),
    Raise(u8, u8),
    Lower(u8, u8),
    Command(u8),
    Down(u8, &'static str),
    Restore(u8, &'static str),
    Note(u8),
    Decision(u8),
    Task(u8),
    Edit(u8),
    Publish(u8, Option<u8>, u8),
    Tell(u8, &'static str),
    Step(u8, Step),
}

const KEYS: [&str; 6] = [
    "component.booking",
    "component.database",
    "component.api",
    "function.sign-in",
    "function.booking",
    "incident",
];
const AUDIENCES: [&str; 4] = ["technical-team", "management", "stakeholders", "users"];
const STEPS: [Step; 5] =
    [Step::Recovering, Step::Stable, Step::Close, Step::Reopen, Step::FalseAlarm];

pub(super) fn any() -> impl Strategy<Value = Deed> {
    let which = || 0..4_u8;
    let level = || 1..=4_u8;
    prop_oneof![
        3 => (anything::<bool>(), level()).prop_map(|(drill, level)| Deed::Declare(drill, level)),
        3 => (0..40_i64).prop_map(Deed::Wait),
        1 => which().prop_map(Deed::Undo),
        1 => (which(), level()).prop_map(|(n, level)| Deed::Raise(n, level)),
        1 => (which(), level()).prop_map(|(n, level)| Deed::Lower(n, level)),
        1 => which().prop_map(Deed::Command),
        3 => (which(), select(KEYS.to_vec())).prop_map(|(n, key)| Deed::Down(n, key)),
        2 => (which(), select(KEYS.to_vec())).prop_map(|(n, key)| Deed::Restore(n, key)),
        1 => which().prop_map(Deed::Note),
        1 => which().prop_map(Deed::Decision),
        1 => which().prop_map(Deed::Task),
        1 => which().prop_map(Deed::Edit),
        6 => (which(), proptest::option::of(0..4_u8), 0..3_u8)
            .prop_map(|(n, corrects, state)| Deed::Publish(n, corrects, state)),
        1 => (which(), select(AUDIENCES.to_vec())).prop_map(|(n, key)| Deed::Tell(n, key)),
        3 => (which(), select(STEPS.to_vec())).prop_map(|(n, step)| Deed::Step(n, step)),
        1 => Just(Deed::Wait(0)),
    ]
}

/// Ada, whose name is private, and all that she declared.
pub(super) struct Players {
    pub(super) app: TestApp,
    ada: PersonId,
}

impl Players {
    pub(super) async fn on(plan: &str) -> Players {
        let app = TestApp::new().await;
        app.account("Ada Xq7", "ada@example.org", Rights::all()).await;
        plans::import(&app.db, plan, None, None, app.clock.now()).await.unwrap();
        let ada = app.person("ada-xq7").await;
        Players { app, ada }
    }

    pub(super) async fn end(self) {
        self.app.end().await;
    }

    /// Fires what is due.
    pub(super) async fn settle(&self) {
        while clocks::fire_due(&self.app.db, self.app.clock.now()).await.unwrap() > 0 {}
    }

    pub(super) async fn touches_drill(&self, deed: &Deed) -> bool {
        let which = match deed {
            Deed::Declare(drill, _) => return *drill,
            Deed::Wait(_) => return false,
            Deed::Undo(n) | Deed::Command(n) | Deed::Note(n) | Deed::Decision(n) => n,
            Deed::Task(n) | Deed::Edit(n) | Deed::Raise(n, _) | Deed::Lower(n, _) => n,
            Deed::Down(n, _) | Deed::Restore(n, _) | Deed::Publish(n, ..) => n,
            Deed::Tell(n, _) | Deed::Step(n, _) => n,
        };
        self.incident(*which).await.is_some_and(|incident| incident.is_drill())
    }

    /// Presses it, and says whether it was done.
    pub(super) async fn play(&self, deed: &Deed) -> bool {
        let (db, ada, now) = (&self.app.db, self.ada, self.app.clock.now());
        match *deed {
            Deed::Declare(drill, level) => {
                let kind = if drill { Kind::Drill } else { Kind::Real };
                let id = IncidentId::new(now);
                let declaration = Declaration { id, kind, level, by: ada };
                let done = incidents::declare(db, declaration, now).await.is_ok();
                let title = format!("update incidents set title = 'Xq7 {id}' where id = '{id}'");
                self.app.tamper(&title).await;
                done
            }
            Deed::Wait(minutes) => {
                self.app.clock.advance(Duration::minutes(minutes));
                true
            }
            Deed::Undo(n) => {
                self.on_one(n, async |id| incidents::undo(db, id, ada, now).await).await
            }
            Deed::Raise(n, level) => {
                self.on_one(n, async |id| incidents::raise(db, id, level, ada, now).await).await
            }
            Deed::Lower(n, level) => {
                let lower = async |id| incidents::lower(db, id, level, "Xq7", ada, now).await;
                self.on_one(n, lower).await
            }
            Deed::Command(n) => {
                self.on_one(n, async |id| incidents::command(db, id, ada, ada, now).await).await
            }
            Deed::Down(n, key) => {
                self.on_one(n, async |id| down(db, id, key, ada, now).await).await
            }
            Deed::Restore(n, key) => {
                self.on_one(n, async |id| incidents::restore(db, id, key, ada, now).await).await
            }
            Deed::Note(n) => {
                self.on_one(n, async |id| entries::note(db, id, words(now), ada, now).await).await
            }
            Deed::Decision(n) => {
                self.on_one(n, async |id| entries::decision(db, id, words(now), ada, now).await)
                    .await
            }
            Deed::Task(n) => {
                let charge = Charge { person: ada, minutes: Some(30) };
                let give = async |id| tasks::give(db, id, words(now), charge, ada, now).await;
                self.on_one(n, give).await
            }
            Deed::Edit(n) => self.edit(n, now).await,
            Deed::Publish(n, corrects, state) => self.publish(n, corrects, state, now).await,
            Deed::Tell(n, key) => {
                let id = Uuid::from_u128(EntryId::new(now).0.as_u128());
                let tell = async |incident| tellings::told(db, incident, id, key, ada, now).await;
                self.on_one(n, tell).await
            }
            Deed::Step(n, step) => self.step(n, step, now).await,
        }
    }

    /// Moves the phase, with the checklist gone through.
    async fn step(&self, n: u8, step: Step, now: OffsetDateTime) -> bool {
        if let Some(open) = self.incident(n).await.filter(|one| one.is_open()) {
            self.app.check_all(open.id).await;
        }
        let (db, ada) = (&self.app.db, self.ada);
        self.on_one(n, async |id| incidents::step(db, id, step, ada, now).await).await
    }

    async fn on_one<T>(
        &self,
        n: u8,
        deed: impl AsyncFnOnce(IncidentId) -> ActionResult<T>,
    ) -> bool {
        let Some(incident) = self.incident(n).await else { return false };
        deed(incident.id).await.is_ok()
    }

    async fn edit(&self, n: u8, now: OffsetDateTime) -> bool {
        let Some(old) = self.incident(n).await else { return false };
        let was = Facts::of(&old);
        let is = Facts {
            title: "Xq7 again".to_owned(),
            impact_start: old.impact_start - Duration::minutes(1),
            impact_confirmed: true,
            ..was.clone()
        };
        incidents::edit(&self.app.db, old.id, Edit { was, is }, self.ada, now).await.is_ok()
    }

    async fn publish(&self, n: u8, corrects: Option<u8>, state: u8, now: OffsetDateTime) -> bool {
        let Some(incident) = self.incident(n).await else { return false };
        let desk = publishing::desk(&self.app.db, incident.id, self.ada).await.unwrap();
        let old = corrects.and_then(|place| desk.said.get(usize::from(place)));
        let start = old.map_or(Start::Prepared, |said| Start::Corrected(said.post.id));
        let mut update = desk.begin(start, now);
        update.words = "Yw3: we are at work on it.".to_owned();
        let state = State::ALL[usize::from(state)];
        update.states.values_mut().take(2).for_each(|stands| *stands = state);
        update.states.insert("database".to_owned(), State::Down);
        publishing::update(&self.app.db, incident.id, update, self.ada, now).await.is_ok()
    }

    async fn incident(&self, n: u8) -> Option<Incident> {
        let mut conn = self.app.db.pool().unwrap().acquire().await.unwrap();
        let all = store::incidents::search(&mut conn, &Search::default(), 4).await.unwrap();
        all.into_iter().nth(usize::from(n))
    }

    /// How many drills the public knows of.
    pub(super) async fn drills_in_public(&self) -> i64 {
        let sql = "select count(*) from incidents where kind = 'drill'
                   and id in (select id from public_incidents)";
        sqlx::query_scalar(sql).fetch_one(self.app.db.pool().unwrap()).await.unwrap()
    }

    /// Everything that the public is served, by memory and by folder.
    pub(super) async fn public_bytes(&self) -> Vec<(String, Bytes)> {
        let (db, published): (&Db, _) = (&self.app.db, &self.app.state.published);
        publishing::renew(db, published, self.app.clock.now()).await.unwrap().unwrap();
        let site = published.site();
        let served = site.files().map(|(path, file)| (path.to_owned(), file.bytes.clone()));
        served.chain(files(&self.app.status_folder())).collect()
    }
}

fn words(now: OffsetDateTime) -> Written {
    let text = "Xq7: db1 is on fire".to_owned();
    Written { id: EntryId::new(now), text, occurred_at: None }
}

fn files(folder: &std::path::Path) -> Vec<(String, Bytes)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => {
                let bytes = std::fs::read(&path).unwrap();
                found.push((path.display().to_string(), bytes.into()));
            }
        }
    }
    found
}

async fn down(
    db: &Db,
    id: IncidentId,
    key: &str,
    by: PersonId,
    now: OffsetDateTime,
) -> ActionResult<()> {
    incidents::declare_down(db, id, (key, Outage::Down), Some(now), by, now).await
}
