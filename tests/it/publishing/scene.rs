//! An incident on the example plan, and the form that writes for the public.

use std::collections::BTreeMap;

use hyper::StatusCode;
use muster::actions::{clocks, publishing};
use muster::domain::id::{IncidentId, PersonId};
use muster::domain::incident::Kind;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};

pub(super) const ID: &str = "01930000-0000-7000-8000-00000000d001";
pub(super) const OTHER_ID: &str = "01930000-0000-7000-8000-00000000d002";

pub(super) type Fields = BTreeMap<String, String>;

pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) browser: Browser,
    pub(super) ada: PersonId,
    pub(super) id: IncidentId,
}

impl Scene {
    /// Declared just now; grave ones are held.
    pub(super) async fn declared(kind: Kind, level: u8) -> Scene {
        let (app, browser) = TestApp::on_plan().await;
        let (ada, id) = (app.person("ada-lovelace").await, app.declare(kind, level).await);
        Scene { app, browser, ada, id }
    }

    /// Declared, and the hold is over.
    pub(super) async fn open(kind: Kind, level: u8) -> Scene {
        let scene = Scene::declared(kind, level).await;
        scene.app.clock.advance(Duration::seconds(10));
        while clocks::fire_due(&scene.app.db, scene.app.clock.now()).await.unwrap() > 0 {}
        scene
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/incidents/{}{rest}", self.id)
    }

    pub(super) async fn form(&self) -> String {
        let answer = self.browser.get(&self.path("/update")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    /// What the form holds, with these words and a known identity.
    pub(super) fn fields(&self, form: &str, words: &str) -> Fields {
        let mut fields = Fields::new();
        for name in ["after", "corrects", "title", "next_by"] {
            if form.contains(&format!("name=\"{name}\"")) {
                fields.insert(name.to_owned(), value(form, name));
            }
        }
        for seen in form.split("name=\"was.component.").skip(1) {
            let name = format!("was.component.{}", seen.split('"').next().unwrap());
            let stands = value(form, &name);
            fields.insert(name, stands);
        }
        for select in form.split("<select ").skip(1) {
            let name = select.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
            let chosen = select.split("\" selected").next().unwrap().rsplit('"').next().unwrap();
            fields.insert(name.to_owned(), chosen.to_owned());
        }
        fields.insert("id".to_owned(), ID.to_owned());
        fields.insert("words".to_owned(), words.to_owned());
        fields
    }

    pub(super) async fn press(&self, press: &str, fields: &Fields) -> Answer {
        self.press_as(&self.browser, press, fields).await
    }

    pub(super) async fn press_as(&self, browser: &Browser, press: &str, fields: &Fields) -> Answer {
        let mut fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("press", press));
        browser.post(&self.path("/update"), &fields).await
    }

    pub(super) async fn publish(&self, fields: &Fields) {
        let done = self.press("publish", fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    }

    /// The status page as it is served once it was renewed.
    pub(super) async fn status(&self) -> String {
        let (db, published) = (&self.app.db, &self.app.state.published);
        publishing::renew(db, published, self.app.clock.now()).await.unwrap().unwrap();
        self.app.browser().get("/status").await.body
    }
}

/// What a field of a page holds.
pub(super) fn value(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\"")).unwrap();
    let tag = rest.split('>').next().unwrap();
    let value = tag.split_once("value=\"").map(|(_, rest)| rest.split('"').next().unwrap());
    value.unwrap_or_default().replace("&#38;", "&")
}

/// The public section of an incident, without the number that a new one has not yet.
pub(super) fn section(page: &str) -> String {
    let start = page.find("<section class=\"sheet\" aria-labelledby=\"incident-").unwrap();
    let rest = &page[start..];
    rest[..rest.find("</section>").unwrap()].to_owned()
}
