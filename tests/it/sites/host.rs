//! A host whose agent has joined, and what it says when a test has it speak.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::Request;
use muster::agent::Place;
use muster::agent::joined::{self as agent, Identity};
use muster::domain::agent::facts::Facts;
use muster::domain::agent::wire::{Report, SIGNATURE_HEADER, SITE_HEADER, signed};
use muster::domain::id::{RunId, SiteId};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::macros::datetime;

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};
use crate::support::sites::{add, code};

/// Where an agent without `agent.toml` keeps its things.
pub(super) fn place(state: &Path) -> Place {
    Place { config: state.join("agent.toml"), state: state.to_owned(), search: "/usr/bin".into() }
}

/// A host with an agent.
pub(crate) struct Host {
    state: Arc<TempDir>,
    identity: Arc<Identity>,
    run: RunId,
    path: String,
}

impl Host {
    /// Joins a new site.
    pub(crate) async fn join(owner: &Browser, name: &str) -> Host {
        let path = add(owner, name).await;
        Host::at(owner, path).await
    }

    async fn at(owner: &Browser, path: String) -> Host {
        let state = tempfile::tempdir().unwrap();
        let identity = agent::join(&code(owner, &path).await, state.path()).await.unwrap();
        let run = RunId::new(datetime!(2026-11-14 02:12 UTC));
        Host { state: Arc::new(state), identity: Arc::new(identity), run, path }
    }

    /// Another agent takes the place of this one.
    pub(crate) async fn joined_anew(&self, owner: &Browser) -> Host {
        Host::at(owner, self.path.clone()).await
    }

    /// Another process of the same agent.
    pub(crate) fn again(&self) -> Host {
        let run = RunId::new(datetime!(2026-11-14 02:13 UTC));
        Host {
            state: self.state.clone(),
            identity: self.identity.clone(),
            run,
            path: self.path.clone(),
        }
    }

    pub(crate) fn state(&self) -> &Path {
        self.state.path()
    }

    pub(crate) fn site(&self) -> SiteId {
        self.identity.joined.site
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.path)
    }

    pub(crate) async fn page(&self, browser: &Browser) -> String {
        browser.get(&self.path).await.body
    }

    /// The process that speaks.
    pub(crate) fn run(&self) -> RunId {
        self.run
    }

    /// Something that its agent signed behind a prefix.
    pub(crate) fn sealed(&self, prefix: &[u8], what: &Value) -> Value {
        let document = serde_json::to_vec(what).unwrap();
        let signature = self.identity.key.sign(&[prefix, &document].concat());
        let (document, signature) =
            (URL_SAFE_NO_PAD.encode(document), URL_SAFE_NO_PAD.encode(signature));
        json!({ "document": document, "signature": signature })
    }

    /// What it would report.
    pub(crate) fn report(&self) -> String {
        let sent_at = datetime!(2026-11-14 02:12 UTC);
        serde_json::to_string(&Report { run: self.run, sent_at, facts: Facts::default() }).unwrap()
    }

    pub(crate) async fn nonce(&self, app: &TestApp) -> String {
        let hello = format!("{{\"site\":\"{}\"}}", self.site());
        let said = app.browser().send(Request::post("/agent/hello"), hello).await.body;
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        said["nonce"].as_str().unwrap().to_owned()
    }

    /// Says this, well signed.
    pub(crate) async fn say(&self, app: &TestApp, path: &str, body: &str) -> Answer {
        let nonce = self.nonce(app).await;
        self.send(app, path, (self.site(), &nonce), (body, body)).await
    }

    /// Reports over this nonce.
    pub(crate) async fn say_over(&self, app: &TestApp, nonce: &str, body: &str) -> Answer {
        self.send(app, "/agent/report", (self.site(), nonce), (body, body)).await
    }

    /// Reports in the name of a site.
    pub(crate) async fn say_as(&self, app: &TestApp, site: SiteId, body: &str) -> Answer {
        let nonce = self.nonce(app).await;
        self.send(app, "/agent/report", (site, &nonce), (body, body)).await
    }

    /// Reports what it signs otherwise.
    pub(crate) async fn say_signing(&self, app: &TestApp, body: &str, signs: &str) -> Answer {
        let nonce = self.nonce(app).await;
        self.send(app, "/agent/report", (self.site(), &nonce), (body, signs)).await
    }

    async fn send(
        &self,
        app: &TestApp,
        path: &str,
        (site, nonce): (SiteId, &str),
        (body, signs): (&str, &str),
    ) -> Answer {
        let signature = self.identity.key.sign(&signed(path, nonce, signs.as_bytes()));
        let request = Request::post(path)
            .header(SITE_HEADER, site.to_string())
            .header(SIGNATURE_HEADER, URL_SAFE_NO_PAD.encode(signature));
        app.browser().send(request, body.to_owned()).await
    }
}
