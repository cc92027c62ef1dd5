//! The browser tests' bed: Muster in-process, obeying lines on standard input.
//!
//! Its first line is `{"url": …, "setUp": …}`; each answer is one line of JSON. It ends with its
//! standard input. With the word `without-mail`, `smtp` names a server that is still to be set;
//! with `tls` it is served over https alone.

#![cfg(test)] // says so to clippy, which then lets helpers unwrap

mod copies;
mod elsewhere;
mod full;
mod host;
mod incident;
mod public;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Mutex;

use self::host::DatabaseHost;
use muster::actions::{accounts, plans, publishing};
use muster::agent::Place;
use muster::agent::joined::{self as agent, Rhythm};
use muster::domain::agent::code::BadCode;
use muster::domain::rights::Rights;
use muster::telemetry;
use muster::web::links;
use muster::worker;
use serde_json::{Value, json};
use support::app::{LABITORY, PASSWORD, TestApp};
use support::certificate::{CertificateFiles, Issued};
use support::cluster::Cluster;
use time::Duration;
use tokio::task::AbortHandle;

/// What the example plan accepts to lose.
const LOSS: &str = "target = \"15 min\"\nmaximum = \"1 h\"";

struct Bed {
    app: TestApp,
    url: String,
    agent: Mutex<Option<AbortHandle>>,
    host: Mutex<Option<DatabaseHost>>,
}

fn main() {
    telemetry::start("info", false).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(serve());
}

async fn serve() {
    let bed = Bed::start().await;
    println!("{}", json!({ "url": bed.url, "setUp": bed.set_up_link().await }));
    // Only the main thread waits here; the server runs on the runtime's own.
    for line in std::io::stdin().lines() {
        let answer = bed.obey(&line.unwrap()).await;
        println!("{}", answer.unwrap_or_else(|error| json!({ "error": error })));
    }
    Cluster::shared().await.run(true).await; // a test may have left it stopped
    bed.app.end().await;
}

impl Bed {
    async fn start() -> Bed {
        let app = match std::env::args().any(|word| word == "without-mail") {
            true => TestApp::new().await,
            false => TestApp::with_mail().await,
        };
        let url = match std::env::args().any(|word| word == "tls") {
            true => {
                let kept = CertificateFiles::of(&Issued::new()).kept();
                format!("https://{}", app.served_over_tls(&kept).await)
            }
            false => format!("http://{}", app.address),
        };
        let bed = Bed { app, url, agent: Mutex::default(), host: Mutex::default() };
        bed.work().await.unwrap();
        bed
    }

    async fn obey(&self, line: &str) -> Result<Value, String> {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["set-up-link"] => Ok(json!({ "setUp": self.set_up_link().await })),
            ["seed", "owner"] => self.seed_owner().await,
            ["plan"] => self.import_plan(LABITORY).await,
            ["plan", "loses", most] => {
                let at_most = format!("target = \"5 s\"\nmaximum = \"{most} s\"");
                self.import_plan(&LABITORY.replace(LOSS, &at_most)).await
            }
            ["host", ref words @ ..] => self.obey_host(words),
            ["advance", seconds] => self.advance(seconds).await,
            ["work"] => self.work().await,
            ["agent", "ends"] => self.end_agent(),
            ["agent", code] => self.join(code).await,
            ["smtp"] => Ok(json!({ "url": self.app.sink.url() })),
            ["mails"] => Ok(json!({ "mails": self.app.sink.take_mails() })),
            ["postgres" | "refuse" | "down" | "say", ..] => self.obey_public(&words).await,
            ["routes" | "full"] => self.obey_full(words[0]).await,
            _ => self.obey_incident(&words).await,
        }
    }

    /// An agent joins with this code, and works beside the tests of this process.
    async fn join(&self, code: &str) -> Result<Value, String> {
        let code = code.parse().map_err(|error: BadCode| error.to_string())?;
        let state = tempfile::tempdir().map_err(|error| error.to_string())?;
        let who = agent::join(&code, state.path()).await.map_err(|error| error.to_string())?;
        let config = state.path().join("agent.toml");
        let place = Place { config, state: state.path().to_owned(), search: "/usr/bin".into() };
        let working = tokio::spawn(async move {
            let _state = state; // for as long as it works
            let _ = agent::run(&who, Rhythm::default(), &place, std::future::pending()).await;
        });
        *self.agent.lock().unwrap() = Some(working.abort_handle());
        Ok(json!({}))
    }

    fn end_agent(&self) -> Result<Value, String> {
        let working = self.agent.lock().unwrap().take().ok_or("no agent works")?;
        working.abort();
        Ok(json!({}))
    }

    async fn set_up_link(&self) -> String {
        let token = accounts::make_set_up_link(&self.app.db, self.app.clock.now()).await.unwrap();
        format!("{}{}", self.url, links::set_up(&token.expose()))
    }

    async fn seed_owner(&self) -> Result<Value, String> {
        self.app.account("Ada Lovelace", "ada@example.org", Rights::all()).await;
        Ok(json!({ "email": "ada@example.org", "password": PASSWORD }))
    }

    async fn import_plan(&self, text: &str) -> Result<Value, String> {
        let (db, now) = (&self.app.db, self.app.clock.now());
        let done = plans::import(db, text, None, None, now).await.map_err(|e| e.to_string())?;
        Ok(json!({ "revision": done.number }))
    }

    async fn advance(&self, seconds: &str) -> Result<Value, String> {
        let seconds = seconds.parse().map_err(|_| "seconds are a whole number".to_owned())?;
        self.app.clock.advance(Duration::seconds(seconds));
        self.work().await
    }

    /// Turns until nothing is due, and renews the status page.
    async fn work(&self) -> Result<Value, String> {
        let mut done = 0;
        loop {
            match worker::turn(&self.app.toolbox()).await.map_err(|error| error.to_string())? {
                0 => break,
                count => done += count,
            }
        }
        let (db, published) = (&self.app.db, &self.app.state.published);
        let renewed = publishing::renew(db, published, self.app.clock.now()).await;
        renewed.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?;
        Ok(json!({ "done": done }))
    }
}
