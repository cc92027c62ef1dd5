//! An incident, and the people at it.

use hyper::StatusCode;
use muster::domain::id::{EntryId, IncidentId, PersonId};
use muster::domain::incident::Kind;
use muster::domain::rights::Rights;
use time::Duration;

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};

/// A declared incident, and Ada who owns the installation.
pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) ada: Browser,
    pub(super) id: IncidentId,
}

impl Scene {
    /// A real one, whose hold is over.
    pub(super) async fn at_level(level: u8) -> Scene {
        let scene = Scene::declared(Kind::Real, level).await;
        scene.app.clock.advance(Duration::seconds(11));
        scene
    }

    pub(super) async fn declared(kind: Kind, level: u8) -> Scene {
        let (app, ada) = TestApp::on_plan().await;
        let id = app.declare(kind, level).await;
        Scene { app, ada, id }
    }

    /// A browser of somebody of the plan's roster.
    pub(super) async fn signed_in(&self, key: &str, rights: &str) -> (Browser, PersonId) {
        let rights = Rights::from_names(rights.split(',')).unwrap();
        let email = format!("{key}@muster.test");
        self.app.account_of(key, &email, rights).await;
        (self.app.signed_in(&email).await, self.app.person(key).await)
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/incidents/{}{rest}", self.id)
    }

    pub(super) async fn page(&self, browser: &Browser, rest: &str) -> String {
        let answer = browser.get(&self.path(rest)).await;
        assert_eq!(answer.status, StatusCode::OK, "{rest}: {}", answer.body);
        answer.body
    }

    pub(super) async fn now(&self) -> String {
        self.page(&self.ada, "").await
    }

    pub(super) async fn post(
        &self,
        browser: &Browser,
        rest: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        browser.post(&self.path(rest), fields).await
    }

    /// Ada presses, and it is done.
    pub(super) async fn press(&self, rest: &str, fields: &[(&str, &str)]) {
        let answer = self.post(&self.ada, rest, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{rest} {fields:?}: {}", answer.body);
    }

    /// What a form is refused with.
    pub(super) async fn refused(&self, rest: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(&self.ada, rest, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{rest} {fields:?}");
        assert!(answer.body.contains("<title>Error: "), "{}", answer.body);
        answer
    }

    /// Identity for a form that makes something.
    pub(super) fn fresh_id(&self) -> String {
        EntryId::new(self.app.clock.now()).to_string()
    }

    /// How many entries of a kind there are.
    pub(super) async fn count(&self, kind: &str) -> i64 {
        let pool = self.app.db.pool().unwrap();
        let count = "select count(*) from entries where stream = $1 and kind = $2";
        sqlx::query_scalar(count).bind(self.id.0).bind(kind).fetch_one(pool).await.unwrap()
    }
}

/// The fields of the form that posts to `action`, as a browser would send them untouched.
pub(super) fn form(html: &str, action: &str) -> Vec<(String, String)> {
    let start = html.find(&format!("action=\"{action}\"")).expect(action);
    let form = html[start..].split("</form>").next().unwrap();
    let mut fields = Vec::new();
    for tag in form.split('<').filter(|tag| tag.starts_with("input") || tag.starts_with("textarea"))
    {
        let Some(name) = attribute(tag, "name") else { continue };
        let value = match tag.strip_prefix("textarea") {
            Some(rest) => rest.split_once(">\n").map(|(_, text)| text.to_owned()),
            None => attribute(tag, "value"),
        };
        let box_ = tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
        if name != "csrf" && (!box_ || tag.contains(" checked")) {
            fields.push((name, unescaped(&value.unwrap_or_default())));
        }
    }
    fields
}

/// The form with some fields typed anew.
pub(super) fn typed<'a>(
    form: &'a [(String, String)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept = kept.filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    kept.chain(changes.iter().copied()).collect()
}

/// What a page says of a person, a task or a function: the words of one list item.
pub(super) fn item<'a>(html: &'a str, words: &str) -> &'a str {
    let items = html.split("<li class=").skip(1);
    items.map(|item| item.split("</li>").next().unwrap()).find(|i| i.contains(words)).expect(words)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(str::to_owned)
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}
