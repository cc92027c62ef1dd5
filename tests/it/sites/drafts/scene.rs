//! A host with clusters of all sorts, what is pressed on its pages, and what its agent says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;
use muster::secrets::signature_holds;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use crate::sites::host::Host;
use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};

pub(super) const ID: &str = "01930000-0000-7000-8000-00000000c001";
pub(super) const DATA: &str = "/var/lib/postgresql/15/main";

/// A host with one cluster that is free, and several that are not.
pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) ada: Browser,
    pub(super) host: Host,
}

pub(super) fn cluster(data_dir: &str, owner: &str) -> Value {
    json!({"data_dir": data_dir, "port": 5432, "version": "15", "owner": owner, "running": true,
        "socket": "/var/run/postgresql", "unit": "postgresql@15-main.service",
        "archiving": {"mode": "off", "command": "/bin/true", "timeout": 0, "wal_level": "replica"}})
}

impl Scene {
    pub(super) async fn new() -> Scene {
        let (app, ada) = TestApp::on_plan().await;
        let host = Host::join(&ada, "db1").await;
        let scene = Scene { app, ada, host };
        let mut protected = cluster("/srv/shop", "postgres");
        protected["protected_as"] = json!("shop");
        let mut stopped = cluster("/srv/old", "postgres");
        stopped["running"] = json!(false);
        let clusters =
            [cluster(DATA, "postgres"), protected, stopped, cluster("/srv/grace", "grace")];
        scene.report(json!({"clusters": clusters, "protects": ["shop"]})).await;
        scene
    }

    pub(super) async fn report(&self, more: Value) {
        let mut facts = json!({"version": "1", "host": "db1.example.org", "user": "postgres",
            "config": "/etc/muster/agent.toml", "state": "/srv/agent"});
        facts.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let at = self.app.clock.now().format(&Rfc3339).unwrap();
        let body = json!({"run": self.host.run(), "sent_at": at, "facts": facts});
        let said = self.host.say(&self.app, "/agent/report", &body.to_string()).await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.body);
    }

    /// The form of the second step, with these fields otherwise.
    pub(super) async fn press(&self, changed: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("id", ID),
            ("cluster", DATA),
            ("name", "main"),
            ("user", "postgres"),
            ("where", "folder"),
            ("folder", "/backup/muster"),
        ];
        form.retain(|(name, _)| changed.iter().all(|(other, _)| name != other));
        form.extend(changed);
        self.ada.post(&self.host.path("/protect"), &form).await
    }

    /// What its agent is offered, read.
    pub(super) async fn offered(&self, challenge: &str) -> Value {
        let body = json!({"challenge": challenge}).to_string();
        let said = self.host.say(&self.app, "/agent/drafts", &body).await;
        let signed: Value = serde_json::from_str(&said.body).unwrap();
        let bytes = |key: &str| URL_SAFE_NO_PAD.decode(signed[key].as_str().unwrap()).unwrap();
        let (document, signature) = (bytes("document"), bytes("signature"));
        let under = [b"muster drafts 1\n", document.as_slice()].concat();
        assert!(signature_holds(self.app.ring.order_key_public(), &under, &signature));
        serde_json::from_slice(&document).unwrap()
    }

    pub(super) async fn names_offered(&self) -> Vec<Value> {
        let offer = self.offered("c").await;
        offer["drafts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["draft"]["database"]["name"].clone())
            .collect()
    }

    pub(super) async fn answer(&self, id: &str, allowed: bool) -> StatusCode {
        let body = json!({"draft": id, "allowed": allowed}).to_string();
        self.host.say(&self.app, "/agent/draft", &body).await.status
    }

    pub(super) async fn page(&self, id: &str) -> String {
        self.ada.get(&self.host.path(&format!("/drafts/{id}"))).await.body
    }

    /// What its agent sees of the database.
    pub(super) async fn watched(&self, more: Value) {
        let at = self.app.clock.now().format(&Rfc3339).unwrap();
        let mut database = json!({"name": "main", "repository": "disk", "at": at, "running": true,
            "exposure": "everything"});
        database.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let body = json!({"run": self.host.run(), "sent_at": at, "database": database});
        let said = self.host.say(&self.app, "/agent/database", &body.to_string()).await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.body);
    }
}
