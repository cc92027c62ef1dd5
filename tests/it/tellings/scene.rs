//! An incident on the example plan, with audiences to be told.

use hyper::StatusCode;
use muster::actions::incidents::{self, Step};
use muster::actions::{clocks, tellings};
use muster::domain::id::{IncidentId, PersonId};
use muster::domain::incident::Kind;
use time::Duration;

use crate::support::app::{START, TestApp};
use crate::support::browser::{Answer, Browser};

pub(super) const FORM: &str = "01930000-0000-7000-8000-00000000f00";

pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) browser: Browser,
    pub(super) ada: PersonId,
    pub(super) id: IncidentId,
}

impl Scene {
    pub(super) async fn declared(kind: Kind, level: u8) -> Scene {
        let (app, browser) = TestApp::on_plan().await;
        let (ada, id) = (app.person("ada-lovelace").await, app.declare(kind, level).await);
        Scene { app, browser, ada, id }
    }

    /// Whom the plan wants told, and how many seconds after the declaration; first due first.
    pub(super) async fn dues(&self) -> Vec<(String, i64)> {
        let seen = tellings::read(&self.app.db, self.id).await.unwrap();
        let rows = seen.rows.iter().map(|row| (row.audience.key.clone(), row.due_at));
        let public = seen.by_page.iter().map(|page| ("(public)".to_owned(), page.due_at));
        let due = rows.chain(public).filter_map(|(key, at)| Some((key, at? - START)));
        let mut due: Vec<_> = due.map(|(key, after)| (key, after.whole_seconds())).collect();
        due.sort_by_key(|(key, after)| (*after, key.clone()));
        due
    }

    pub(super) async fn after(&self, minutes: i64) {
        self.app.clock.advance(START + Duration::minutes(minutes) - self.app.clock.now());
        while clocks::fire_due(&self.app.db, self.app.clock.now()).await.unwrap() > 0 {}
    }

    pub(super) async fn told(&self, form: &str, audience: &str) -> Answer {
        let fields = [("id", form), ("audience", audience)];
        self.browser.post(&self.path("/tellings"), &fields).await
    }

    pub(super) async fn tell(&self, number: u8, audience: &str) {
        let done = self.told(&format!("{FORM}{number}"), audience).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(done.location, self.path("/tellings"));
    }

    pub(super) async fn page(&self, rest: &str) -> String {
        let answer = self.browser.get(&self.path(rest)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/incidents/{}{rest}", self.id)
    }

    pub(super) async fn step(&self, step: Step) {
        let now = self.app.clock.now();
        incidents::step(&self.app.db, self.id, step, self.ada, now).await.unwrap();
    }
}
