//! The report after an incident, through the router: begun, written together, published.

mod begun;
mod items;
mod lists;
mod written;

use hyper::StatusCode;
use muster::actions::entries::{self, Written};
use muster::domain::id::{EntryId, IncidentId};
use muster::domain::incident::Kind;
use muster::domain::rights::Rights;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};
use crate::support::form;

/// An incident that Ada closed, and her report.
struct Desk {
    app: TestApp,
    ada: Browser,
    id: IncidentId,
}

impl Desk {
    /// A real one of level 2: 40 minutes down, watched for 20, with one starred note.
    async fn closed() -> Desk {
        let desk = Desk::declared(Kind::Real).await;
        desk.close().await;
        desk
    }

    async fn declared(kind: Kind) -> Desk {
        let (app, ada) = TestApp::on_plan().await;
        let id = app.declare(kind, 2).await;
        app.mails().await;
        Desk { app, ada, id }
    }

    async fn close(&self) {
        let me = self.app.person("ada-lovelace").await.to_string();
        self.press("/command", &[("person", &me)]).await;
        self.note("Storage of db1 is <b>gone</b>").await;
        self.press("/phase", &[("step", "recovering")]).await;
        self.press("/affected", &[("press", "down function.booking")]).await;
        self.app.clock.advance(Duration::minutes(40));
        self.press("/affected", &[("press", "restored function.booking")]).await;
        self.press("/phase", &[("step", "stable")]).await;
        self.app.clock.advance(Duration::minutes(20));
        self.app.check_all(self.id).await;
        self.press("/phase", &[("step", "close")]).await;
        self.app.mails().await;
    }

    /// A note that belongs into the report.
    async fn note(&self, text: &str) {
        let (by, now) = (self.app.person("ada-lovelace").await, self.app.clock.now());
        let written = Written { id: EntryId::new(now), text: text.to_owned(), occurred_at: None };
        let seq = entries::note(&self.app.db, self.id, written, by, now).await.unwrap();
        self.press("/stars", &[("star", &seq.to_string())]).await;
    }

    async fn press(&self, rest: &str, fields: &[(&str, &str)]) {
        let path = format!("/incidents/{}{rest}", self.id);
        let answer = self.ada.post(&path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{rest} {fields:?}: {}", answer.body);
    }

    fn path(&self, rest: &str) -> String {
        format!("/postmortems/{}{rest}", self.id)
    }

    async fn page(&self, rest: &str) -> String {
        let answer = self.ada.get(&self.path(rest)).await;
        assert_eq!(answer.status, StatusCode::OK, "{rest}: {}", answer.body);
        answer.body
    }

    async fn post(&self, browser: &Browser, rest: &str, fields: &[(&str, &str)]) -> Answer {
        browser.post(&self.path(rest), fields).await
    }

    /// Ada presses, and it is done.
    async fn done(&self, rest: &str, fields: &[(&str, &str)]) {
        let answer = self.post(&self.ada, rest, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{rest} {fields:?}: {}", answer.body);
    }

    async fn refused(&self, rest: &str, fields: &[(&str, &str)], status: StatusCode) -> String {
        let answer = self.post(&self.ada, rest, fields).await;
        assert_eq!(answer.status, status, "{rest} {fields:?}: {}", answer.body);
        answer.body
    }

    async fn state(&self, state: &str) {
        self.done("/state", &[("state", state)]).await;
    }

    async fn priya(&self) -> Browser {
        let rights = Rights::from_names(["respond"]).unwrap();
        self.app.account_of("priya-raghunathan", "priya@muster.test", rights).await;
        self.app.signed_in("priya@muster.test").await
    }

    /// The fields of a form of a page, untouched.
    async fn form(&self, page: &str, action: &str) -> Vec<(String, String)> {
        form::fields(&self.page(page).await, &self.path(action))
    }

    async fn count(&self, what: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("select count(*) from {what}"));
        sqlx::query_scalar(sql).fetch_one(self.app.db.pool().unwrap()).await.unwrap()
    }
}

/// The form with some fields typed anew, and a button pressed.
fn typed<'a>(
    form: &'a [(String, String)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept = kept.filter(|(name, _)| *name != "csrf" && !changes.iter().any(|(n, _)| n == name));
    kept.chain(changes.iter().copied()).collect()
}
